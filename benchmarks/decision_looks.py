"""Several looks at the same arms: what they cost together, and how 0.05 might be shared among them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from decision_trials import METRIC, POINT, Array, accuracies, all_trained, different, share, table, verdicts
from numpy.typing import NDArray
from scipy import special

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import LOOK_LEVELS, look_level
from paribus.comparison.seeds_to_settle import Seen, seeds_to_settle
from paribus.core.seeds import generator

FIRST = (2, 3, 4, 6, 12)
MOST = 64


def looks(trials: int) -> None:
    """Three looks at two identical arms: how many seeds are added is chosen in three ways, knowing the results."""

    def cell(way: str, first: int) -> str:
        runs = accuracies(generator(first, f"looks/{way}"), trials, [0.0, 0.0], MOST, 0.1 * POINT, "normal")
        differences = runs[:, 1] - runs[:, 0]
        wrong, at, going = np.zeros(trials, dtype=bool), np.full(trials, first), np.ones(trials, dtype=bool)
        for look in range(1, len(LOOK_LEVELS) + 1):
            for n in np.unique(at[going]):
                here = going & (at == n)
                full = np.full((int(here.sum()), 1), n)
                found = rule.evidence(differences[here, None, :n], full, full, margin=0.0, metric=METRIC)
                wrong[here] = different(rule.decide(found, look_level(look)))[:, 0]
                going[here] = ~wrong[here] & (n < MOST) & (look < len(LOOK_LEVELS))
                at[here] = WAYS[way](differences[here, :n], look) if going[here].any() else n
        return share(wrong)

    table(
        f"False differences over three looks, identical arms, never called equal, at most {MOST} seeds, %",
        ["seeds added", *(f"from {n}" for n in FIRST)],
        ([way, *(cell(way, n) for n in FIRST)] for way in WAYS),
    )


def doubled(seen: Array, look: int) -> NDArray[np.int64]:
    return np.full(len(seen), min(MOST, 2 * seen.shape[1]))


EFFECTS = np.geomspace(0.05, 1000, 500)


@cache
def advice(look: int, place: int) -> int:
    """`seeds_to_settle` after this look for an effect of that place in EFFECTS (steps of 2 %), as if from one seed."""
    seen = Seen(float(EFFECTS[place]), 1.0, 1.0, 1.0, (1, 1), (1, 1))
    return min(seeds_to_settle("not_separated", seen, pairs=1, margin=0.0, look=look).n or MOST, MOST)


def advised(seen: Array, look: int) -> NDArray[np.int64]:
    """What the comparison prints: power 0.8 for the difference seen, or all there are where it knows no number."""
    effect = np.abs(seen.mean(axis=1)) / (seen.std(axis=1, ddof=1) + 1e-9)
    places, of = np.unique(np.clip(np.searchsorted(EFFECTS, effect) - 1, 0, None), return_inverse=True)
    found = np.array([advice(look, int(place)) for place in places])[of]
    return np.asarray(np.maximum(found, seen.shape[1] + 1))


def worst(seen: Array, look: int) -> NDArray[np.int64]:
    """The number at which a false verdict is likeliest next, for one who knows that there is no difference.

    The chance of each number given what was seen: the t statistic of it continued by 200 futures, in units of the
    true spread of a difference.
    """
    n, futures, draw = seen.shape[1], 200, generator(seen.shape[1], f"futures/{look}")
    total, squares = seen.sum(axis=1) / (0.1 * POINT), (seen**2).sum(axis=1) / (0.1 * POINT) ** 2
    chosen, highest = np.full(len(seen), MOST), np.zeros(len(seen))
    for more in (1, 2, 3, 4, 6, 9, 13, 20, 30, 45):
        if (m := n + more) > MOST:
            break
        step = np.sqrt(more) * draw.standard_normal(futures)
        square = step**2 / more + (draw.chisquare(more - 1, futures) if more > 1 else 0)
        end = total[:, None] + step
        spread = (squares[:, None] + square - end**2 / m) / (m - 1)
        edge = special.stdtrit(m - 1, 1 - LOOK_LEVELS[look] / 2)
        chance = (np.abs(end) >= edge * np.sqrt(m * spread)).mean(axis=1)
        chosen, highest = np.where(chance > highest, m, chosen), np.maximum(chance, highest)
    return np.asarray(chosen)


WAYS = {"doubled": doubled, "as advised": advised, "the worst for the rule": worst}


def splits(trials: int) -> None:
    """Other ways to spend 0.05 on three looks at 6, 12 and 24 seeds."""
    choices = [
        LOOK_LEVELS,
        (0.04, 0.0067, 0.0033),
        (0.03, 0.0133, 0.0067),
        (0.025, 0.0125, 0.0125),
        (0.0167, 0.0167, 0.0167),
    ]

    def row(levels: Sequence[float]) -> list[object]:
        cells: list[object] = [", ".join(map(str, levels))]
        for size in (0.0, 0.5, 1.0, 2.0):
            runs = accuracies(
                generator(7, f"splits/{size}"), trials, [0.0, size * 0.1 * POINT], 24, 0.1 * POINT, "normal"
            )
            found = [
                different(verdicts(runs[:, :, :n], all_trained(runs[:, :, :n]), level, 0.0))[:, 0]
                for n, level in zip((6, 12, 24), levels, strict=True)
            ]
            cells += [share(found[0]), share(np.any(found, axis=0))] if size else [share(np.any(found, axis=0))]
        return cells

    sizes = [f"{s} sd, {when}" for s in (0.5, 1.0, 2.0) for when in ("look 1", "all looks")]
    table(
        "Other splits of 0.05 over looks at 6, 12 and 24 seeds: % called different",
        ["levels", "no difference", *sizes],
        map(row, choices),
    )
