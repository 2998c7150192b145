"""Stopped in the middle, by Ctrl-C or worse: nothing is left behind, and the same command ends as if uninterrupted."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from paribus.runs.store import Store
from tests.cli.lab import (
    DIGITS,
    alive,
    children,
    digests,
    finished,
    killed_at_last,
    paribus,
    refused,
    start,
    until,
    well,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds a command's workers in /proc"),
]

# Epochs of about half a second, so that a signal after the first one meets runs that have far to go.
EPOCHS = 7  # enough to be stopped midway, however late the signal comes
LONG = ("compare", "activation=sigmoid,relu", "--recipe=fair", f"--set=dataset={DIGITS}", "--set=dropout=0.2")
LONG += ("--set=validation_fraction=0.05", f"--epochs={EPOCHS}", "--seeds=1", "--workers=2", "--lang=en")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """What the weights are when nothing happens."""
    store = tmp_path_factory.mktemp("whole")
    well(paribus(*LONG, "--out", store))
    return digests(store)


def begun(store: Path) -> bool:
    """Whether both runs are under way, one of them beyond its first epoch."""
    runs = Store(store).runs()
    assert all(run.status == "running" for run in runs), "the runs were too short to be interrupted"
    return len(runs) == 2 and any(Store(store).epochs(run.id) for run in runs)


def workers_of(process) -> list[int]:
    """The processes that train for a command: forks of its fork server, which is its only other child of that name."""
    servers = [pid for pid in children(process.pid) if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return [pid for pid in servers if _parent(pid) in servers]


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def interrupted(process) -> str:
    """Wait for the end of a command that SIGINT was sent to; what it said."""
    done = finished(process)
    assert done.code == 130, f"{done.code}\n{done.out}\n{done.err}"
    assert "Traceback" not in done.out + done.err
    assert "To go on:" in done.out
    assert "paribus compare activation=sigmoid,relu --recipe=fair" in done.out
    return done.out


def stopped(process) -> None:
    """Wait for the end of a command that SIGINT met before its runs were under way, perhaps as it loaded something."""
    done = finished(process)
    # Shells report both as 130; Python chooses the second where the interruption met an `exec` (bpo-1054041).
    assert done.code in (130, -signal.SIGINT)
    assert "Traceback" not in done.out + done.err
    assert (done.out + done.err).lower().count("stopped") == 1  # by what shows the runs, once it does


@pytest.mark.parametrize("whom", ["the command alone", "the whole process group"])
def test_after_ctrl_c_the_same_command_ends_bit_identical(tmp_path, uninterrupted, whom):
    process = start(*LONG, "--out", tmp_path, group=True)
    with killed_at_last(process):
        until(lambda: begun(tmp_path))
        workers = workers_of(process)
        assert len(workers) == 2
        if whom == "the command alone":
            process.send_signal(signal.SIGINT)
        else:
            os.killpg(process.pid, signal.SIGINT)
        said = interrupted(process)
        until(lambda: not alive(workers), seconds=20)
    assert "Stopped (0 of 2 runs finished)" in said
    kept = {run.id: len(Store(tmp_path).epochs(run.id)) for run in Store(tmp_path).runs()}
    assert kept.keys() == uninterrupted.keys()
    assert 1 <= max(kept.values()) < EPOCHS

    again = well(paribus(*LONG, "--out", tmp_path))
    assert "Verdict" in again.out
    assert digests(tmp_path) == uninterrupted


def test_when_the_command_is_killed_its_workers_leave_and_it_goes_on(tmp_path, uninterrupted):
    process = start(*LONG, "--out", tmp_path)
    with killed_at_last(process):
        until(lambda: begun(tmp_path))
        workers = workers_of(process)
        assert len(workers) == 2
        process.kill()
        process.wait()
        until(lambda: not alive(workers), seconds=20)
    assert {run.status for run in Store(tmp_path).runs()} == {"running"}
    well(paribus(*LONG, "--out", tmp_path))
    assert digests(tmp_path) == uninterrupted


def test_when_a_worker_is_killed_the_command_says_so_and_goes_on(tmp_path, uninterrupted):
    process = start(*LONG, "--out", tmp_path)
    with killed_at_last(process):
        until(lambda: begun(tmp_path))
        os.kill(workers_of(process)[0], signal.SIGKILL)
        refused(finished(process), "a worker process was killed", "--workers", "same command goes on")
        assert not children(process.pid)
    well(paribus(*LONG, "--out", tmp_path))
    assert digests(tmp_path) == uninterrupted


def test_ctrl_c_while_workers_start(tmp_path):
    process = start(*LONG, "--out", tmp_path, group=True)
    with killed_at_last(process):
        workers = until(lambda: workers_of(process))
        os.killpg(process.pid, signal.SIGINT)
        stopped(process)
        until(lambda: not alive(workers), seconds=20)


@pytest.mark.parametrize("pause", [0.5, 1.0, 1.5])
def test_ctrl_c_while_the_command_starts(tmp_path, pause):
    """Wherever it comes, even where loading torch turns it into another error."""
    process = start(*LONG, "--out", tmp_path, group=True)
    with killed_at_last(process):
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGINT)
        stopped(process)


def test_a_second_ctrl_c_for_want_of_patience(tmp_path, uninterrupted):
    process = start(*LONG, "--out", tmp_path, group=True)
    with killed_at_last(process):
        until(lambda: begun(tmp_path))
        workers = workers_of(process)
        for _ in range(3):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.03)
        interrupted(process)
        until(lambda: not alive(workers), seconds=20)
    well(paribus(*LONG, "--out", tmp_path))
    assert digests(tmp_path) == uninterrupted


def test_two_commands_at_once_share_the_runs(tmp_path, uninterrupted):
    both = [start(*LONG, "--json", "--quiet", "--out", tmp_path) for _ in range(2)]
    first, second = (well(finished(process)).json for process in both)
    assert first["arms"] == second["arms"]
    assert digests(tmp_path) == uninterrupted
