"""The second edition of the decision rule beside the first: power with rare failures, joint error, tails, time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import product

import numpy as np
from decision_trials import METRIC, POINT, Array, accuracies, all_trained, collapse, different, share, table

from paribus.comparison import heavy_tails
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.editions import EDITIONS, edition
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.statistics import t_interval
from paribus.core.seeds import generator
from paribus.programs.recipe.info import RECIPE

LEVEL = look_level(1)
FINE = RECIPE.judging.of_items(10**9)  # a metric whose rounding plays no part
TAILS = (3, 5, 6, 8, 12, 20, 30, 60)


def rare_failures(trials: int) -> None:
    """Both arms fail now and then, and differ where they train."""
    seeds = (6, 12, 30, 60)

    def row(size: float, fails: float, name: str) -> list[object]:
        cells: list[object] = [f"{size:g} sd", f"{fails:.0%}", name]
        for n in seeds:
            draw = generator(n, f"rare/{size}/{fails}")
            runs = accuracies(draw, trials, [0.0, size * 0.1 * POINT], n, 0.1 * POINT, "normal")
            trained = collapse(draw, trials, [1 - fails] * 2, n, 0.0)
            cells.append(share(_judged(runs, trained, name).verdict[:, 0] == "b_better"))
        return cells

    table(
        "Power at look 1 where each run of both arms fails to train with some probability, %",
        ["size", "fails", "edition", *(f"{n} seeds" for n in seeds)],
        (row(*of) for of in product((1, 2), (0.0, 0.01, 0.02, 0.05), EDITIONS)),
    )


def joint_error(trials: int) -> None:
    """Identical arms, some of whose runs fail: any wrong answer of any pair, counts or figures."""
    seeds = (3, 6, 12, 30)

    def cell(fails: float, arms: int, correlation: float, n: int) -> str:
        draw = generator(n, f"joint/{fails}/{arms}/{correlation}")
        runs = accuracies(draw, trials, [0.0] * arms, n, 0.1 * POINT, "normal")
        found = _judged(runs, collapse(draw, trials, [1 - fails] * arms, n, correlation), "second")
        wrong = [np.char.endswith(of.verdict, "better") for of in (found.trains, found.figure)]
        return share((wrong[0] | wrong[1]).any(axis=1))

    table(
        "Second edition, identical arms: % of trials with a wrong answer at look 1, on counts or figures, of any pair",
        ["fails", "arms", "correlation in a seed", *(f"{n} seeds" for n in seeds)],
        (
            [f"{fails:.0%}", arms, correlation, *(cell(fails, arms, correlation, n) for n in seeds)]
            for fails, arms, correlation in product((0.0, 0.05, 0.3, 0.5), (2, 3, 5), (0.0, 0.9))
        ),
    )


def _normal(draw: np.random.Generator, shape: tuple[int, int]) -> Array:
    return draw.standard_normal(shape)


def _ten_low(draw: np.random.Generator, shape: tuple[int, int]) -> Array:
    return np.where(draw.random(shape) < 0.05, -10.0, 0.0) + 0.5 + draw.standard_normal(shape)


LAWS = {
    "normal": _normal,
    "heavy tails (t3)": lambda draw, shape: draw.standard_t(3, shape),
    "both exponential": lambda draw, shape: draw.standard_exponential(shape) - draw.standard_exponential(shape),
    "one exponential, the other constant": lambda draw, shape: 1 - draw.standard_exponential(shape),
    "one exponential, the other normal": lambda draw, shape: (
        draw.standard_normal(shape) + 1 - draw.standard_exponential(shape)
    ),
    "one lognormal, the other constant": lambda draw, shape: np.exp(0.5) - np.exp(draw.standard_normal(shape)),
    "5 % of runs ten deviations low": _ten_low,
    "whole images (few steps)": lambda draw, shape: np.round(draw.standard_normal(shape)),
}


def tails(trials: int) -> None:
    """Differences whose mean is 0 by construction: errors, coverage, and how often the rule cannot say."""
    found: dict[str, list[list[object]]] = {"error": [], "coverage": [], "tails": []}
    for law, draw_of in LAWS.items():
        cells: dict[tuple[str, str], list[str]] = {}
        for n in TAILS:
            d = draw_of(generator(n, f"tails/{law}"), (trials, n))  # type: ignore[no-untyped-call]
            ends = {"first": t_interval(d), "second": heavy_tails.paired(d).ends()}
            for name, (low, high) in ends.items():
                decision = _decided(d[:, None], np.ones((trials, 1, n), dtype=bool), name)
                cells.setdefault(("error", name), []).append(share(different(decision)))
                cells.setdefault(("coverage", name), []).append(share((low <= 0) & (high >= 0)))
                if name == "second":
                    cells.setdefault(("tails", name), []).append(share(decision.reason == "tails"))
        for (what, name), row in cells.items():
            found[what].append([law, name, *row])
    titles = {
        "error": f"Differences of mean 0 called different at look 1 (level {LEVEL:.1%}), %",
        "coverage": "Coverage of the 95 % interval, differences of mean 0, %",
        "tails": "Differences of mean 0 on which the rule cannot say, for a tail, %",
    }
    for what, rows in found.items():
        table(titles[what], ["law of a difference", "edition", *(f"{n} seeds" for n in TAILS)], rows)


def strictness(trials: int) -> None:
    """What `heavy_tails.STRICTER` costs where differences are normal, and saves where one arm has a tail."""
    seeds, chosen = (6, 8, 12, 20, 30, 60), heavy_tails.STRICTER

    def row(times: float) -> list[object]:
        heavy_tails.STRICTER = times
        cells: list[object] = [f"{times:g}"]
        for n in seeds:
            d = 1 - generator(n, "strict/exponential").standard_exponential((trials, n))
            z = generator(n, "strict/normal").standard_normal((trials, n)) + (2 if n < 10 else 1)
            cells.append(" / ".join(f"{100 * (heavy_tails.paired(x).p() <= LEVEL).mean():.1f}" for x in (d, z)))
        return cells

    try:
        table(
            "A tail against a claim asks for p so many times smaller: % false, exponential / % found, normal "
            "differences of two deviations (6 and 8 seeds) or one",
            ["times", *(f"{n} seeds" for n in seeds)],
            map(row, (1.0, 5.0, 10.0, 20.0, 50.0)),
        )
    finally:
        heavy_tails.STRICTER = chosen


def equality(trials: int) -> None:
    """Practically equal where the true difference is 0, within 0.1 points."""
    seeds = (3, 6, 12, 20, 30)

    def cell(spread: float, name: str, n: int) -> str:
        runs = accuracies(generator(n, f"equality/{spread}"), trials, [0.0, 0.0], n, spread * POINT, "normal")
        return share(_judged(runs, all_trained(runs), name, rule.DEFAULT_MARGIN).verdict[:, 0] == "equal")

    table(
        "Power of equality within 0.1 points at look 1, true difference 0, %",
        ["spread of a difference", "edition", *(f"{n} seeds" for n in seeds)],
        ([f"{s} points", name, *(cell(s, name, n) for n in seeds)] for s, name in product((0.05, 0.1, 0.15), EDITIONS)),
    )


def speed(_: int) -> None:
    """One verdict on all pairs of five arms with 60 seeds, the median of 21."""
    runs = accuracies(generator(60, "speed"), 1, [0.0] * 5, 60, 0.1 * POINT, "normal")
    trained, took = collapse(generator(61, "speed"), 1, [0.9] * 5, 60, 0.0), []
    for _again in range(21):
        start = time.perf_counter()
        _judged(runs, trained, "second")
        took.append(time.perf_counter() - start)
    table("A verdict on five arms and 60 seeds", ["median, ms"], [[f"{1000 * np.median(took):.1f}"]])


def _judged(runs: Array, trained: np.ndarray, name: str, margin: float = 0.0) -> rule.Decision:
    a, b = np.triu_indices(runs.shape[1], 1)
    both = (trained[:, a], trained[:, b])
    return edition(name).decide(rule.evidence(runs[:, b] - runs[:, a], *both, margin=margin, metric=METRIC), LEVEL)


def _decided(d: Array, trained: np.ndarray, name: str) -> rule.Decision:
    return edition(name).decide(rule.evidence(d, trained, trained, margin=0.0, metric=FINE), LEVEL)


TABLES = {of.__name__: of for of in (rare_failures, joint_error, tails, strictness, equality, speed)}


def print_tables(trials: int, names: Sequence[str] = ()) -> None:
    """The tables of these names, or all."""
    for name in names or TABLES:
        TABLES[name](trials)
