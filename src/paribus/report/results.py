"""What came out: a card for each arm, and a row for each run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from paribus.figures.arms import arm_names
from paribus.records.comparison import ArmView, Comparison, RunView
from paribus.records.program import Metric
from paribus.words.metric_format import measure_of
from paribus.words.numbers import loss
from paribus.words.translation import Words, translator

MOST_DOTS = 30
MOST_METRICS = 4  # that the table of runs has room for


@dataclass(frozen=True)
class ArmCard:
    """One arm: the figure that says most, what it is, and the rest.

    `trained` is `5 of 6` with its Wilson interval; `figure` the mean of the metric that is judged with its t interval;
    `mixed` says that only some runs trained, so that the counts come first and the figure is of the trained runs alone.
    `dots`: for each run whether it trained; empty where there are too many to see at once. `counts`: whether that word
    means anything to the program.
    """

    name: str
    index: int
    trained: str
    trained_interval: str
    all_trained: bool
    mixed: bool
    figure: str
    figure_interval: str
    level: str
    over: str
    counted: str
    dots: tuple[bool, ...]
    counts: bool


@dataclass(frozen=True)
class RunRow:
    """One run. `state` is `trained`, `untrained` or `diverged`; `state_text` says it. `figures`: as text, by metric."""

    run: RunView
    arm: str
    index: int
    state: str
    state_text: str
    figures: tuple[str, ...]
    first_of_seed: bool


def arm_cards(comparison: Comparison, lang: str) -> tuple[ArmCard, ...]:
    """The arms' cards, in order."""
    names = arm_names(comparison, lang)
    places = _places(comparison)
    return tuple(_card(comparison, arm, index, names[index], places, lang) for index, arm in enumerate(comparison.arms))


def run_rows(comparison: Comparison, lang: str) -> tuple[RunRow, ...]:
    """All runs, seed by seed, and within a seed arm by arm; of several data sets one after the other."""
    names = arm_names(comparison, lang)
    datasets = comparison.datasets.names if comparison.datasets is not None else ("",)
    rows = []
    for dataset, seed in product(datasets, comparison.seeds):
        found = [
            (i, run)
            for i, arm in enumerate(comparison.arms)
            for run in arm.runs
            if (run.dataset, run.seed) == (dataset, seed)
        ]
        rows += [_run(comparison, run, i, names[i], lang, first=n == 0) for n, (i, run) in enumerate(found)]
    return tuple(rows)


def _places(comparison: Comparison) -> int:
    means = [found.mean for found in map(comparison.judged, comparison.arms) if found]
    measure = measure_of(comparison.metric, "en")
    return measure.places(*(abs(a - b) for i, a in enumerate(means) for b in means[:i]))


def table_metrics(comparison: Comparison) -> tuple[Metric, ...]:
    """The metrics that the table of runs shows, in the program's order."""
    return comparison.program.metrics[:MOST_METRICS]


def _card(comparison: Comparison, arm: ArmView, index: int, name: str, places: int, lang: str) -> ArmCard:
    words, measure = translator(lang), measure_of(comparison.metric, lang)
    estimate = comparison.judged(arm)
    interval, level = "", words.level(0.95)
    if estimate is not None and estimate.low is not None and estimate.high is not None:
        level = words.level(estimate.level)
        interval = words.text(
            "{low} to {high}",
            low=measure.value(estimate.low, places),
            high=measure.value(estimate.high, places),
        )
    return ArmCard(
        name=name,
        index=index,
        trained=words.text("{k} of {n}", k=arm.counted, n=len(arm.runs)),
        trained_interval=words.text(
            "{low} to {high}",
            low=words.percent(arm.trained_low, 0),
            high=words.percent(arm.trained_high, 0),
        ),
        all_trained=arm.counted == arm.size,
        mixed=arm.over == "trained",
        figure=measure.value(estimate.mean if estimate else None, places),
        figure_interval=interval,
        level=level,
        over=_over(comparison, arm, estimate.n if estimate else 0, lang),
        counted=_counted(comparison, arm, estimate.n if estimate else 0, lang),
        counts=arm.trained is not None,
        dots=tuple(run.counted for run in arm.runs) if arm.size <= MOST_DOTS else (),
    )


def _over(comparison: Comparison, arm: ArmView, n: int, lang: str) -> str:
    words, metric = translator(lang), measure_of(comparison.metric, lang).label
    if not n:
        return words.text("no run reached a test")
    if n and comparison.datasets is not None:
        return words.plural("mean {metric} over {n} data set", "mean {metric} over {n} data sets", n, metric=metric)
    if arm.over == "trained":
        return words.plural(
            "mean {metric} of the {n} run that trained", "mean {metric} of the {n} runs that trained", n, metric=metric
        )
    return words.plural("{metric} of {n} run", "mean {metric} over {n} runs", n, metric=metric)


def _counted(comparison: Comparison, arm: ArmView, n: int, lang: str) -> str:
    words = translator(lang)
    if not n:
        return "–"
    if comparison.datasets is not None:
        return words.plural("{n} data set", "{n} data sets", n)
    if arm.over == "trained":
        return words.plural("the {n} that trained", "the {n} that trained", n)
    return words.text("{k} of {n}", k=n, n=len(arm.runs))


def _run(comparison: Comparison, run: RunView, index: int, name: str, lang: str, *, first: bool) -> RunRow:
    words = translator(lang)
    state, state_text = "untrained", words.text("did not train")
    if run.status == "diverged":
        state, state_text = "diverged", words.text("diverged")
    elif run.trained is None:
        state, state_text = "trained", words.status(run.status)
    elif run.trained:
        state, state_text = "trained", words.text("trained")
    return RunRow(
        run=run,
        arm=name,
        index=index,
        state=state,
        state_text=state_text,
        figures=tuple(
            _figure(metric, run.last(metric.name), comparison, words) for metric in table_metrics(comparison)
        ),
        first_of_seed=first,
    )


def _figure(metric: Metric, value: float | None, comparison: Comparison, words: Words) -> str:
    """Of a metric that is no share with as many decimals as tell its runs apart, but no more than they have."""
    if metric.unit == "nats":
        return loss(value)
    measure = measure_of(metric, words.lang)
    if measure.is_share:
        return measure.value(value, 2)
    found = [run.last(metric.name) for arm in comparison.arms for run in arm.runs]
    known = [x for x in found if x is not None and math.isfinite(x)]
    places = measure.places((max(known) - min(known)) / 10) if known else 0
    while places and all(round(x, places - 1) == x for x in known):
        places -= 1
    return measure.value(value, places)
