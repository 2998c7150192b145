"""A disk that is full, or may not be written, ends a command with a sentence and exit code 1: nothing is decided.

Given again, once there is room, the command ends as one that met no such disk.
"""

from __future__ import annotations

import errno
import os

import pytest

from tests.referee.test_kills import undisturbed, untimed, world

__all__ = ["world"]


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


FAILING = {"full": errno.ENOSPC, "read-only": errno.EROFS}
CASES = ("start", "a try that is kept", "an audit that unseals")


@pytest.mark.slow
@pytest.mark.parametrize(("case", "how"), [*((case, "full") for case in CASES), ("a try that is kept", "read-only")])
def test_a_disk_that_takes_nothing_decides_nothing(case, how, world):
    failed_everywhere(world, case, FAILING[how], 151)


@pytest.mark.exhaustive  # PARIBUS_FAILS=1 has each single change fail, which takes an hour
@pytest.mark.parametrize("how", FAILING)
@pytest.mark.parametrize("case", CASES)
def test_a_disk_that_takes_nothing_at_many_places_decides_nothing(case, how, world):
    failed_everywhere(world, case, FAILING[how], int(os.environ.get("PARIBUS_FAILS", "61")))
