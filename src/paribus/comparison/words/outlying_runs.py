"""Runs that are far from their arm's others by name, and the difference without them."""

from __future__ import annotations

from paribus.comparison.words.pair_facts import PairFacts
from paribus.comparison.words.seeds import seed_names
from paribus.records.comparison import ArmView, Estimate
from paribus.records.outlying_run import FarRun
from paribus.words.numbers import p_text

_MOST_FIGURES = 6


def far_words(facts: PairFacts) -> list[str]:
    """Nothing where no run is far."""
    named = [
        _named(facts, arm, runs, below)
        for arm in (facts.first, facts.second)
        for below in (True, False)
        if (runs := [run for run in facts.pair.far_runs if run.arm == arm.name and (run.spreads < 0) == below])
    ]
    return [*named, *_sizes(facts), *_left_out_of_p(facts)] if named else []


def _named(facts: PairFacts, arm: ArmView, runs: list[FarRun], below: bool) -> str:
    words, measure, first = facts.words, facts.measure, runs[0]
    places = measure.places(first.high - first.low, first.figure - first.low)
    told = [measure.value(run.figure, places) for run in runs[:_MOST_FIGURES]]
    values = {
        "arm": facts.first_name if arm is facts.first else facts.second_name,
        "seeds": seed_names(facts.comparison, [run.seed for run in runs], words),
        "figures": words.join(told) if len(told) == len(runs) else ", ".join([*told, "…"]),
        "low": measure.number(first.low, places),
        "high": measure.value(first.high, places),
    }
    if facts.comparison.paired and below:
        return words.plural(
            "{arm}'s seed {seeds} reached {figures}, far below its other runs ({low} to {high}).",
            "{arm}'s seeds {seeds} reached {figures}, far below its other runs ({low} to {high}).",
            len(runs),
            **values,
        )
    if facts.comparison.paired:
        return words.plural(
            "{arm}'s seed {seeds} reached {figures}, far above its other runs ({low} to {high}).",
            "{arm}'s seeds {seeds} reached {figures}, far above its other runs ({low} to {high}).",
            len(runs),
            **values,
        )
    if below:
        return words.plural(
            "{n} run of {arm} reached {figures}, far below its others ({low} to {high}).",
            "{n} runs of {arm} reached {figures}, far below its others ({low} to {high}).",
            len(runs),
            **values,
        )
    return words.plural(
        "{n} run of {arm} reached {figures}, far above its others ({low} to {high}).",
        "{n} runs of {arm} reached {figures}, far above its others ({low} to {high}).",
        len(runs),
        **values,
    )


def _sizes(facts: PairFacts) -> list[str]:
    """The difference with them and without, so that both can be seen; the verdict is by all runs."""
    rest, measure = facts.pair.without_far, facts.measure
    if rest is None or facts.difference is None:
        return []
    spreads = [facts.difference, rest.mean]
    if rest.low is not None and rest.high is not None:
        spreads.append(rest.high - rest.low)
    places = measure.places(*(spread for spread in spreads if facts.told(spread)))
    return [
        facts.words.plural(
            "With that run {first} minus {second} is {whole}, without it {rest}{interval}.",
            "With those runs {first} minus {second} is {whole}, without them {rest}{interval}.",
            len(facts.pair.far_runs),
            first=facts.first_name,
            second=facts.second_name,
            whole=measure.signed(facts.difference, places),
            rest=measure.with_unit(measure.signed(facts.sign * rest.mean, places)),
            interval=_interval(facts, rest, places),
        )
    ]


def _left_out_of_p(facts: PairFacts) -> list[str]:
    """Where a difference is established although the t test over all runs would not find it as clearly."""
    pair = facts.pair
    figure = pair.answers.figure if pair.answers else None
    if figure is None or figure.verdict not in ("a_better", "b_better") or figure.test not in ("t", "welch"):
        return []
    if figure.p is None or pair.p_t is None or figure.p >= 0.99 * pair.p_t:
        return []
    return [
        facts.words.text(
            "p is without what stands out so far on {first}'s own side: that does not speak against {first} ({p} with "
            "it).",
            first=facts.first_name,
            p=p_text(pair.p_t, facts.comparison.alpha),
        )
    ]


def _interval(facts: PairFacts, rest: Estimate, places: int) -> str:
    if rest.low is None or rest.high is None:
        return ""
    words, ends = facts.words, sorted([facts.sign * rest.low, facts.sign * rest.high])
    write = facts.measure.number if ends[0] > 0 else facts.measure.signed
    low, high = (write(end, places) for end in ends)
    values = {"level": words.level(rest.level), "ends": words.text("{low} to {high}", low=low, high=high)}
    if not facts.comparison.paired:
        return words.text(" (Welch's {level} interval {ends})", **values)
    return words.plural(
        " ({level} interval {ends} over {n} seed)", " ({level} interval {ends} over {n} seeds)", rest.n, **values
    )
