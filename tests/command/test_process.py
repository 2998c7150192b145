"""Nothing of a command is left when its run is over, whatever ended it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command.commands import bash, made, performed, record_of

# A child that ignores SIGTERM, and one in a session of its own; they note who they are.
CHILDREN = """
(trap '' TERM; echo $BASHPID >> $0; while true; do sleep 0.05; done) &
setsid bash -c 'echo $$ >> $0; trap "" TERM; while true; do sleep 0.05; done' $0 &
while [ "$(wc -l 2>/dev/null < $0)" != 2 ]; do sleep 0.02; done
"""


def _ended(pids: Path, within: float = 5.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if not any(_runs(int(pid)) for pid in pids.read_text().split()):
            return True
        time.sleep(0.02)
    return False


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def pids(tmp_path: Path) -> Path:
    return tmp_path / "pids"


def test_one_that_hangs_is_ended_with_its_children(out, pids):
    (folder,) = performed(made([*bash(f"echo begun; {CHILDREN} wait"), str(pids)], unpaired=True, time_limit=1.0), out)
    record = folder.record()
    assert (record.status, record.failure.cause) == ("failed", "time")
    assert "time limit of 1 s" in record.note
    assert folder.error() == "begun"
    assert _ended(pids, within=0.5)


def test_children_that_hold_the_output_do_not_hold_the_run(out, pids):
    begun = time.monotonic()
    record = record_of([*bash(f"{CHILDREN} echo '{{\"acc\": 0.5}}'"), str(pids)], out)
    assert record.figures == {"acc": 0.5}
    assert time.monotonic() - begun < 5
    assert _ended(pids, within=0.5)


def test_one_that_closes_its_output_is_waited_for(out):
    record = record_of(bash("echo '{\"acc\": 0.5}'; exec >&- 2>&-; sleep 0.3; exit 4"), out)
    assert "exit code 4" in record.note


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_is_killed_leaves_nothing(number, tmp_path, out, pids):
    words = [*bash(f"{CHILDREN} wait"), str(pids)]
    script = (
        "from pathlib import Path\n"
        "from tests.command.commands import made, performed\n"
        f"performed(made({words!r}, unpaired=True), Path({str(out)!r}))\n"
    )
    root = Path(__file__).parents[2]
    worker = subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(root)})
    try:
        end = time.monotonic() + 30
        while not (pids.exists() and len(pids.read_text().split()) == 2) and time.monotonic() < end:
            time.sleep(0.02)
        worker.send_signal(number)
        worker.wait(10)
        assert _ended(pids)
    finally:
        worker.kill()
        worker.wait()
