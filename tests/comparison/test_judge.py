"""The decision rule on plain numbers, against SciPy and a case worked by hand."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import paribus as pb

# One pair of arms by seed, b as a file had it in another order; the right answers were worked by hand.
A = {0: 0.9120, 1: 0.9340, 2: 0.9010, 3: 0.9270, 4: 0.9180, 5: 0.9230}
B = {5: 0.9258, 3: 0.9301, 0: 0.9149, 4: 0.9206, 2: 0.9042, 1: 0.9369}

figures = st.lists(st.integers(0, 10_000), min_size=2, max_size=9)


def test_figures_are_paired_by_seed_whatever_their_order() -> None:
    found = pb.judge({"A": A, "B": B}, metric="test_accuracy:max", unit="share", margin=0.001)
    assert (found.verdict, found.better) == ("b_better", "B")
    assert found.difference == pytest.approx(0.00292, abs=5e-6)
    assert found.interval == pytest.approx((0.00269, 0.00314), abs=5e-6)
    assert found.p_t == pytest.approx(4.5e-7, rel=0.02)
    expected = stats.ttest_rel([B[s] for s in A], list(A.values()))
    assert found.p_t == pytest.approx(expected.pvalue, rel=1e-6)
    assert found.interval == pytest.approx(tuple(expected.confidence_interval()), rel=1e-6)
    assert found.p_sign_flip == 2 / 2**6
    assert "B is better: 92.21 % against 91.92 % test accuracy, a difference of 0.29 percentage points" in str(found)
    assert "B가 더 낫습니다" in found.words("ko")
    assert found.in_language("ko").words() == found.words("ko")


def test_lists_are_paired_by_place_only_where_that_is_said() -> None:
    lists = {"A": list(A.values()), "B": [B[seed] for seed in A]}
    by_place = pb.judge(lists, paired=True)
    assert by_place.pair == pb.judge({"A": A, "B": B}).pair
    assert (by_place.p_sign_flip, by_place.p_permutation) == (2 / 2**6, None)
    apart = pb.judge(lists)
    expected = stats.ttest_ind(lists["B"], lists["A"], equal_var=False)
    assert apart.verdict == "open"
    assert apart.p_t == pytest.approx(expected.pvalue)
    assert apart.interval == pytest.approx(tuple(expected.confidence_interval()))
    assert pb.judge({"A": A, "B": B}, paired=False).p_t == pytest.approx(apart.p_t)
    assert "not paired by seed" in str(apart)


def test_with_min_less_is_better() -> None:
    losses = {"old": [0.52, 0.55, 0.51, 0.56], "new": [0.41, 0.44, 0.42, 0.44]}
    found = pb.judge(losses, metric="loss:min", paired=True)
    assert (found.verdict, found.better) == ("b_better", "new")
    assert found.difference is not None
    assert found.difference < 0
    assert (
        "new is better: 0.43 against 0.54 loss, a difference of 0.11 (95 % interval 0.09 to 0.13 over 4 seeds)"
        in str(found)
    )
    assert pb.judge(losses, metric="gain:max", paired=True).better == "old"


def test_practically_equal_within_the_margin() -> None:
    near = {"a": [1.20, 1.31, 1.27, 1.22, 1.30, 1.26], "b": [1.21, 1.30, 1.28, 1.22, 1.29, 1.27]}
    found = pb.judge(near, metric="error:min", margin=0.05, paired=True)
    assert found.verdict == "equal"
    differences = np.array(near["b"]) - np.array(near["a"])
    error = differences.std(ddof=1) / np.sqrt(6)
    expected = stats.t.sf((0.05 - abs(differences.mean())) / error, 5)
    assert found.p_equal == pytest.approx(expected, rel=1e-6)
    assert "within the margin of 0.05" in str(found)


def test_three_arms_are_three_pairs_corrected_for_their_number() -> None:
    found = pb.judge({"a": [1, 2, 3, 4], "b": [2, 3, 4, 6], "c": [9, 9, 8, 9]}, paired=True)
    assert [(pair.a, pair.b) for pair in found.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert all(pair.p_holm >= pair.p_t for pair in found.pairs)  # type: ignore[operator]
    with pytest.raises(pb.ParibusError, match="3 pairs"):
        _ = found.verdict


@given(figures, st.randoms(use_true_random=False))
def test_swapping_arms_or_turning_the_metric_swaps_the_verdict(steps: list[int], random: object) -> None:
    a = [step / 10_000 for step in steps]
    b = [round(value + 0.001 * (1 + n % 3), 4) for n, value in enumerate(a)]
    swapped = {"a_better": "b_better", "b_better": "a_better", "equal": "equal", "open": "open"}
    forth = pb.judge({"a": a, "b": b}, margin=0.0005, paired=True)
    back = pb.judge({"b": b, "a": a}, margin=0.0005, paired=True)
    turned = pb.judge({"a": a, "b": b}, metric="x:min", margin=0.0005, paired=True)
    assert back.verdict == turned.verdict == swapped[forth.verdict]
    assert back.p_t == pytest.approx(forth.p_t)
    assert turned.p_t == forth.p_t
    assert back.difference == pytest.approx(-forth.difference)  # type: ignore[operator]


def test_many_fine_figures_flip_signs_as_scipy_does() -> None:
    draw = np.random.default_rng(5)
    a, b = draw.normal(0, 1, 10), draw.normal(0.6, 1, 10)
    found = pb.judge({"a": list(a), "b": list(b)}, paired=True)
    exact = stats.permutation_test(
        (b - a,), lambda x, axis: x.mean(axis=axis), permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert found.p_sign_flip == pytest.approx(exact.pvalue)


@pytest.mark.parametrize(
    ("given", "more", "parts"),
    [
        ({"a": [1.0]}, {}, ["two arms or more"]),
        ({"a": [1.0, 2.0], "b": [1.0]}, {"paired": True}, ["paired by place must be of one length; got [2, 1]"]),
        ({"a": [1.0, True], "b": [1.0, "x"]}, {}, ["a, seed 1: a figure", "b, seed 1: a figure"]),
        ({"a": {"x": 1.0}, "b": {1: 2.0}}, {}, ["a: a seed must be a whole number"]),
        ({"a": {0: 1.0}, "b": [2.0]}, {}, ["lists, or mappings"]),
        ({"a": {0: 1.0, 1: 2.0}, "b": {5: 2.0, 6: 3.0}}, {}, ["a and b have no seed in common"]),
        ({"a": [1.0], "b": [2.0]}, {"metric": ["a", "b"]}, ["of one metric"]),
        ({"a": [1.0], "b": [2.0]}, {"metric": "x", "trained": "y>1"}, ["no figure", "the figures are x"]),
        ({"a": [1.0], "b": [2.0]}, {"trained": "y"}, ["val_acc>0.2"]),
        ({"a": [], "b": []}, {}, ["a must have a figure"]),
        ({"a": [1.0], "b": [2.0]}, {"metric": "loss"}, ["loss:min or loss:max"]),
        ({"a": [1.0], "b": [2.0]}, {"margin": -1, "resolution": 0}, ["margin must be", "resolution must be"]),
        ({"a": [1.0], "b": [2.0]}, {"look": 0}, ["look must be at least 1"]),
    ],
)
def test_what_cannot_be_judged_is_refused(given: object, more: dict[str, object], parts: list[str]) -> None:
    with pytest.raises(pb.ParibusError) as caught:
        pb.judge(given, **more)  # type: ignore[arg-type]
    assert all(part in str(caught.value) for part in parts)


def test_it_needs_no_torch() -> None:
    code = "import sys, paribus as pb; pb.judge({'a': [1, 2], 'b': [2, 3]}); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_its_json_is_that_of_any_program() -> None:
    view = pb.judge({"a": [1.5, 2.5], "b": [2.0, 3.5]}, metric="score:max").to_dict()
    assert view["program"]["kind"] == "table"
    assert view["metrics"] == [{"name": "score", "direction": "max", "unit": "", "primary": True, "resolution": 0.1}]
    assert [arm["figures"]["score"]["mean"] for arm in view["arms"]] == [2.0, 2.75]
    assert view["arms"][0]["trained"] is None
    (pair,) = view["pairs"]
    assert (pair["metric"], pair["p_trained"], pair["items_low"]) == ("score", None, None)
    assert "recipe_name" not in view
    assert "images_low" not in pair


def test_a_resolution_coarser_than_the_figures_bounds_their_spread_and_rounds_none() -> None:
    a, b = [0.9021, 0.9054, 0.9032], [0.9121, 0.9134, 0.9142]
    found = pb.judge({"a": a, "b": b}, metric="acc", paired=True, resolution=0.01)
    assert found.difference == pytest.approx(np.mean(b) - np.mean(a))
    least = 0.01 / 6**0.5 / 3**0.5  # the standard error that rounding alone would give
    half = stats.t.ppf(0.975, 2) * least
    assert found.interval == pytest.approx((np.mean(b) - np.mean(a) - half, np.mean(b) - np.mean(a) + half))


def test_where_the_means_are_alike_the_interval_says_how_many_decimals_are_told() -> None:
    found = pb.judge({"a": {0: 1, 1: 2}, "b": {0: 1, 1: 2}}, paired=False)
    assert "b reaches 1.5 figure, a 1.5: a difference of 0.0 (Welch's 95 % interval −3.0 to +3.0)" in str(found)


@pytest.mark.parametrize(
    ("figures", "asked", "part"),
    [
        ({"a": 1, "b": [2]}, {}, "a must be a list, or a mapping from seed to figure; got 1"),
        ({"a": "12", "b": [2]}, {}, "a must be a list, or a mapping"),
        ({1: [1], "1": [2]}, {}, "two arms are called 1"),
        ({"a": {2**70: 1}, "b": {2**70: 2}}, {}, "a: a seed must be a whole number below 2^63; got 11805"),
        ({"a": np.array([1j]), "b": [2]}, {}, "a figure must be a number"),
        ({"a": [1], "b": [2]}, {"look": 1.5}, "look must be a whole number; got 1.5"),
        ({"a": [1], "b": [2]}, {"metric": 3}, "a metric is written NAME"),
    ],
)  # fmt: skip
def test_what_is_no_figures_is_refused(figures: Any, asked: dict[str, Any], part: str) -> None:
    with pytest.raises(pb.ParibusError, match=re.escape(part)):
        pb.judge(figures, **asked)


def test_a_whole_number_beyond_all_floats_is_of_a_run_that_diverged() -> None:
    found = pb.judge({"a": [10**400, 1.0], "b": [2.0, 3.0]})
    assert [run.status for run in found.comparison.arms[0].runs] == ["diverged", "finished"]


def test_a_difference_of_shares_has_no_end_beyond_one() -> None:
    """The t interval of 0.2, 0.9, 1.0 is some 0.7 ± 1.08; of what is no share it is left alone."""
    arms = {"A": {0: 0.0, 1: 0.0, 2: 0.0}, "B": {0: 0.2, 1: 0.9, 2: 1.0}}
    share = pb.judge(arms, metric="test_accuracy:max", unit="share").pair
    plain = pb.judge(arms, metric="reward:max", unit="").pair
    assert share.high == 1.0
    assert plain.high is not None
    assert plain.high > 1.5
