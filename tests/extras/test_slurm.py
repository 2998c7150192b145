"""The extra `slurm`: the contract of engines on executorlib: a SLURM cluster of one node, and this machine's cores."""

from __future__ import annotations

import os
import subprocess
import warnings

import pytest

if os.environ.get("PARIBUS_EXTRA") != "slurm":
    pytest.skip("`make extras` runs it where executorlib is installed", allow_module_level=True)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from executorlib import SingleNodeExecutor

from paribus.runs.engines.slurm import Job, Slurm
from tests.docs.markdown import ROOT
from tests.extras.slurm_node import slurm_node, why_not
from tests.runs.engine_contract import Contract, wait_until

pytestmark = pytest.mark.filterwarnings("default")  # executorlib's own


class TestSingleNode(Contract):
    opened = staticmethod(lambda store: SingleNodeExecutor(max_workers=2))

    @pytest.fixture(autouse=True)
    def _importable(self, monkeypatch):
        monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    if reason := why_not():
        pytest.skip(reason)
    with slurm_node(tmp_path_factory.mktemp("slurm")) as env:
        yield env


class TestSlurm(Contract):
    opened = staticmethod(lambda store: Slurm(Job(partition="test", time="5", jobs=2), store))

    @pytest.fixture(autouse=True)
    def _there(self, cluster, monkeypatch):
        for name in ("PATH", "SLURM_CONF"):
            monkeypatch.setenv(name, cluster[name])
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        yield
        wait_until(lambda: subprocess.run(["squeue", "-h"], check=True, capture_output=True, text=True).stdout == "")
