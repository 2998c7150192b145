"""The rule's second edition: hand-worked cases, SciPy as the truth, its condition by enumeration, its joint error."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import paribus as pb
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.programs.metrics import metric_named

LEVEL = look_level(1)
SCORE = metric_named("score:max")
CLEAR = [0.41, 0.52, 0.33, 0.45, 0.36, 0.4]


def decide(differences: list[float], a: list[bool], b: list[bool], level: float = LEVEL) -> rule.Decision:
    found = rule.evidence(np.array([differences]), np.array([a]), np.array([b]), margin=0.0, metric=SCORE)
    return rule.decide(found, level)


def runs(trained: int, n: int) -> list[bool]:
    return [i < trained for i in range(n)]


@pytest.mark.parametrize("n", range(3, 31))
def test_counts_get_a_share_exactly_where_some_split_can_reach_it(n: int) -> None:
    """Tarone's condition, by SciPy's Fisher test of every split of every total."""
    for total in range(1, 2 * n):
        least = min(
            stats.fisher_exact([[n - k, k], [n - total + k, total - k]]).pvalue
            for k in {max(0, total - n), min(n, total)}  # the most uneven splits
        )
        if n <= 8:  # and that no other split has less
            every = [
                stats.fisher_exact([[n - k, k], [n - total + k, total - k]]).pvalue
                for k in range(max(0, total - n), min(n, total) + 1)
            ]
            assert least == pytest.approx(min(every))
        failed_a = min(n, total)
        e = rule.evidence(np.zeros((1, n)), [n - failed_a], [n - (total - failed_a)], margin=0.0, metric=SCORE)
        share = float(rule.count_share(e, LEVEL)[0])
        if least <= LEVEL / 2:
            assert share == 0.5
        else:
            assert share == (1.0 if total >= n and least <= LEVEL else 0.0)


def test_six_seeds_by_hand() -> None:
    """5 of 6 against 6 of 6: Fisher's p is 1, so the figures have the whole level; t over five seeds."""
    found = decide(CLEAR, runs(5, 6), runs(6, 6))
    assert found.trains.p[0] == pytest.approx(1.0)
    assert found.figure.p[0] == pytest.approx(stats.ttest_1samp(CLEAR[:5], 0).pvalue)
    assert found.figure.p_holm[0] == found.figure.p[0]  # no share is given away
    assert (found.verdict[0], found.reason[0]) == ("b_better", "better_where_trained")


def test_both_answers_share_the_level_where_both_can_speak() -> None:
    """12 seeds, 6 of 12 against 12 of 12: p = 2 C(12,6)/C(24,6) = 0.0137; each answer has half, so p counts twice."""
    d = [0.1, 0.3, -0.1, 0.2, 0.4, 0.0, *[0.2] * 6]
    found = decide(d, runs(6, 12), runs(12, 12))
    assert found.trains.p[0] == pytest.approx(stats.fisher_exact([[6, 6], [12, 0]]).pvalue)
    assert found.trains.p_holm[0] == pytest.approx(2 * found.trains.p[0])
    p_t = stats.ttest_1samp(d[:6], 0).pvalue
    assert found.figure.p_holm[0] == pytest.approx(min(1, max(2 * found.trains.p[0], p_t)))  # Holm: then all is left
    assert (found.verdict[0], found.reason[0]) == ("b_better", "trained_counts")


def test_opposed_answers_are_a_trade_off_and_counts_hold_by_their_own_share() -> None:
    d = [-x for x in CLEAR * 2]
    assert decide(d, runs(5, 12), runs(12, 12)).reason[0] == "trade_off"
    # 6 of 60 fail against none: p = 0.027 is within 0.035, but no split of six is within the half of it, so the counts
    # have no share; and the figures, which are as sure as can be, leave them none to speak against themselves.
    n = 60
    figures = np.tile(CLEAR, 10).tolist()
    found = decide(figures, runs(n, n), runs(n - 6, n))
    assert LEVEL / 2 < stats.fisher_exact([[60, 0], [54, 6]]).pvalue < LEVEL
    assert (found.verdict[0], found.reason[0], found.trains.verdict[0]) == ("b_better", "better_where_trained", "open")
    assert found.trains.p_holm[0] > LEVEL
    # Where they agree they have what the figures leave.
    agreed = decide(figures, runs(n - 6, n), runs(n, n))
    assert agreed.reason[0] == "trained_and_figure"
    assert decide(figures, runs(n, n), runs(n - 8, n)).reason[0] == "trade_off"


