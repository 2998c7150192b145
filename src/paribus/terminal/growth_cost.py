"""What a comparison that grows until it is decided costs, said beforehand."""

from __future__ import annotations

from paribus.terminal.progress import PlanView
from paribus.words.translation import Words


def growing_words(plan: PlanView, words: Words) -> str:
    """At most so many seeds, and in the median so many where the arms differ by so much; each with its time."""
    most, arms = len(plan.design.seeds), len(plan.design.arms)
    there = plan.finished / arms

    def cost(seeds: int) -> str:
        counted = words.plural("{n} seed", "{n} seeds", seeds)
        if plan.seconds is None or seeds <= there:
            return counted
        time = words.duration(plan.seconds * (seeds - there) / (most - there))
        return words.text("{seeds}, about {time}", seeds=counted, time=time)

    def median(n: int | None) -> str:
        return words.text("more than that") if n is None else cost(n)

    two, one = (median(n) for _, n in plan.medians)
    return words.text(
        "at most {most}; in the median {two} if the arms differ by two standard deviations, {one} if by one",
        most=cost(most), two=two, one=one,
    )  # fmt: skip
