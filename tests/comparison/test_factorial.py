"""Two factors: contrasts within a seed against a repeated-measures analysis by other means, and counts of cells."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from paribus.comparison.factorial.counts import contrast_p
from paribus.comparison.judgement import Judgement
from paribus.core.errors import ParibusError
from paribus.paper.export import tables_of
from paribus.records.factorial import Effect, Factorial

LESSON = {("sigmoid", "0"): 0.975, ("sigmoid", "0.1"): 0.0995, ("relu", "0"): 0.981, ("relu", "0.1"): 0.921}
# Four subjects, a and b within: y[subject][a][b].
SMALL = np.array([[[3, 5], [4, 9]], [[2, 5], [5, 8]], [[4, 6], [4, 9]], [[3, 4], [6, 10]]], dtype=float)


def judged(folder, figures: dict[tuple[str, str], list[float | None]], trained: str = "", **more) -> Judgement:
    rows = ["a,b,seed,score"]
    for (a, b), values in figures.items():
        rows += [f"{a},{b},{seed},{'' if value is None else value}" for seed, value in enumerate(values)]
    table = folder / "cells.csv"
    table.write_text("\n".join(rows) + "\n")
    return pb.judge(table, factors=["a", "b"], metric="score:max", trained=trained, **more)


def found_in(judgement: Judgement) -> Factorial:
    assert judgement.comparison.factorial is not None
    return judgement.comparison.factorial


def effects(found: Factorial) -> dict[tuple[str, str, object], Effect]:
    return {(effect.kind, effect.factor, effect.at): effect for effect in found.effects}


def small(folder) -> Factorial:
    cells = {(f"a{i}", f"b{j}"): SMALL[:, i, j].tolist() for i, j in product(range(2), range(2))}
    return found_in(judged(folder, cells, resolution=1e-9))


def test_contrasts_are_scipys_of_each_seeds(tmp_path) -> None:
    found = effects(small(tmp_path))
    for key, weights in (
        (("main", "a", None), [[-0.5, -0.5], [0.5, 0.5]]),
        (("main", "b", None), [[-0.5, 0.5], [-0.5, 0.5]]),
        (("interaction", "b", None), [[1, -1], [-1, 1]]),
        (("simple", "b", "a1"), [[0, 0], [-1, 1]]),
    ):
        contrast = (SMALL * np.array(weights)).sum(axis=(1, 2))
        expected = stats.ttest_1samp(contrast, 0)
        effect = found[key]
        assert effect.size == pytest.approx(contrast.mean())
        assert effect.answers.figure is not None
        assert effect.answers.figure.p == pytest.approx(expected.pvalue)
        assert (effect.low, effect.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
        assert effect.answers.trains is None


def sums_of_squares_f(effect: str) -> float:
    """F of a two-way repeated-measures analysis by sums of squares: the effect's over its interaction with subjects."""
    y, grand = SMALL, SMALL.mean()
    subject, a, b = y.mean(axis=(1, 2)), y.mean(axis=(0, 2)), y.mean(axis=(0, 1))
    sa, sb, ab = y.mean(axis=2), y.mean(axis=1), y.mean(axis=0)
    if effect == "a":
        return 4 * 2 * ((a - grand) ** 2).sum() / (2 * ((sa - subject[:, None] - a + grand) ** 2).sum() / 3)
    if effect == "b":
        return 4 * 2 * ((b - grand) ** 2).sum() / (2 * ((sb - subject[:, None] - b + grand) ** 2).sum() / 3)
    between = 4 * ((ab - a[:, None] - b[None, :] + grand) ** 2).sum()
    rest = (
        y - sa[:, :, None] - sb[:, None, :] - ab[None] + subject[:, None, None] + a[None, :, None] + b[None, None, :]
    ) - grand
    return float(between / ((rest**2).sum() / 3))


