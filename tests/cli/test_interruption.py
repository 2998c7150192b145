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
    forkservers,
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

# Epochs of about half a second, so that a signal after one more epoch meets runs that have far to go.
EPOCHS = 8  # enough to be stopped midway five times, each time an epoch further
LONG = ("compare", "activation=sigmoid,relu", "--recipe=fair", f"--set=dataset={DIGITS}", "--set=dropout=0.2")
LONG += ("--set=validation_fraction=0.05", f"--epochs={EPOCHS}", "--seeds=1", "--workers=2", "--lang=en")


def kept(store: Path) -> dict[str, int]:
    """How many epochs of each run are there."""
    return {run.id: len(Store(store).epochs(run.id)) for run in Store(store).runs()}


def begun(store: Path, before: dict[str, int]) -> bool:
    """Whether both runs are under way, one of them an epoch further than before."""
    runs = Store(store).runs()
    assert all(run.status == "running" for run in runs), "the runs were too short to be interrupted"
    return len(runs) == 2 and any(count > before.get(name, 0) for name, count in kept(store).items())


def workers_of(process) -> list[int]:
    """The processes that train for a command: forks of its fork server, which is its only other child of that name."""
    servers = forkservers(process.pid)
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


def ctrl_c(process, workers: list[int]) -> None:
    process.send_signal(signal.SIGINT)
    assert "Stopped (0 of 2 runs finished)" in interrupted(process)


def ctrl_c_for_the_group(process, workers: list[int]) -> None:
    os.killpg(process.pid, signal.SIGINT)
    assert "Stopped (0 of 2 runs finished)" in interrupted(process)


def ctrl_c_again_and_again(process, workers: list[int]) -> None:
    """For want of patience."""
    for _ in range(3):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.03)
    interrupted(process)


def killed_command(process, workers: list[int]) -> None:
    process.kill()
    process.wait()


def killed_worker(process, workers: list[int]) -> None:
    os.kill(workers[0], signal.SIGKILL)
    refused(finished(process), "a worker process was killed", "--workers", "same command goes on")
    assert not children(process.pid)


ENDS = (ctrl_c, ctrl_c_for_the_group, ctrl_c_again_and_again, killed_command, killed_worker)


def test_however_it_is_stopped_the_same_command_goes_on_and_ends_bit_identical(tmp_path):
    """Stopped in every way, one after the other, and each time an epoch further; then two at once share the runs."""
    lab, before = tmp_path / "lab", dict[str, int]()
    for end in ENDS:
        process = start(*LONG, "--out", lab, group=True)
        with killed_at_last(process):
            until(lambda before=before: begun(lab, before))
            workers = workers_of(process)
            assert len(workers) == 2
            end(process, workers)
            until(lambda workers=workers: not alive(workers), seconds=20)
        after = kept(lab)
        assert {run.status for run in Store(lab).runs()} == {"running"}
        assert all(after[name] >= count for name, count in before.items())
        assert max(after.values()) < EPOCHS
        before = after
    assert "Verdict" in well(paribus(*LONG, "--out", lab)).out

    whole = tmp_path / "whole"
    both = [start(*LONG, "--json", "--quiet", "--out", whole) for _ in range(2)]
    first, second = (well(finished(process)).json for process in both)
    assert first["arms"] == second["arms"]
    assert digests(lab) == digests(whole)


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
