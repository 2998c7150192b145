"""What every try came to: the steering metric over the setting, an arm a colour, a panel for each tuned field.

A ring marks each arm's best; a cross is a try in which not every run trained, at the bottom where it lies below all.
"""

from __future__ import annotations

import math

from paribus.comparison.tuning.ranges import as_number
from paribus.comparison.words.factorial import level_name
from paribus.figures.arms import arm_names
from paribus.figures.measured import factor as scale_of
from paribus.figures.scale import Axis, linear_axis, log_axis
from paribus.figures.specification import PAPER_WIDTH, FigureSpec, Line, Mark, Panel, Points, Rule, keys
from paribus.records.tuned import Try, Tuned, TunedArm, TunedField
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of
from paribus.words.translation import Words, translator

WIDE, NARROW = 960.0, 360.0
_SIDE_BY_SIDE = 600.0  # px from which panels have room beside each other
_HEIGHT = 280.0


def tuning_figure(tuned: Tuned, lang: str, width: float = PAPER_WIDTH) -> FigureSpec:
    """A panel for each field; what a try had in the other fields is not seen in it."""
    words, measure = translator(lang), measure_of(tuned.metric, lang)
    y = _heights(tuned).named(None, f"{measure.title} (%)" if measure.is_share else measure.title)
    panels = [_panel(tuned, field, y, words) for field in tuned.fields]
    rows = (tuple(panels),) if width > _SIDE_BY_SIDE else tuple((panel,) for panel in panels)
    names = dict(zip((arm.name for arm in tuned.comparison.arms), arm_names(tuned.comparison, lang), strict=True))
    described = [f"{names[arm.arm]}: {_setting(arm, words)}" for arm in tuned.arms]
    return FigureSpec(
        title=words.text("{metric} of every setting that was tried", metric=measure.title),
        description="; ".join(described),
        rows=rows,
        width=width,
        height=_HEIGHT * len(rows) + 40,
        legend=(*keys(panels), *_meanings(tuned, words)),
    )


def _meanings(tuned: Tuned, words: Words) -> tuple[Points, ...]:
    """What a ring and a cross say."""
    best = Points((), "ink", "ring", 7.0, name=words.text("the arm's best"))
    failed = Points((), "ink", "cross", 4.0, name=words.text("did not train in every run"))
    return (best, failed) if any(not one.worked for arm in tuned.arms for one in arm.tries) else (best,)


def _setting(arm: TunedArm, words: Words) -> str:
    return words.join([level_name(name, value, words) for name, value in arm.chosen.values.items()])


def _heights(tuned: Tuned) -> Axis:
    """Of the tries that trained, if any did: how bad the others are matters less than how the good ones differ."""
    tries = [one for arm in tuned.arms for one in arm.tries if one.score is not None]
    shown = [one for one in tries if one.worked] or tries
    scale = scale_of(tuned.metric)
    return linear_axis([scale * (one.score or 0.0) for one in shown])


def _panel(tuned: Tuned, field: TunedField, y: Axis, words: Words) -> Panel:
    marks: list[Mark] = []
    names = arm_names(tuned.comparison, words.lang)
    given = {_place(field, one) for arm in tuned.arms for one in arm.tries if one.given and field.name in one.values}
    if len(given) == 1:
        marks.append(Rule(given.pop(), "x", text=words.text("as given"), kind="given"))
    for colour, arm in enumerate(tuned.arms):
        if field.name in arm.fields:
            marks += _arm(tuned, arm, field, y, colour, names[colour])
    return Panel(tuple(marks), _across(field, words), y, grid="y")


def _arm(tuned: Tuned, arm: TunedArm, field: TunedField, y: Axis, colour: int, name: str) -> list[Mark]:
    scale, marks = scale_of(tuned.metric), list[Mark]()
    worst = y.low if tuned.metric.direction == "max" else y.high

    def point(one: Try) -> tuple[float, float]:
        height = worst if one.score is None else min(max(scale * one.score, y.low), y.high)
        return _place(field, one), height

    good = sorted(point(one) for one in arm.tries if one.worked)
    bad = [point(one) for one in arm.tries if one.runs and not one.worked]
    if len(tuned.fields) == 1 and not field.choices and len(good) > 1:
        marks.append(Line(tuple(good), colour, 1.5, opacity=0.5, kind="tries"))
    marks.append(Points(tuple(good), colour, "dot", 3.5, name=name, kind="try"))
    if bad:
        marks.append(Points(tuple(bad), colour, "cross", 4.0, kind="failed"))
    if arm.chosen.counted:
        marks.append(Points((point(arm.chosen),), colour, "ring", 7.0, kind="best"))
    return marks


def _place(field: TunedField, one: Try) -> float:
    value = one.values[field.name]
    return float(field.choices.index(value)) if field.choices else as_number(value) or 0.0


def _across(field: TunedField, words: Words) -> Axis:
    title = initial_capital(words.field(field.name))
    if field.choices:
        names = [initial_capital(level_name(field.name, value, words)) for value in field.choices]
        return Axis(-0.5, len(names) - 0.5, tuple(map(float, range(len(names))))).named(names, "")
    if not field.logarithmic:
        return linear_axis([field.low, field.high]).named(None, title)
    axis = log_axis([field.low, field.high])
    ends = (max(axis.low, field.low / 1.3), min(axis.high, field.high * 1.3))
    ticks = tuple(tick for tick in axis.ticks if ends[0] <= tick <= ends[1])
    return Axis(*ends, ticks if len(ticks) > 1 else (field.low, field.high), logarithmic=True).named(None, title)


def is_drawn(tuned: Tuned) -> bool:
    """Whether any try came to a figure."""
    return any(one.score is not None and math.isfinite(one.score) for arm in tuned.arms for one in arm.tries)
