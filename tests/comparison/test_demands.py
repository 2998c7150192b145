"""What a build demands of arms against a baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import paribus as pb
from paribus.comparison.baseline import against
from paribus.comparison.build_demands import short_of, standings
from paribus.comparison.judgement import Judgement
from paribus.core.errors import ParibusError
from tests.factories import make_comparison

A = (0.9120, 0.9340, 0.9010, 0.9270, 0.9180, 0.9230)


def judged(*arms: Sequence[float | None], baseline: str = "", metric: str = "score:max") -> Judgement:
    named = {f"arm{i}": dict(enumerate(arm)) for i, arm in enumerate(arms)}
    return pb.judge(named, metric=metric, baseline=baseline, resolution=1e-6)


def moved(*by: float) -> tuple[float, ...]:
    return tuple(a + b for a, b in zip(A, by, strict=True))


LUCK = (0.001, -0.001, 0.002, -0.002, 0.0005, -0.0005)
WORSE = moved(*(luck - 0.02 for luck in LUCK))
SAME = moved(*LUCK)


def test_non_inferiority_is_scipys_one_sided_t_test() -> None:
    (found,) = standings(judged(A, WORSE).comparison, 0.021)
    expected = stats.ttest_1samp(np.subtract(WORSE, A), -0.021, alternative="greater").pvalue
    assert found.not_worse == (expected <= 0.035)
    assert found.verdict == "worse"
    (found,) = standings(judged(A, SAME).comparison, 0.003)
    difference = np.subtract(SAME, A)
    bound = stats.ttest_1samp(difference, 0, alternative="greater").confidence_interval(1 - 0.035).low
    assert found.worse_at_most == pytest.approx(-bound)
    assert found.not_worse == (bound > -0.003)


@given(st.lists(st.floats(-0.01, 0.01), min_size=6, max_size=6), st.floats(0.001, 0.02), st.booleans())
def test_an_arm_passes_a_margin_just_where_its_bound_does(shifts: list[float], margin: float, less: bool) -> None:
    comparison = judged(A, moved(*shifts), metric="score:min" if less else "score:max").comparison
    (found,) = standings(comparison, margin)
    if found.worse_at_most is not None and abs(found.worse_at_most - margin) > 1e-9 and found.verdict == "open":
        assert found.not_worse == (found.worse_at_most < margin)


def test_worse_and_open_and_better() -> None:
    with pytest.raises(AssertionError, match="arm0 is better than arm1"):
        judged(A, WORSE).assert_not_worse()
    judged(WORSE, A).assert_not_worse()
    with pytest.warns(UserWarning, match=r"arm1 may be worse by up to 0\.00\d+ \(one-sided, 96.5 %\)\."):
        judged(A, SAME).assert_not_worse()
    judged(A, SAME).assert_not_worse(margin=0.01)
    with pytest.raises(AssertionError, match=r"the margin is 0\.0001"):
        judged(A, SAME).assert_not_worse(margin=0.0001)


def test_of_a_metric_that_should_be_small_the_larger_is_worse() -> None:
    with pytest.raises(AssertionError):
        judged(WORSE, A, metric="loss:min").assert_not_worse()
    judged(A, WORSE, metric="loss:min").assert_not_worse(margin=0.001)


def test_a_run_that_did_not_train_is_worse_than_any_margin() -> None:
    failed = (None, *SAME[1:])
    with pytest.raises(AssertionError):
        judged(A, failed).assert_not_worse(margin=0.5)
    judged(failed, A).assert_not_worse(margin=0.5)


@pytest.mark.parametrize("arms", [(A[:1], SAME[:1]), ((None,) * 6, (None,) * 6)])
def test_where_nothing_could_be_found_out_the_check_is_an_error(arms: Sequence[Sequence[float | None]]) -> None:
    with pytest.raises(ParibusError):
        judged(*arms).assert_not_worse()


def test_who_is_better_in_one_answer_alone_is_not_shown_to_be_not_worse_in_the_other() -> None:
    """Better where both train, and perhaps failing more often; or failing less often, and perhaps worse."""
    better = [x + 0.02 + 0.0001 * i for i, x in enumerate(A)]
    assert judged(A, [None, *better[1:]]).better == "arm1"
    with pytest.raises(AssertionError):
        judged(A, [None, *better[1:]]).assert_not_worse(margin=0.01)
    rare = [0.9, 0.5, *[None] * 10]
    steady = [0.6, 0.8, *[0.7 + 0.01 * i for i in range(10)]]
    assert judged(rare, steady).better == "arm1"
    with pytest.raises(AssertionError):
        judged(rare, steady).assert_not_worse(margin=0.01)
    judged([None] * 6, [0.9, 0.91, 0.92, 0.9, 0.91, 0.93]).assert_not_worse(margin=0.01)


def test_three_arms_need_a_baseline_and_only_its_pairs_are_tested() -> None:
    with pytest.raises(ParibusError, match="which arm is the baseline"):
        judged(A, SAME, WORSE).assert_not_worse()
    with pytest.raises(AssertionError, match="arm0 is better than arm2"):
        judged(A, SAME, WORSE).assert_not_worse(baseline="arm0")
    own = judged(A, SAME, WORSE, baseline="arm1").comparison
    assert [(pair.a, pair.b) for pair in own.pairs] == [("arm1", "arm0"), ("arm1", "arm2")]
    ps = [stats.ttest_1samp(np.subtract(other, SAME), 0).pvalue for other in (A, WORSE)]
    assert [pair.p_holm for pair in own.pairs] == pytest.approx([max(ps), min(1.0, 2 * min(ps))])
    with pytest.raises(ParibusError, match='there is no arm "arm9"'):
        judged(A, SAME, baseline="arm9")


@pytest.mark.parametrize("case", ["three_arms", "fair", "mixture", "lesson"])
def test_judged_anew_against_a_baseline_the_pairs_are_those_that_were(case: str) -> None:
    comparison = make_comparison(case)
    for arm in comparison.arms:
        anew = against(comparison, arm.name)
        assert all(pair.a == arm.name for pair in anew.pairs)
        for pair in anew.pairs:
            (old,) = (p for p in comparison.pairs if {p.a, p.b} == {pair.a, pair.b})
            sign = 1 if old.a == pair.a else -1
            assert pair.difference == pytest.approx(sign * (old.difference or 0))
            assert (pair.p_t, pair.p_trained) == pytest.approx((old.p_t, old.p_trained))
            assert pair.items_low == (old.items_low if sign > 0 else -(old.items_high or 0))


def test_demands_of_the_command_line() -> None:
    comparison = judged(A, SAME, baseline="arm0").comparison
    assert [s.arm for s in short_of(comparison, "not-better")] == ["arm1"]
    assert short_of(comparison, "worse") == ()
    with pytest.raises(ParibusError, match="needs a margin"):
        short_of(comparison, "maybe-worse")
