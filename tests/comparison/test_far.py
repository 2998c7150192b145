"""Runs far from their arm's others: named by the others' spread, rarely of healthy arms, with the size without them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from paribus.comparison.outlying_runs import far_of
from paribus.comparison.words.json_view import comparison_json
from paribus.core.seeds import generator

# One run of a half failed; b is better by 0.3 points in every other.
A = dict(enumerate([98.2, 98.3, 98.5, 98.4, 60.1, 98.3]))
B = dict(enumerate([98.5, 98.62, 98.77, 98.69, 98.4, 98.61]))


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7, 8, 12, 30, 60])
def test_of_healthy_pairs_few_have_one(n: int) -> None:
    arms = generator(n, "healthy").normal(0.98, 0.002, (6000, 2, n))
    assert far_of(arms).any(axis=(1, 2)).mean() <= 0.02


def test_steps_of_a_figure_are_no_spread() -> None:
    figures = np.array([0.90, 0.90, 0.90, 0.90, 0.90, 0.91])
    assert not far_of(figures, 0.01**2 / 12).any()
    assert far_of(np.where(figures > 0.9, 0.99, figures), 0.01**2 / 12).tolist() == [False] * 5 + [True]


@pytest.mark.parametrize(("lost", "n"), [(1, 5), (1, 6), (2, 6), (2, 8), (5, 12)])
def test_half_failed_runs_are_found_though_they_hide_each_other(lost: int, n: int) -> None:
    arms = generator(n, "lost").standard_normal((2000, n))
    arms[:, :lost] -= np.linspace(200, 250, lost)
    assert (far_of(arms) == (np.arange(n) < lost)).all(axis=1).mean() > 0.97


def test_one_far_to_each_side() -> None:
    figures = np.array([98.2, 98.3, 98.5, 98.4, 98.3, 98.4, 60.0, 140.0])
    assert np.flatnonzero(far_of(figures)).tolist() == [6, 7]


def test_half_of_them_are_never_far() -> None:
    assert not far_of(np.array([1.0, 1.1, 1.05, 60.0, 60.1, 60.2])).any()
    assert not far_of(np.array([1.0, 60.0])).any()
    assert not far_of(np.zeros(0)).any()


def test_the_size_without_it_is_the_t_interval_of_the_others() -> None:
    pair = pb.judge({"A": A, "B": B}, metric="score:max").pair
    (run,) = pair.far_runs
    others = np.array([A[seed] for seed in A if seed != 4])
    assert (run.arm, run.seed, run.figure) == ("A", 4, 60.1)
    assert (run.low, run.high) == (98.2, 98.5)
    assert run.spreads == pytest.approx((60.1 - others.mean()) / others.std(ddof=1))
    rest = np.array([B[seed] - A[seed] for seed in A if seed != 4])
    interval = stats.ttest_1samp(rest, 0).confidence_interval(0.95)
    assert pair.verdict == "b_better"
    assert pair.without_far is not None
    assert (pair.without_far.mean, pair.without_far.n) == (pytest.approx(rest.mean()), 5)
    assert (pair.without_far.low, pair.without_far.high) == pytest.approx(tuple(interval))


def test_it_is_named_with_both_sizes() -> None:
    found = pb.judge({"A": A, "B": B}, metric="score:max")
    assert "A's seed 4 reached 60.10, far below its other runs (98.20 to 98.50)." in found.words("en")
    assert "With that run B minus A is +6.632, without it +0.298 (95 % interval" in found.words("en")
    assert "p is without what stands out so far on B's own side" in found.words("en")
    assert "A의 시드 4는 60.10으로, 나머지 실행(98.20~98.50)보다 훨씬 낮습니다." in found.words("ko")


def test_unpaired_runs_have_no_seeds_to_name() -> None:
    found = pb.judge({"A": list(A.values()), "B": list(B.values())}, metric="score:max")
    assert "1 run of A reached 60.10, far below its others (98.20 to 98.50)." in found.words("en")
    rest = stats.ttest_ind(list(B.values()), [a for a in A.values() if a > 90], equal_var=False)
    assert found.pair.without_far is not None
    interval = rest.confidence_interval(0.95)
    assert (found.pair.without_far.low, found.pair.without_far.high) == pytest.approx(tuple(interval))
    assert found.pair.without_far.n == 11


def test_a_healthy_pair_says_nothing_of_it() -> None:
    found = pb.judge({"A": {**A, 4: 98.1}, "B": B}, metric="score:max")
    assert found.pair.far_runs == ()
    assert found.pair.without_far is None
    assert "far below" not in found.words("en")
    assert comparison_json(found.comparison)["pairs"][0]["far_runs"] == []


def test_where_one_seed_is_left_there_is_no_interval() -> None:
    a, b = {**A, 0: 50.0}, {**B, 1: 40.0, 2: 41.0}
    pair = pb.judge({"A": a, "B": b}, metric="score:max").pair
    assert {(run.arm, run.seed) for run in pair.far_runs} == {("B", 1), ("B", 2), ("A", 0), ("A", 4)}
    assert pair.without_far is not None
    assert pair.without_far.n == 2


def test_an_arm_that_never_trained_has_none_far_from_its_others(tmp_path: Path) -> None:
    """Its figures are those of constant answers: 10.28 % and, of another class, 10.09 %."""
    rows = ["arm,seed,acc,ok"]
    reached = {"a": [0.1028, 0.1009, 0.1028, 0.1028, 0.1028, 0.1028], "b": [0.93, 0.94, 0.92, 0.93, 0.94, 0.93]}
    for seed, (a, b) in enumerate(zip(*reached.values(), strict=True)):
        rows += [f"a,{seed},{a},0", f"b,{seed},{b},1"]
    table = tmp_path / "runs.csv"
    table.write_text("\n".join(rows))
    pair = pb.judge(table, metric="acc", trained="ok>0.5", arm_column="arm", pair_by="seed").comparison.pairs[0]
    assert pair.far_runs == ()
