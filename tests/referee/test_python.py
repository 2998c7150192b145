"""Loops in Python: candidates are functions or values of parameters."""

from __future__ import annotations

import random

import pytest

import paribus as pb


def train(seed: int, *, rate: float = 1.0) -> float:
    return rate + random.gauss(0, 0.1)


def better(seed: int) -> float:
    return 9 + random.gauss(0, 0.1)


def broken(seed: int) -> float:
    raise RuntimeError("no")


def test_a_loop_keeps_what_is_better_and_is_found_again(tmp_path):
    for _ in range(2):  # the second time from the beginning, of which all is there
        referee = pb.Referee(train, "gain:max", out=tmp_path)
        real = referee.try_({"rate": 2.0}, "twice")
        assert (real.outcome, real.kept) == ("keep", True)
        assert real.gain == pytest.approx(1, abs=0.2)
        # Both arms have the same luck in a pair: the interval is the gain itself, up to rounding.
        assert real.low <= real.gain <= real.high
        assert (real.low, real.high) == pytest.approx((1, 1), abs=1e-9)
        assert real.reason == "shown"
        assert referee.try_({"rate": 1.0}).outcome == "discard"
        assert referee.try_(broken).to_dict()["reason"] == "fails"
        assert referee.try_({"rate": 2.0}).to_dict()["reason"] == "nothing_changed"
        assert str(referee.try_(better)).startswith("Keep.")
        assert [one.outcome for one in referee.answers] == ["keep", "discard", "discard", "discard", "keep"]
    with pytest.raises(pb.ParibusError, match="another way"):
        pb.Referee(train, "gain:max", out=tmp_path).try_(better)
    with pytest.raises(pb.ParibusError, match="unknown"):
        referee.try_({"rat": 2.0})
    with pytest.raises(pb.ParibusError, match="--margin"):
        pb.Referee(train, "gain:max", keep_if="not_worse", out=tmp_path)
