"""Simulated comparisons for the decision rule, and tables of what the rule made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from paribus.comparison.decision_rule import second_edition as rule
from paribus.programs.recipe.info import RECIPE

Array = NDArray[np.float64]
IMAGES = 10_000
METRIC = RECIPE.judging.of_items(IMAGES)
POINT = 0.01

# Laws of one run's deviation from its arm's mean: mean 0, variance 1 (but for t3, which is scaled to it).
LAWS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Array]] = {
    "normal": lambda draw, shape: draw.standard_normal(shape),
    "heavy tails (t3)": lambda draw, shape: draw.standard_t(3, shape) / np.sqrt(3),
    "skewed (exponential)": lambda draw, shape: 1 - draw.standard_exponential(shape),
}


def one_arm_skewed(draw: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """The first arm is constant, so that a difference is itself skewed: equal means, not identical arms."""
    deviations = (1 - draw.standard_exponential(shape)) * np.sqrt(2)
    deviations[:, 0] = 0
    return np.asarray(deviations)


ONE_ARM_SKEWED = "one arm skewed"
LAWS_OF_TWO = {**LAWS, ONE_ARM_SKEWED: one_arm_skewed}


def accuracies(
    draw: np.random.Generator, trials: int, means: Sequence[float], seeds: int, spread: float, law: str
) -> Array:
    """[trials, arms, seeds], whole images. `spread`: standard deviation of a paired difference, in accuracy."""
    own = LAWS_OF_TWO[law](draw, (trials, len(means), seeds)) * spread / np.sqrt(2)
    shared = draw.standard_normal((trials, 1, seeds)) * spread  # what a seed does to every arm alike
    return np.asarray(np.round((0.97 + np.asarray(means)[None, :, None] + own + shared) * IMAGES) / IMAGES)


def verdicts(runs: Array, trained: NDArray[np.bool_], level: float, margin: float) -> rule.Decision:
    """The rule on every trial: runs [trials, arms, seeds] of accuracies, and which of them trained."""
    pairs = list(combinations(range(runs.shape[1]), 2))
    a, b = [list(side) for side in zip(*pairs, strict=True)]
    found = rule.evidence(runs[:, b] - runs[:, a], trained[:, a], trained[:, b], margin=margin, metric=METRIC)
    return rule.decide(found, level)


def all_trained(runs: Array) -> NDArray[np.bool_]:
    return np.ones(runs.shape, dtype=bool)


def different(decision: rule.Decision) -> NDArray[np.bool_]:
    return np.asarray((decision.verdict == "a_better") | (decision.verdict == "b_better"))


def share(hits: NDArray[np.bool_] | np.bool_) -> str:
    rate = float(hits.mean())
    return f"{100 * rate:.2f} ± {100 * np.sqrt(rate * (1 - rate) / np.size(hits)):.2f}"


def table(title: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    head = list(head)
    print(f"\n### {title}\n")
    print("| " + " | ".join(map(str, head)) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |", flush=True)


def collapse(
    draw: np.random.Generator, trials: int, rates: Sequence[float], seeds: int, correlation: float
) -> NDArray[np.bool_]:
    """Which runs trained, [trials, arms, seeds]; the events of two arms with one seed have this correlation."""
    shared = draw.random((trials, 1, seeds))
    own = draw.random((trials, len(rates), seeds))
    pick = np.sqrt(correlation)  # both arms follow the seed's own draw with probability `correlation`
    follows = draw.random(own.shape) < pick
    return np.asarray(np.where(follows, shared, own) < np.asarray(rates)[None, :, None])
