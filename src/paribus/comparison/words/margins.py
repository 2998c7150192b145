"""What margin would mean something: one that the metric can show, and one that the figures support."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from paribus.comparison.words.pair_facts import PairFacts
from paribus.core.messages import mark
from paribus.records.reasons import IDENTICAL, NO_SPREAD


def margin_below_a_step(facts: PairFacts) -> list[str]:
    """A margin that no two runs can differ by: said once, with the first pair."""
    comparison, measure = facts.comparison, facts.measure
    step, margin, items = comparison.metric.resolution, comparison.margin, comparison.metric.items
    if step is None or not 0 < margin < step * (1 - 1e-9) or facts.pair != comparison.pairs[0]:
        return []
    said = mark(
        "The margin of {margin} is less than the least step of the figures, and no two runs differ by less: next time "
        "choose {least} or more."
    )
    if items is not None:
        said = mark(
            "The margin of {margin} is less than one of the {n} {items}, and no two runs differ by less: next time "
            "choose {least} or more."
        )
    elif comparison.program.judging.resolution is None:  # the step is but the last digit that was given
        if facts.pair.reason in (IDENTICAL.name, NO_SPREAD.name):
            return []
        said = mark(
            "The margin of {margin} is less than the last digit of the figures: next time give more digits, or choose "
            "{least} or more."
        )
    values = {"margin": margin, "least": _rounded_up(step)}
    told = {name: measure.with_unit(measure.margin(value)) for name, value in values.items()}
    return [facts.words.text(said, **told, items=facts.items, n=f"{items:,}" if items else "")]


def supported_margin(facts: PairFacts) -> list[str]:
    """Where no margin was given: within which one this result would be practical equality."""
    pair = facts.pair
    supported = pair.margin_supported
    if facts.comparison.margin or pair.verdict != "open" or supported is None or not facts.told(supported):
        return []
    return [
        facts.words.text(
            "No margin was given, so nothing is called practically equal; these figures would support a margin of "
            "{margin} or more.",
            margin=facts.measure.with_unit(facts.measure.margin(_rounded_up(supported))),
        )
    ]


def _rounded_up(value: float) -> float:
    """To two places that count, so that it is no less than what it stands for."""
    step = Decimal(1).scaleb(Decimal(repr(value)).adjusted() - 1)
    return float((Decimal(repr(value)) / step).to_integral_value(ROUND_CEILING) * step)
