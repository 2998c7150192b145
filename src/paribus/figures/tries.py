"""The path of a loop of edits: a row a try with its gain and interval; what was kept is filled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from paribus.figures.measured import factor
from paribus.figures.scale import Axis, linear_axis, tick_labels
from paribus.figures.specification import FigureSpec, Line, Mark, Panel, Points, Rule, Text
from paribus.figures.text_width import shortened
from paribus.words.metric_format import Measure

WIDE, NARROW = 960.0, 360.0
_ROW = 40.0
_FAR = 2.0  # an axis is cut off where the farthest gain lies so many times beyond its end


@dataclass(frozen=True)
class TryMark:
    """A try. gain, low, high: None where nothing is known of it; no interval where the pairs were too few for one."""

    name: str
    kept: bool
    gain: float | None
    low: float | None
    high: float | None


def tries_figure(tries: Sequence[TryMark], measure: Measure, width: float = WIDE) -> FigureSpec:
    """All tries under each other on one axis, the first at the top: right of zero the edit is better."""
    scale, words = factor(measure.metric), measure.words
    kept, other = words.text("kept"), words.text("not kept")
    reach = _reach(tries)
    marks: list[Mark] = [Rule(0.0, "x", dash=(), kind="zero")]
    for place, one in enumerate(tries):
        marks.append(
            Text(0.0, 0.26 - place, shortened(one.name, width - 30), "ink", "start", bold=one.kept, inside="x")
        )
        if one.low is not None and one.high is not None:
            low, high = (scale * max(-reach, min(reach, end)) for end in (one.low, one.high))
            line = ((low, -place - 0.18), (high, -place - 0.18))
            marks.append(Line(line, "ink", 5.0 if one.kept else 1.5, kind="interval"))
        if one.gain is not None and abs(one.gain) > reach:
            marks.append(_beyond(one.gain, place, measure))
        elif one.gain is not None:
            shape: Literal["dot", "ring"] = "dot" if one.kept else "ring"
            marks.append(Points(((scale * one.gain, -place - 0.18),), "ink", shape, 5.0, kind="mean-mark"))
    ends = [scale * x for one in tries for x in (one.gain, one.low, one.high) if x is not None and abs(x) <= reach]
    x = linear_axis([0.0, *ends], intervals=6 if width > NARROW else 4)
    labels = [("+" if tick > 0 else "") + label for tick, label in zip(x.ticks, tick_labels(x), strict=True)]
    panel = Panel(tuple(marks), x.named(labels, measure.unit), Axis(-len(tries) + 0.5, 0.5), grid="")
    legend = (Points((), "ink", "dot", 5.0, name=kept), Points((), "ink", "ring", 5.0, name=other))
    return FigureSpec(
        title=words.text("Gain in {metric}, try by try", metric=measure.label),
        description="; ".join(f"{one.name}: {kept if one.kept else other}" for one in tries),
        rows=((panel,),),
        legend=legend,
        width=width,
        height=_ROW * max(1, len(tries)) + 84,
    )


def _reach(tries: Sequence[TryMark]) -> float:
    """How far the axis goes: as far as all tries, unless a few lie so far off that the others would be one point.

    Then three times as far as the gains usually are, and as what was kept.
    """
    gains = sorted(abs(one.gain) for one in tries if one.gain is not None)
    usual = gains[len(gains) // 2] if gains else 0.0
    of_kept = [abs(x) for one in tries if one.kept for x in (one.gain, one.low, one.high) if x is not None]
    reach = 3 * max([usual, *of_kept])
    return reach if gains and reach and gains[-1] > _FAR * reach else math.inf


def _beyond(gain: float, place: int, measure: Measure) -> Text:
    """An arrow and the gain, at the edge that it lies beyond."""
    told = measure.signed(gain, measure.places(gain))
    right = gain > 0
    text = f"{told} →" if right else f"← {told}"
    return Text(float(right), -place - 0.24, text, "ink", "end" if right else "start", inside="x", kind="beyond")
