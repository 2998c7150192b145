"""Data sets under each other: each one's difference with its interval, their mean, and what one more would show.

Sources: Lewis and Clarke 2001, Forest plots; Riley, Higgins and Deeks 2011 (the interval of a new one below the mean).
"""

from __future__ import annotations

from paribus.comparison.words.datasets import DatasetFacts, dataset_facts, dataset_headline, datasets_of
from paribus.figures.arms import short_names
from paribus.figures.measured import factor
from paribus.figures.scale import Axis, linear_axis, tick_labels
from paribus.figures.specification import PAPER_WIDTH, Colour, FigureSpec, Line, Mark, Panel, Points, Rect, Rule, Text
from paribus.figures.text_width import shortened
from paribus.records.comparison import Comparison
from paribus.records.datasets import OnDataset
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of
from paribus.words.safe_text import one_line
from paribus.words.translation import translator

_ROW, _AROUND = 22.0, 76.0
_MOST = 60  # data sets that are drawn; all of them are in the table


def forest_figure(comparison: Comparison, lang: str, width: float = PAPER_WIDTH) -> FigureSpec:
    """A panel for every pair; what lies to the left of zero favours one arm, to the right the other."""
    measure, words = measure_of(comparison.metric, lang), translator(lang)
    every = dataset_facts(comparison, lang)
    panels = [_panel(facts, width) for facts in every]
    heights = tuple(_ROW * (len(panel.y.ticks) + 1) + _AROUND for panel in panels)
    return FigureSpec(
        title=words.text("Difference in {metric}, data set by data set", metric=measure.label),
        description=" ".join(f"{dataset_headline(facts)}. {_described(facts)}" for facts in every),
        rows=tuple((panel,) for panel in panels),
        width=width,
        height=sum(heights),
        heights=heights,
        caption=(_key(comparison, lang),),
    )


def _key(comparison: Comparison, lang: str) -> str:
    words, told = translator(lang), datasets_of(comparison)
    key = words.text(
        "Thin: each data set's interval by its own seeds. Thick: the mean over data sets like these. Dashed: where one "
        "more data set would likely lie. Ringed: apart from the rest."
    )
    if max(len(over.on) for over in told.over) > _MOST:
        key += " " + words.text("Only the first {n} are drawn.", n=_MOST)
    return key


def _panel(facts: DatasetFacts, width: float) -> Panel:
    over, scale = facts.over, factor(facts.measure.metric)
    shown = over.differing[:_MOST]
    margin = scale * facts.comparison.margin
    marks: list[Mark] = []
    if margin:
        marks.append(Rect((-margin, margin), None, "rule", 0.6, kind="margin"))
    marks += [Rule(0.0, "x", dash=(), kind="zero"), *_sides(facts, width)]
    for place, one in enumerate(shown):
        marks += _row(facts, one, -float(place), scale)
    rows = [(-float(place), one_line(one.name, 40)) for place, one in enumerate(shown)]
    mean, new = -float(len(shown)) - 0.4, -float(len(shown)) - 1.4
    like = over.like
    if like.low is not None and like.high is not None:
        marks.append(Line(((scale * like.low, mean), (scale * like.high, mean)), "ink", 6.0, kind="mean-interval"))
    if over.difference is not None:
        marks.append(Points(((scale * over.difference, mean),), "ink", "dot", 5.5, kind="mean-mark"))
        rows.append((mean, initial_capital(facts.words.text("mean over data sets"))))
    if over.new_low is not None and over.new_high is not None:
        line = ((scale * over.new_low, new), (scale * over.new_high, new))
        marks.append(Line(line, "ink", 1.5, (5, 3), kind="new-interval"))
        rows.append((new, initial_capital(facts.words.text("one more data set"))))
    room = min(width * 0.34, 220.0)
    names = [shortened(name, room) for _, name in rows]
    y = Axis(rows[-1][0] - 0.6 if rows else -1.0, 1.3, tuple(at for at, _ in rows)).named(names)
    return Panel(tuple(marks), _axis(facts, shown, scale, margin), y, grid="")


def _axis(facts: DatasetFacts, shown: tuple[OnDataset, ...], scale: float, margin: float) -> Axis:
    over = facts.over
    ends = [end for one in shown for end in (one.low, one.high, one.difference)]
    ends += [over.like.low, over.like.high, over.new_low, over.new_high]
    values = [0.0, *(scale * end for end in ends if end is not None)]
    if max(values) - min(values) < 20 * margin:
        values += [-1.5 * margin, 1.5 * margin]
    axis = linear_axis(values, intervals=5)
    labels = [("+" if tick > 0 else "") + label for tick, label in zip(axis.ticks, tick_labels(axis), strict=True)]
    return axis.named(labels, facts.measure.unit)


def _sides(facts: DatasetFacts, width: float) -> list[Mark]:
    """Which arm is better to the left of zero, and which to the right."""
    order, words = [arm.name for arm in facts.comparison.arms], facts.words
    names = short_names(facts.comparison, words.lang)
    sides = (facts.over.a, facts.over.b)
    left, right = (order.index(arm) for arm in (sides if facts.measure.metric.direction == "max" else sides[::-1]))
    told = [shortened(words.text("{arm} better", arm=names[i]), width * 0.3) for i in (left, right)]
    return [
        Text(0.0, 0.95, f"← {told[0]}", left, "start", bold=True, inside="x", kind="name"),
        Text(1.0, 0.95, f"{told[1]} →", right, "end", bold=True, inside="x", kind="name"),
    ]


def _row(facts: DatasetFacts, one: OnDataset, y: float, scale: float) -> list[Mark]:
    """Filled in an arm's colour where the data set's own runs decide for it; a ring where it stands apart."""
    order = [arm.name for arm in facts.comparison.arms]
    better = {"a_better": facts.over.a, "b_better": facts.over.b}.get(one.verdict)
    colour: Colour = order.index(better) if better else "ink-2"
    marks: list[Mark] = []
    if one.low is not None and one.high is not None:
        marks.append(Line(((scale * one.low, y), (scale * one.high, y)), colour, 1.5, kind="interval"))
    at = (scale * (one.difference or 0.0), y)
    if one.name in facts.over.apart:
        marks.append(Points((at,), "ink", "ring", 7.5, kind="apart-mark"))
    marks.append(Points((at,), colour, "dot", 4.0, kind="dataset-mark"))
    return marks


def _described(facts: DatasetFacts) -> str:
    told = (f"{one.name}: {facts.measure.signed(one.difference, facts.places)}" for one in facts.over.differing)
    return "; ".join(told) + "."
