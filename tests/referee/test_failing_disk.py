"""A disk that is full, or may not be written, ends a command with a sentence and exit code 1: nothing is decided.

Given again, once there is room, the command ends as one that met no such disk. PARIBUS_FAILS=1 has each single change
of the disk fail, which takes an hour.
"""

from __future__ import annotations

import errno
import os

import pytest

from tests.referee.test_kills import undisturbed, untimed, world

__all__ = ["world"]
EVERY = {"start": 111, "a try that is kept": 97}


def failed_everywhere(world, case: str, code: int, step: int) -> None:
    words, ends, whole, expected, count = undisturbed(world, case)
    for place in range(3, count + 1, step):
        world.put_back()
        failed = world.give(words, PARIBUS_FAIL=str(place), PARIBUS_ERRNO=str(code))
        if failed.code == ends:  # what failed was not needed for the answer, which is the same
            assert untimed(failed.json) == untimed(whole.json), place
            continue
        assert (failed.code, failed.out) == (1, ""), (place, failed)
        assert failed.err.startswith("paribus: "), (place, failed)
        assert os.strerror(code) in failed.err, (place, failed)
        assert untimed(world.well(words, ends).json) == untimed(whole.json), place
        assert world.state() == expected, place


@pytest.mark.parametrize("case", EVERY)
def test_a_full_disk_decides_nothing(case, world):
    failed_everywhere(world, case, errno.ENOSPC, EVERY[case])


@pytest.mark.slow
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS], ids=["full", "read-only"])
@pytest.mark.parametrize("case", ["start", "a try that is kept", "an audit that unseals"])
def test_a_disk_that_takes_nothing_decides_nothing(case, code, world):
    failed_everywhere(world, case, code, int(os.environ.get("PARIBUS_FAILS", "151")))