@pytest.mark.parametrize(("key", "name"), [(("main", "a"), "a"), (("main", "b"), "b"), (("interaction", "b"), "ab")])
def test_each_t_squared_is_the_f_of_its_sums_of_squares(tmp_path, key: tuple[str, str], name: str) -> None:
    effect = effects(small(tmp_path))[(*key, None)]
    assert effect.answers.figure is not None
    f = stats.f.sf(sums_of_squares_f(name), 1, 3)
    assert effect.answers.figure.p == pytest.approx(f)


def test_one_family_over_all_tests(tmp_path) -> None:
    found = small(tmp_path)
    assert found.tests == 7
    answers = [effect.answers.figure for effect in found.effects]
    ps = sorted(answer.p for answer in answers if answer is not None and answer.p is not None)
    least = min(answer.p_adjusted for answer in answers if answer is not None and answer.p_adjusted is not None)
    assert least == pytest.approx(7 * ps[0])


def lesson(folder) -> Judgement:
    luck = np.random.default_rng(0).normal(0, 0.002, (4, 6))
    cells = {both: (mean + (mean > 0.5) * own).round(4).tolist() for (both, mean), own in
             zip(LESSON.items(), luck, strict=True)}  # fmt: skip
    return judged(folder, cells, trained="score>0.2", unit="share")


def test_the_lesson_by_counts_where_a_cell_collapses(tmp_path) -> None:
    judgement = lesson(tmp_path)
    found = effects(found_in(judgement))
    interaction = found["interaction", "b", None]
    # relu at 0.1 and sigmoid at 0 against relu at 0 and sigmoid at 0.1, in the order of first appearance
    assert (interaction.trained_minus, interaction.trained_plus) == (6, 12)
    assert interaction.answers.figure is None  # no seed in which all four train
    assert interaction.told != "open"
    assert found["simple", "b", "sigmoid"].answers.figure is None
    assert found["simple", "b", "relu"].answers.trains is None
    assert found["simple", "b", "relu"].told == "worse"
    said = str(judgement)
    assert said.startswith("b 0.1 costs sigmoid 87.6 points of score and relu 5.7 points: the two act together.")
    assert "sigmoid with b 0.1 trained in 0 of 6 runs. The other cells trained in all of theirs." in said
    assert "함께 작용" in judgement.words("ko")


def test_no_mean_over_a_mixture(tmp_path) -> None:
    half = [0.1, 0.1, 0.97, 0.96, 0.98, 0.1]
    high = [0.97, 0.98, 0.96, 0.97, 0.975, 0.98]
    cells = {("x", "0"): high, ("x", "1"): half, ("y", "0"): high[::-1], ("y", "1"): [v - 0.02 for v in high]}
    found = effects(found_in(judged(tmp_path, cells, trained="score>0.2")))
    effect = found["simple", "b", "x"]
    assert (effect.over, effect.seeds) == ("trained", (2, 3, 4))
    assert effect.answers.trains is not None
    assert effect.answers.trains.test == "fisher"
    assert effect.answers.trains.p == pytest.approx(stats.fisher_exact([[6, 0], [3, 3]])[1])


def test_seeds_that_a_cell_lacks_are_left_out_and_named(tmp_path) -> None:
    cells = {both: [0.9 + 0.01 * i + 0.001 * k for k in range(5)] for i, both in enumerate(product("xy", "01"))}
    cells["x", "0"] = [*cells["x", "0"], 0.9]
    judgement = judged(tmp_path, cells)
    assert found_in(judgement).left_out == {"x × 0": (5,)}
    assert "seed 5" in str(judgement)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({("x", "0"): [1.0, 2.0], ("x", "1"): [1.0, 2.0], ("y", "0"): [1.0, 3.0]}, "missing are y × 1"),
        ({("x", "0"): [1.0, 2.0], ("x", "1"): [1.0, 2.0]}, "two levels or more"),
    ],
)
def test_mistakes(tmp_path, cells, said: str) -> None:
    with pytest.raises(ParibusError, match=said):
        judged(tmp_path, cells)


