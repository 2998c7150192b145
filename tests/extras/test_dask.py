"""The extra `dask`: the contract of engines on a cluster of this machine, on one with real workers, and on loky."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

if os.environ.get("PARIBUS_EXTRA") != "dask":
    pytest.skip("`make extras` runs it where Dask is installed", allow_module_level=True)

import distributed
import loky
import numpy as np

import paribus as pb
from paribus.core.errors import ParibusError
from paribus.records.events import RunEnded
from paribus.runs.engines.dask_cluster import Dask
from paribus.runs.execute import execute
from paribus.runs.store import Store
from tests.docs.markdown import ROOT
from tests.programs.polynomial import made_known
from tests.runs.engine_contract import Contract, at_home, bits, tasks_in

pytestmark = pytest.mark.filterwarnings("default")  # Dask's own


class Cluster:
    """`dask scheduler` and `dask worker` as processes of their own, as a user starts them."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address, self.folder = f"tcp://127.0.0.1:{self.port}", folder
        self.scheduler = self.start("scheduler", "--host=127.0.0.1", f"--port={self.port}", "--no-dashboard")
        self.workers = [self.start_worker() for _ in range(workers)]

    def start_worker(self, *options: str) -> subprocess.Popen:
        return self.start("worker", self.address, "--nthreads=1", "--no-dashboard", "--memory-limit=0", *options)

    def start(self, kind: str, *options: str) -> subprocess.Popen:
        words = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PARIBUS_CACHE": str(self.folder / "cache")}
        with (self.folder / f"{kind}.log").open("ab") as log:
            return subprocess.Popen(words, cwd=self.folder, env=env, stdout=log, stderr=log, start_new_session=True)

    def end(self) -> None:
        for process in [*self.workers, self.scheduler]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.end()


class TestLocal(Contract):
    opened = staticmethod(lambda store: Dask("local:2", store))


class TestWorkersThatShareTheFolder(Contract):
    @pytest.fixture(autouse=True)
    def _opened(self, cluster):
        self.opened = lambda store: Dask(cluster.address, store)


class TestWorkersThatShareNoFolder(Contract):
    @pytest.fixture(autouse=True)
    def _opened(self, cluster):
        self.opened = lambda store: Dask(cluster.address, store, apart=True)


class TestLoky(Contract):
    opened = staticmethod(lambda store: loky.get_reusable_executor(max_workers=2))


def test_in_python_and_where_a_client_is_given(cluster, tmp_path):
    def told(**where):
        events = []
        how = {
            "program": made_known(),
            "settings": {"ridge": 10.0},
            "seeds": 3,
            "margin": 1.0,
            "on_event": events.append,
        }
        made = pb.compare("degree", [1, 3], out=tmp_path / str(len(where)) / next(iter(where)), **how, **where)
        assert sum(isinstance(event, RunEnded) for event in events) == 6
        return {(arm.name, run.seed): run.figures for arm in made.comparison.arms for run in arm.runs}

    with distributed.Client(cluster.address, set_as_default=False) as client:
        same = [told(workers=2), told(cluster="local:2"), told(cluster=cluster.address), told(executor=client)]
    assert len(same[0]) == 6
    assert all(one == same[0] for one in same)


def test_data_travel_once_to_workers_that_have_not_got_them(cluster, tmp_path, monkeypatch):
    draw = np.random.default_rng(0)
    images, labels = draw.integers(0, 256, (300, 28, 28), np.uint8), np.arange(300) % 3
    monkeypatch.chdir(tmp_path)  # where the workers are not: for them there is no such file
    np.savez("mine.npz", x_train=images, y_train=labels, x_test=images[:60], y_test=labels[:60])
    how = {"settings": {"dataset": "mine.npz", "batch_size": 64}, "epochs": 1, "seeds": 2, "kernel": "pytorch"}
    here = pb.compare("activation", ["relu", "tanh"], out="home", workers=1, **how)

    with Dask(cluster.address, Path("lab"), apart=True) as engine:
        scatter, sent = engine._client.scatter, []
        monkeypatch.setattr(
            engine._client, "scatter", lambda data, **how: sent.append(len(data)) or scatter(data, **how)
        )
        there = pb.compare("activation", ["relu", "tanh"], out="lab", executor=engine, **how)
    assert len(sent) == 1
    assert 0 <= sent[0] - 360 * 784 < 10_000  # as unsigned bytes
    assert figures(there) == figures(here)


def figures(made):
    return {(arm.name, run.seed): run.figures for arm in made.comparison.arms for run in arm.runs}


def test_workers_that_die_at_random_cost_nothing_but_time(tmp_path):
    made = Cluster(tmp_path, workers=3)
    draw, ended = random.Random(0), []
    try:
        tasks = tasks_in(tmp_path / "lab", steps=40, seeds=32)

        def kill_some():
            for _ in range(6):
                time.sleep(draw.uniform(0.3, 1.0))
                victim = draw.randrange(3)
                os.killpg(made.workers[victim].pid, signal.SIGKILL)
                made.workers[victim].wait()
                made.workers[victim] = made.start_worker()

        with Dask(made.address, tmp_path / "lab") as engine:
            killer = threading.Thread(target=kill_some)
            killer.start()
            execute(tasks, Store(tmp_path / "lab"), 3, lambda e: ended.append(e), engine)
            killer.join()
    finally:
        made.end()
    assert sum(isinstance(event, RunEnded) for event in ended) == 64
    assert bits(tmp_path / "lab") == at_home(tmp_path / "home", steps=40, seeds=32)


def test_a_cluster_that_is_not_there_or_has_nobody_or_is_of_other_versions_says_so(cluster, tmp_path, monkeypatch):
    with pytest.raises(ParibusError, match="no Dask scheduler answers there"):
        Dask("tcp://127.0.0.1:1", tmp_path)
    monkeypatch.setattr("paribus.runs.engines.remote_worker.version", lambda name: "0.0")
    with pytest.raises(ParibusError, match=r"has paribus 0.1.0, .*here is paribus 0.0, .*: install the same there"):
        Dask(cluster.address, tmp_path)
    assert not list((tmp_path / "locks").iterdir())
