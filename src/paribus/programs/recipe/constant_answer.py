"""Where targets are numbers: what always answering the mean of the training targets comes to, and who is worse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean

from paribus.programs.recipe.trained_criterion import CONSTANT
from paribus.records.comparison import ArmView, Comparison
from paribus.records.design import Design
from paribus.records.run import RunResult
from paribus.words.metric_format import measure_of
from paribus.words.translation import Words

_KEY = "constant_answer"
_ROUNDING = 1e-5  # more than devices and stacks lose of a mean


def constant_answer(design: Design, results: Mapping[tuple[str, int], RunResult]) -> dict[str, dict[str, float]]:
    """As a comparison's evidence has it, `{constant_answer: {test_loss: 1.2}}`: by metric the mean over seeds.

    Without a metric in which arms differ, as a loss of their own: then no one figure is that of all.
    """
    by_seed = [
        [figures for arm in design.arms if (figures := _recorded(results.get((arm.name, seed))))]
        for seed in design.seeds
    ]
    known = [arms for arms in by_seed if arms]
    names = set.intersection(*(set(figures) for arms in known for figures in arms)) if known else set()
    alike = [n for n in names if all(math.isclose(a[n], arms[0][n], rel_tol=_ROUNDING) for arms in known for a in arms)]
    found = {name: fmean(arms[0][name] for arms in known) for name in sorted(alike)}
    return {_KEY: found} if found else {}


def _recorded(result: RunResult | None) -> dict[str, float]:
    figures = {} if result is None else result.record.figures
    return {name.removeprefix(CONSTANT): value for name, value in figures.items() if name.startswith(CONSTANT)}


def constant_answer_of(comparison: Comparison) -> dict[str, float]:
    """The same of a comparison, by metric; empty where nobody knows."""
    found = (comparison.evidence or {}).get(_KEY)
    return {n: v for n, v in found.items() if isinstance(v, float)} if isinstance(found, dict) else {}


def worse_than_constant(comparison: Comparison, arms: Sequence[ArmView], words: Words) -> list[str]:
    """That these arms, a pair, are worse than that, as far as they are."""
    metric, constant = comparison.metric, constant_answer_of(comparison).get(comparison.metric.name)
    if constant is None:
        return []
    reached = {arm.name: figure.mean for arm in arms if (figure := comparison.judged(arm)) is not None}
    worse = [arm for arm in arms if metric.better(constant, reached.get(arm.name, constant))]
    measure = measure_of(metric, words.lang)
    places = measure.places(*(abs(constant - mean) for mean in reached.values()))
    values = {"metric": measure.label, "value": measure.value(constant, places)}
    if len(worse) == len(arms):
        return [
            words.text(
                "Always answering the mean of the training targets gives a {metric} of {value}, and both are worse "
                "than that: neither has learned anything of use yet. Try another learning rate, or more epochs.",
                **values,
            )
        ]
    return [
        words.text(
            "Always answering the mean of the training targets gives a {metric} of {value}, and {arm} is worse than "
            "that.",
            arm=words.name_of_arm(arm.name, comparison.factor, arm.value),
            **values,
        )
        for arm in worse
    ]
