"""The paired differences: a row a pair, a stroke a seed, the mean with both intervals, and the margin around zero."""

from __future__ import annotations

from paribus.figures.arms import names_by_arm, short_names
from paribus.figures.measured import factor
from paribus.figures.scale import Axis, linear_axis, tick_labels
from paribus.figures.specification import PAPER_WIDTH, FigureSpec, Line, Mark, Panel, Points, Rect, Rule, Text
from paribus.figures.text_width import shortened
from paribus.records.comparison import Comparison, PairView
from paribus.words.metric_format import Measure, measure_of

WIDE, NARROW = 960.0, 360.0
_ROW = 62.0
_SPECK = 0.1  # of the axis: what takes less of it is drawn closer as well


def differences_title(comparison: Comparison, lang: str) -> str:
    """What the figure shows."""
    measure = measure_of(comparison.metric, lang)
    return measure.words.text("Difference in {metric}, seed by seed", metric=measure.label)


def differences_figure(comparison: Comparison, lang: str, width: float = PAPER_WIDTH) -> FigureSpec:
    """All pairs under each other on one axis: what lies to the left of zero favours one arm, to the right
    the other. The thick bar is the interval over seeds, the thin one over seeds and items. Where they are specks far
    from zero, they are drawn once more without it.
    """
    measure = measure_of(comparison.metric, lang)
    shown, scale = comparison.pairs, factor(measure.metric)
    margin = scale * comparison.margin
    marks: list[Mark] = [
        Rect((-margin, margin), None, "rule", 0.6, kind="margin"),
        Rule(0.0, "x", dash=(), kind="zero"),
    ]
    for place, pair in enumerate(shown):
        marks += _sides(comparison, pair, measure, -place, width)
        marks += _row(pair, scale, -place)
    values = _values(shown, scale)
    whole = _axis(values, margin)
    panels = [_panel(marks, whole, len(shown), measure.unit)]
    if values and max(values) - min(values) < _SPECK * (whole.high - whole.low):
        closer: list[Mark] = [Text(0.0, 0.28, measure.words.text("Closer"), anchor="start", inside="x", kind="closer")]
        closer += [mark for place, pair in enumerate(shown) for mark in _row(pair, scale, -place)]
        panels.append(_panel(closer, linear_axis(values, intervals=4), len(shown), measure.unit))
    return FigureSpec(
        title=differences_title(comparison, lang),
        description=" ".join(_sentence(comparison, pair, measure) for pair in shown),
        rows=tuple((panel,) for panel in panels),
        width=width,
        height=(_ROW * max(1, len(shown)) + 58) * len(panels),
    )


def _panel(marks: list[Mark], x: Axis, rows: int, unit: str) -> Panel:
    labels = [("+" if tick > 0 else "") + label for tick, label in zip(x.ticks, tick_labels(x), strict=True)]
    return Panel(tuple(marks), x.named(labels, unit), Axis(-rows + 0.5, 0.5), grid="")


def _values(pairs: tuple[PairView, ...], scale: float) -> list[float]:
    ends = [(*p.differences, p.difference, p.low, p.high, p.items_low, p.items_high) for p in pairs]
    return [scale * value for row in ends for value in row if value is not None]


def _axis(values: list[float], margin: float) -> Axis:
    """The margin is shown whole where the differences are of its size; zero always, for they are read from there."""
    values = [0.0, *values]
    if max(values) - min(values) < 20 * margin:
        values += [-1.5 * margin, 1.5 * margin]
    return linear_axis(values, intervals=6)


def _sides(comparison: Comparison, pair: PairView, measure: Measure, row: int, width: float) -> list[Mark]:
    """Which arm is better to the left of zero, and which to the right."""
    order = [arm.name for arm in comparison.arms]
    words = measure.words
    names = short_names(comparison, words.lang)
    left, right = (pair.a, pair.b) if measure.metric.direction == "max" else (pair.b, pair.a)
    indices, room = [order.index(left), order.index(right)], width / 2 - 40
    told = [shortened(words.text("{arm} better", arm=names[index]), room) for index in indices]
    y = row + 0.28
    return [
        Text(0.0, y, f"← {told[0]}", indices[0], "start", bold=True, inside="x", kind="name"),
        Text(1.0, y, f"{told[1]} →", indices[1], "end", bold=True, inside="x", kind="name"),
    ]


def _row(pair: PairView, scale: float, row: int) -> list[Mark]:
    y = row - 0.06
    found: list[Mark] = []
    for low, high, width, kind in (
        (pair.items_low, pair.items_high, 1.5, "interval-items"),
        (pair.low, pair.high, 6.0, "interval"),
    ):
        if low is not None and high is not None:
            found.append(Line(((scale * low, y), (scale * high, y)), "ink", width, kind=kind))
    strokes = tuple((scale * value, y - 0.22) for value in pair.differences)
    found.append(Points(strokes, "ink", "stroke", 5.0, 0.7, kind="seed-mark"))
    if pair.difference is not None:
        found.append(Points(((scale * pair.difference, y),), "ink", "dot", 5.5, kind="mean-mark"))
    return found


def _sentence(comparison: Comparison, pair: PairView, measure: Measure) -> str:
    words = measure.words
    names = names_by_arm(comparison, words.lang)
    places = measure.places(pair.difference)
    return words.text(
        "{b} minus {a}: {mean}, interval {low} to {high}; seed by seed {seeds}.",
        a=names[pair.a],
        b=names[pair.b],
        mean=measure.with_short_unit(measure.signed(pair.difference, places)),
        low=measure.number(pair.low, places),
        high=measure.number(pair.high, places),
        seeds=", ".join(measure.signed(value, places) for value in pair.differences),
    )