def test_a_pair_without_failures_is_the_t_test() -> None:
    found = decide(CLEAR, runs(6, 6), runs(6, 6))
    assert found.p_decision[0] == pytest.approx(stats.ttest_1samp(CLEAR, 0).pvalue)
    judged = pb.judge({"a": [0.0] * 6, "b": CLEAR}, metric="score:max", paired=True)
    assert judged.p_t == pytest.approx(stats.ttest_1samp(CLEAR, 0).pvalue)
    flips = stats.permutation_test((CLEAR,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert judged.p_sign_flip == pytest.approx(flips.pvalue)


@pytest.mark.parametrize("correlation", [0.0, 0.8])
@pytest.mark.parametrize("fails", [0.05, 0.3])
def test_the_joint_error_of_both_answers_stays_within_the_level(fails: float, correlation: float) -> None:
    """Identical arms, any wrong answer. 3,000 comparisons: the standard error at 3.5 % is 0.34 %."""
    draw, trials = np.random.default_rng([5, int(100 * fails), int(10 * correlation)]), 3000
    for n in (6, 12, 30):
        own, shared = draw.random((trials, 2, n)), draw.random((trials, 1, n))
        trained = np.where(draw.random((trials, 2, n)) < correlation**0.5, shared, own) >= fails
        figures = draw.standard_normal((trials, 2, n)) + 2 * draw.standard_normal((trials, 1, n))
        e = rule.evidence(
            (figures[:, 1] - figures[:, 0])[:, None], trained[:, :1], trained[:, 1:], margin=0.0, metric=SCORE
        )
        found = rule.decide(e, LEVEL)
        wrong = [np.char.endswith(of.verdict[:, 0], "better") for of in (found.trains, found.figure)]
        assert np.mean(wrong[0] | wrong[1]) <= LEVEL + 3 * 0.0034


def test_power_with_rare_failures_does_not_fall_with_more_seeds() -> None:
    """Two deviations, runs of both arms fail in 5 %: 2,000 comparisons, standard error at 99.5 % 0.16 %."""
    draw, found = np.random.default_rng(11), []
    for n in (6, 12, 30, 60):
        d, trained = draw.standard_normal((2000, 1, n)) + 2, draw.random((2000, 2, n)) >= 0.05
        decision = rule.decide(rule.evidence(d, trained[:, :1], trained[:, 1:], margin=0.0, metric=SCORE), LEVEL)
        assert np.isin(decision.verdict, ["b_better", "open"]).all()
        found.append((np.mean(decision.verdict == "b_better"), np.mean(decision.figure.verdict == "b_better")))
    verdict, figure = zip(*found, strict=True)
    assert list(figure) == sorted(figure)
    assert all(later >= sooner - 3 * 0.0016 for sooner, later in pairwise(verdict))


cases = st.integers(3, 9).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(-60, 60), min_size=n, max_size=n),
        st.lists(st.booleans(), min_size=n, max_size=n),
        st.lists(st.booleans(), min_size=n, max_size=n),
    )
)
SWAPPED = {"a_better": "b_better", "b_better": "a_better", "open": "open", "equal": "equal", "": ""}


@given(cases, st.randoms(use_true_random=False))
def test_order_of_seeds_and_names_of_arms_do_not_matter(case: tuple[list[int], list[bool], list[bool]], luck) -> None:  # type: ignore[no-untyped-def]
    d, a, b = case
    here = decide([x / 7 for x in d], a, b)
    order = luck.sample(range(len(d)), len(d))
    mixed = decide([d[i] / 7 for i in order], [a[i] for i in order], [b[i] for i in order])
    back = decide([-x / 7 for x in d], b, a)
    assert (mixed.verdict[0], mixed.reason[0]) == (here.verdict[0], here.reason[0])
    assert (back.verdict[0], back.reason[0]) == (SWAPPED[str(here.verdict[0])], here.reason[0])
    for of, other in ((here.trains, back.trains), (here.figure, back.figure)):
        assert other.verdict[0] == SWAPPED[str(of.verdict[0])]
        np.testing.assert_allclose(other.p_holm, of.p_holm, rtol=1e-7)


@given(cases)
def test_what_is_decided_at_a_level_is_decided_at_a_higher_one(case: tuple[list[int], list[bool], list[bool]]) -> None:
    d, a, b = case
    strict = decide([x / 7 for x in d], a, b, 0.006)
    if strict.figure.verdict[0] in ("a_better", "b_better") and all(a) and all(b):
        assert decide([x / 7 for x in d], a, b, 0.035).figure.verdict[0] == strict.figure.verdict[0]
