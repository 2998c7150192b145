"""Ended from outside, as `timeout`, a scheduler and a closed terminal do it: at any moment, whole groups of processes.

A command that is ended so ends soon, with the code that shells report, keeps every finished epoch, and leaves nobody.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from paribus.runs.store import Store
from tests.cli.lab import COMMAND, DIGITS, alive, children, environment, forkservers, killed_at_last, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds a command's workers in /proc"),
]

# More runs than workers, so that some are under way and others have not begun.
WORDS = ("compare", "activation=sigmoid,relu,tanh", "--recipe=fair", f"--set=dataset={DIGITS}", "--lang=en")
WORDS += ("--set=validation_fraction=0.05", "--epochs=30", "--seeds=2", "--workers=2")


def epochs(store: Path) -> dict[str, int]:
    return {run.id: len(Store(store).epochs(run.id)) for run in Store(store).runs()}


def forked(pid: int) -> bool:
    """Whether the command's server has forked a worker."""
    return len(forkservers(pid)) > 1


def end(number: int, store: Path, moment: str | float, reader: str) -> tuple[int, str, str]:
    """The command's code and what it said, ended by a signal to its whole group at that moment."""
    command = shlex.join([*COMMAND, *WORDS, "--out", str(store)])
    script = f"{command} 2>{store}.err {reader}; exit ${{PIPESTATUS[0]}}"
    # The shell outlives the signal, as `timeout` and a scheduler's own shell do.
    script = f"trap : TERM HUP; {script}"
    process = subprocess.Popen(
        ["bash", "-c", script], env=environment(), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with killed_at_last(process):
        if isinstance(moment, float):
            time.sleep(moment)
        elif moment == "as workers start":
            until(lambda: forked(process.pid))
        else:
            until(lambda: max(epochs(store).values(), default=0) > 0)
        family, before = children(process.pid), epochs(store)
        os.killpg(process.pid, number)
        said, _ = process.communicate(timeout=40)
        until(lambda: not alive(family), seconds=20)
    after = epochs(store)
    assert all(after[name] >= count for name, count in before.items())
    return process.returncode, said, Path(f"{store}.err").read_text()


@pytest.mark.parametrize(
    ("number", "moment", "reader"),
    [
        (signal.SIGTERM, 0.3, "| head -25"),
        (signal.SIGTERM, "as workers start", "| head -25"),
        (signal.SIGTERM, "while they train", ""),
        (signal.SIGHUP, "as workers start", ""),
        (signal.SIGHUP, "while they train", "| head -25"),
    ],
)
def test_a_signal_to_the_whole_group_hangs_nothing(tmp_path, number, moment, reader):
    code, said, err = end(number, tmp_path / "lab", moment, reader)
    assert code == 128 + number
    assert "Traceback" not in said + err
    assert "Error" not in err
    if moment == "while they train" and not reader:
        assert "Stopped (0 of 6 runs finished)" in said
        assert "To go on:" in said


def test_a_reader_that_has_read_enough_ends_the_command_and_its_workers(tmp_path):
    """Without a signal: what it writes next has nobody to read it."""
    script = f"{shlex.join([*COMMAND, *WORDS, '--out', str(tmp_path / 'lab')])} 2>{tmp_path}/err | head -1"
    process = subprocess.Popen(
        ["bash", "-c", f"{script}; exit ${{PIPESTATUS[0]}}"],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with killed_at_last(process):
        until(lambda: len(children(process.pid)) > 2 or process.poll() is not None)
        family = children(process.pid)
        process.communicate(timeout=120)
        until(lambda: not alive(family), seconds=20)
    assert process.returncode == 141
    assert (tmp_path / "err").read_text() == ""
