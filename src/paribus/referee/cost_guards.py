"""What must not get worse: time, processors' time and memory, measured of every run and tested as the metric is."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Mapping, Sequence
from typing import Literal, cast

from paribus.core.errors import ParibusError, nearest
from paribus.programs.command.meter import MEMORY, SECONDS
from paribus.records.referee import Guard, Pair

WHAT = ("memory", "time", "cpu")


def guard_named(text: str) -> Guard:
    """`memory+5%`, `time+3%`, `cpu+10%`. Raises ParibusError."""
    match = re.fullmatch(r"\s*([a-z]+)\s*\+\s*(\d+(?:\.\d+)?)\s*%\s*", text)
    if match is None or float(match[2]) == 0:
        raise ParibusError("a guard is written memory+5%, time+3% or cpu+3%", got=text)
    if match[1] not in WHAT:
        raise ParibusError("{field} must be one of {choices}", field="guard", choices=WHAT, got=text,
                           hint=nearest(match[1], WHAT))  # fmt: skip
    return Guard(what=cast(Literal["memory", "time", "cpu"], match[1]), share=float(match[2]) / 100)


def refuse_unsteady(guards: Sequence[Guard], figures: Sequence[Mapping[str, float]]) -> None:
    """Raise ParibusError where the baseline's own memory is not known, or differs by more than a guard allows.

    figures: of the baseline's runs. A run that is over before it was looked at is the usual reason.
    """
    for guard in (guard for guard in guards if guard.what == "memory"):
        known = [figure.get(MEMORY, 0.0) for figure in figures]
        if not all(known) or max(known) > min(known) * (1 + guard.share):
            raise ParibusError(
                "{guard} cannot be measured: runs of the baseline, {seconds:.2f} s long, took {values} MB. Memory is "
                "looked at while a run goes on, and such runs are too short or too unlike: allow more, or leave the "
                "guard out",
                guard=guard.text,
                seconds=statistics.median(figure.get(SECONDS, 0.0) for figure in figures),
                values=", ".join(f"{x / 1e6:.1f}" for x in known),
            )


def held(guard: Guard, pairs: Sequence[Pair], error: float, most_pairs: int) -> bool | None:
    """Whether it is shown to hold, or shown to be broken or hopeless; None while that is open.

    The logarithm of the ratio, candidate over baseline, is not worse by more than that of the share: the rule of edits
    that must not be worse, at the loop's error for each guard. An edit is kept only where all of them hold.
    """
    from paribus.referee.keep_rule import LoopError, decide

    gains = [-math.log(ratio) if (ratio := pair.ratios.get(guard.text)) else math.nan for pair in pairs]
    rule = LoopError(error, 1, "not_worse", math.log1p(guard.share), most_pairs)
    do = decide(rule, (), gains).do
    return {"keep": True, "discard": False}.get(do)


def collapsed(pairs: Sequence[Pair], direction: Literal["min", "max"]) -> tuple[int, int]:
    """In how many pairs the candidate's run, and in how many the baseline's, failed or fell far behind.

    Far: a gain more than five spreads from the median gain, the spread by the median absolute deviation. It decides
    nothing: the rule asks what usually happens, and who builds on an edit should know of the rest.
    """
    both = [(p.candidate, p.baseline) for p in pairs]
    ours = sum(a is None and b is not None for a, b in both)
    theirs = sum(b is None and a is not None for a, b in both)
    sign = 1 if direction == "max" else -1
    gains = [sign * (a - b) for a, b in both if a is not None and b is not None]
    if not gains:
        return ours, theirs
    middle = statistics.median(gains)
    far = 5 * 1.4826 * statistics.median(abs(gain - middle) for gain in gains)
    if far:
        ours += sum(gain < middle - far for gain in gains)
        theirs += sum(gain > middle + far for gain in gains)
    return ours, theirs
