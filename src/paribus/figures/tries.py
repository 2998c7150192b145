"""The path of a loop of edits: a row a try with its gain and interval; what was kept is filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from paribus.figures.measured import factor
from paribus.figures.scale import Axis, linear_axis, tick_labels
from paribus.figures.specification import FigureSpec, Line, Mark, Panel, Points, Rule, Text
from paribus.figures.text_width import shortened
from paribus.words.measure import Measure

WIDE, NARROW = 960.0, 360.0
_ROW = 40.0


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
    marks: list[Mark] = [Rule(0.0, "x", dash=(), kind="zero")]
    for place, one in enumerate(tries):
        marks.append(
            Text(0.0, 0.26 - place, shortened(one.name, width - 30), "ink", "start", bold=one.kept, inside="x")
        )
        if one.low is not None and one.high is not None:
            line = ((scale * one.low, -place - 0.18), (scale * one.high, -place - 0.18))
            marks.append(Line(line, "ink", 5.0 if one.kept else 1.5, kind="interval"))
        if one.gain is not None:
            shape: Literal["dot", "ring"] = "dot" if one.kept else "ring"
            marks.append(Points(((scale * one.gain, -place - 0.18),), "ink", shape, 5.0, kind="mean-mark"))
    ends = [scale * x for one in tries for x in (one.gain, one.low, one.high) if x is not None]
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
