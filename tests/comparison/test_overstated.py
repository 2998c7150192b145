"""What is only just decided is overstated: the formula against simulated t tests, and when a verdict says so."""

from __future__ import annotations

import numpy as np
import pytest

import paribus as pb
from paribus.comparison.exaggeration import exaggeration, overstated
from paribus.comparison.statistics import paired_t_p
from paribus.core.seeds import generator


@pytest.mark.parametrize(("n", "effect"), [(4, 0.5), (6, 0.5), (6, 1.0), (6, 2.0), (12, 0.5), (30, 0.3)])
def test_as_simulated_t_tests_overstate(n: int, effect: float) -> None:
    drawn = generator(n, f"overstated/{effect}").normal(effect, 1, (40_000, n))
    found = np.abs(drawn[paired_t_p(drawn) <= 0.035].mean(axis=1)) / effect
    error = found.std() / len(found) ** 0.5
    assert float(exaggeration(effect * n**0.5, n - 1, 0.035)) == pytest.approx(found.mean(), abs=4 * error)


def test_a_large_effect_is_not_overstated() -> None:
    assert float(exaggeration(20.0, 5, 0.035)) == pytest.approx(1.0, abs=1e-6)
    assert overstated(20.0, 1.0, 5, 0.035) is None
    assert overstated(1.0, 0.0, 5, 0.035) is None


def written(*, wide: bool) -> pb.Judgement:
    differences = [0.1, 0.5, 0.4, 0.02, 0.3, 0.5] if wide else [0.3, 0.31, 0.29, 0.3, 0.32, 0.3]
    a = dict(enumerate([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    return pb.judge({"A": a, "B": {k: x + differences[k] for k, x in a.items()}}, metric="score:max")


def test_a_verdict_says_so_where_it_was_only_just_decided() -> None:
    found = written(wide=True)
    assert found.verdict == "b_better"
    much = found.pair.overstated
    assert much is not None
    t = found.pair.difference / found.pair.error  # type: ignore[operator]
    assert much.as_seen == pytest.approx(float(exaggeration(t, 5, 0.035)))
    assert much.if_half == pytest.approx(float(exaggeration(t / 2, 5, 0.035)))
    assert 1 < much.as_seen < much.if_half
    assert f"were it half as large, {much.if_half:.1f} times" in found.words("en")
    assert "가까스로" in found.words("ko")


def test_a_clear_one_does_not() -> None:
    found = written(wide=False)
    assert (found.verdict, found.pair.overstated) == ("b_better", None)
    assert "only just" not in found.words("en")
