"""That the same seed gives other figures, where it does."""

from __future__ import annotations

from paribus.comparison.words.pair_facts import PairFacts
from paribus.records.comparison import Repeat
from paribus.words.metric_format import Measure, measure_of

_MOST_PLACES = 18


def unrepeatable(facts: PairFacts) -> list[str]:
    """Luck besides the seed's: said once, with the first pair."""
    comparison, words = facts.comparison, facts.words
    repeat = comparison.repeat
    if repeat is None or repeat.same or facts.pair != comparison.pairs[0]:
        return []
    arm = next(arm for arm in comparison.arms if arm.name == repeat.arm)
    first, again = _two_figures(repeat, measure_of(comparison.program.metric(repeat.metric), words.lang))
    told = [
        words.text(
            "The same seed does not give the same figures: {arm}, seed {seed}, was made twice and gave {first}, then "
            "{again} (a GPU, threads or a clock may do that).",
            arm=words.name_of_arm(arm.name, comparison.factor, arm.value),
            seed=repeat.seed,
            first=first or words.text("no figure"),
            again=again or words.text("no figure"),
        )
    ]
    if repeat.share is not None:
        share = words.percent(max(repeat.share, 0.001), 0 if repeat.share >= 0.0995 else 1)
        share = share if repeat.share >= 0.001 else words.text("less than {share}", share=share)
        told.append(words.text("That is {share} of the standard deviation over the seeds.", share=share))
    return told


def _two_figures(repeat: Repeat, measure: Measure) -> tuple[str, str]:
    """With as many decimals as tell them apart; empty where there is none."""
    for places in range(_MOST_PLACES):
        first, again = ("" if f is None else measure.value(f, places) for f in (repeat.first, repeat.again))
        if first != again and places >= (1 if measure.is_share else 3):
            break
    return first, again