@pytest.mark.parametrize(
    ("asked", "said"), [({"baseline": "0 × 0"}, "without a baseline"), ({"until_decided": True}, "judged once")]
)
def test_effects_are_neither_held_against_a_baseline_nor_looked_at_again_and_again(tmp_path, asked, said) -> None:
    with pytest.raises(ParibusError, match=said):
        pb.compare(
            {"weight_decay": [0, 0.1], "dropout": [0, 0.5]}, factorial=True, recipe="fair", out=tmp_path, **asked
        )


def exact_by_hand(plus: tuple[int, int], minus: tuple[int, int], n: int) -> float:
    """The same p by going through every table and a grid of rates, one by one."""

    def size(table: tuple[int, ...]) -> float:
        rates = [(count + 0.5) / (n + 1) for count in table]
        return abs(table[0] + table[1] - table[2] - table[3]) / math.sqrt(sum(n * r * (1 - r) for r in rates))

    tables = [t for t in product(range(n + 1), repeat=4) if size(t) >= size((*plus, *minus)) - 1e-9]
    grid = np.linspace(0, 1, 11)
    rates = [(p, q, r, p + q - r) for p, q, r in product(grid, repeat=3) if -1e-9 <= p + q - r <= 1 + 1e-9]
    law = {float(p): stats.binom.pmf(range(n + 1), n, min(1, max(0, p))) for four in rates for p in four}
    return max(sum(math.prod(law[float(p)][x] for p, x in zip(four, t, strict=True)) for t in tables) for four in rates)


def test_the_exact_test_of_four_cells_is_that_of_all_tables() -> None:
    for plus, minus in (((0, 3), (3, 3)), ((1, 2), (3, 3)), ((0, 0), (3, 2))):
        assert contrast_p(plus, minus, 3) == pytest.approx(exact_by_hand(plus, minus, 3), rel=0.02)
    assert contrast_p((6, 0), (6, 6), 6) < 0.001
    assert contrast_p((6, 6), (6, 6), 6) == 1.0


def test_a_bound_beyond_ten_runs_and_fisher_of_two_cells() -> None:
    assert contrast_p((12, 0), (12, 12), 12) == pytest.approx(2 * stats.binom.sf(35, 48, 0.5))
    assert contrast_p((0,), (6,), 6) == pytest.approx(stats.fisher_exact([[0, 6], [6, 0]])[1])
    assert contrast_p((3, 3, 3), (0, 3, 3), 3) == pytest.approx(2 * stats.binom.sf(11, 18, 0.5))


def test_tables_of_effects(tmp_path) -> None:
    comparison = lesson(tmp_path).comparison
    (table,) = tables_of(comparison, None, "en", "effects")
    assert len(table.rows) == 7
    assert [row[1].text for row in table.rows].count("simple effect") == 4


def test_effects_have_the_guards_that_pairs_have(tmp_path) -> None:
    """The contrast of two cells is judged as the pair of them is: by the same robust p, with the same interval."""
    draw, zeros = np.random.default_rng(8), [0.0] * 8
    low = [0.5, 0.52, 0.49, 0.51, 0.5, 0.48, 0.53, -0.6]
    others = draw.standard_normal((2, 8)).round(2).tolist()
    found = judged(tmp_path, {("x", "0"): zeros, ("x", "1"): low, ("y", "0"): others[0], ("y", "1"): others[1]})
    effect = next(e for e in found.comparison.factorial.of("simple") if e.factor == "b" and e.at == "x")
    pair = pb.judge({"a": zeros, "b": low}, metric="score:max", paired=True).pair
    assert effect.reshaped
    assert pair.reshaped
    assert (effect.low, effect.high) == pytest.approx((pair.low, pair.high), abs=1e-4)
    assert effect.answers.figure.p == pytest.approx(pair.answers.figure.p, rel=1e-3)
    assert effect.answers.figure.p > stats.ttest_1samp(low, 0).pvalue
    assert "Intervals that are not the plain t interval" in str(found)
    first = judged(tmp_path, {("x", "0"): zeros, ("x", "1"): low, ("y", "0"): low, ("y", "1"): zeros}, rule="first")
    assert not any(e.reshaped for e in first.comparison.factorial.effects)
