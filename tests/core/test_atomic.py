"""What a killed writer left half-written goes with the next command; what is being written stays."""

import os
import subprocess
import sys

import pytest

from paribus.core import atomic
from paribus.runs.store import Store
from paribus.runs.store.comparisons import Planned
from paribus.runs.store.documents import to_json

KILLED = """
import os, signal, sys
from pathlib import Path
from paribus.core import atomic
atomic.os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
atomic.write_whole(Path(sys.argv[1]), b"half")
"""


@pytest.mark.skipif(os.name != "posix", reason="nobody is killed so there")
def test_what_a_killed_process_left_is_swept_as_the_comparison_begins_again(tmp_path):
    folder = tmp_path / "comparisons" / "pair"
    folder.mkdir(parents=True)
    for path in (folder / "comparison.json", tmp_path / "queue.json"):
        subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert len([*tmp_path.rglob("*.tmp")]) == 2
    Store(tmp_path).record_plan("pair", ["run"])
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["plan.json"]


def test_what_others_write_stays(tmp_path, monkeypatch):
    with atomic._written(tmp_path / "mine", b"", 0o600) as mine:
        other = tmp_path / f".it.{'0' * 6}-1-ab.tmp"  # of another machine
        old = tmp_path / ".it.ab.tmp"  # of 0.1.0, which did not say whose it is
        for path in (other, old):
            path.touch()
        atomic.sweep(tmp_path)
        assert all(path.exists() for path in (mine, other, old))
    atomic.write_whole(tmp_path / "plan.json", to_json(Planned(runs=())))
    assert {path.name for path in tmp_path.iterdir()} == {other.name, old.name, "plan.json"}
