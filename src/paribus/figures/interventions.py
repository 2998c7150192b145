"""The explanation's interventions: what each changed, grouped by what it came to, and how each run went."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.diagnosis.words.intervention_outcomes import KINDS, intervention_words
from paribus.figures.scale import Axis, linear_axis, tick_labels
from paribus.figures.specification import Colour, FigureSpec, Line, Mark, Panel, Points, line_of
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.records.intervention import Effect, Kind, LearningCurve, Tested
from paribus.words.labels import initial_capital
from paribus.words.metric_format import Measure, measure_of
from paribus.words.translation import Words, mark, translator

_ROW, _TITLE = 24.0, 30.0
_DASH = (5.0, 3.0)
_COLOURS: dict[Kind, Colour] = {
    "cause": "good",
    "remedy": "good",
    "contributing": "ink",
    "ruled_out": "ink-2",
    "no_effect_seen": "ink-2",
    "not_established": "ink-2",
}


@dataclass(frozen=True)
class InterventionRow:
    """One intervention that was run, in the metric that it is measured in.

    `low`, `high`: the 95 % interval of the paired difference laid at `before`; None for one seed. `confirmed`: at full
    length, on fresh seeds; else in a short run.
    """

    change: str
    before: float
    after: float
    low: float | None
    high: float | None
    confirmed: bool
    length: str


@dataclass(frozen=True)
class InterventionGroup:
    """All interventions of one kind, those that won most first. `not_run`: how many more were not run at all."""

    kind: Kind
    title: str
    rows: tuple[InterventionRow, ...]
    not_run: int


def intervention_groups(explanation: Explanation, lang: str) -> tuple[InterventionGroup, ...]:
    """Groups in the order in which they are told, empty ones left out."""
    words = translator(lang)
    groups = []
    for kind, title in KINDS.items():
        tested = explanation.of(kind)
        rows = [row for one in tested if (row := _row(one, lang)) is not None]
        rows.sort(key=lambda row: (not row.confirmed, row.before - row.after))
        if tested:
            groups.append(InterventionGroup(kind, words.text(title), tuple(rows), len(tested) - len(rows)))
    return tuple(groups)


def _row(tested: Tested, lang: str) -> InterventionRow | None:
    seen = tested.confirmed or tested.screened
    if seen is None:
        return None
    words = translator(lang)
    epochs = words.plural("{n} epoch", "{n} epochs", seen.epochs)
    seeds = words.plural("{n} seed", "{n} seeds", len(seen.seeds))
    return InterventionRow(
        change=initial_capital(intervention_words(tested.intervention, words.lang)),
        before=seen.before,
        after=seen.after,
        low=None if seen.low is None else seen.before + seen.low,
        high=None if seen.high is None else seen.before + seen.high,
        confirmed=tested.confirmed is not None,
        length=f"{epochs}, {seeds}",
    )


def interventions_figure(comparison: Comparison, explanation: Explanation, lang: str) -> FigureSpec:
    """A panel for each kind, its height by its rows; all on one axis."""
    words, measure = translator(lang), measure_of(explanation.program.steering, lang)
    shown = [group for group in intervention_groups(explanation, lang) if group.rows]
    names = {arm.name: words.arm_name(arm.name, comparison.factor, arm.value) for arm in comparison.arms}
    title = words.text("What changes the training of {arm}", arm=names.get(explanation.arm, explanation.subject))
    ends = [v for g in shown for r in g.rows for v in (r.before, r.after, r.low, r.high) if v is not None]
    axis = _axis(measure, ends)
    legend = mark("{metric}: without the change ○, with it ●, 95 % interval of the difference")
    if all(row.low is None for group in shown for row in group.rows):  # one seed leaves no spread
        legend = mark("{metric}: without the change ○, with it ●")
    told = words.text(legend, metric=measure.label)
    last = len(shown) - 1
    panels = [_group(group, axis.named(axis.labels if n == last else (), told if n == last else ""), words)
              for n, group in enumerate(shown)]  # fmt: skip
    heights = [float(len(group.rows)) for group in shown]
    return FigureSpec(
        title=title,
        description=" ".join(_sentence(row, measure) for group in shown for row in group.rows),
        rows=tuple((panel,) for panel in panels),
        height=64 + sum(_ROW * high + _TITLE for high in heights),
        heading=title,
        heights=tuple(heights),
    )


def _axis(measure: Measure, values: list[float], intervals: int = 5) -> Axis:
    """A share on the whole of 0 to 100 %, so that figures can be compared by eye; another metric by its values."""
    if measure.is_share:
        axis = Axis(0.0, 1.0, tuple(tick / intervals for tick in range(intervals + 1)))
        return axis.named(measure.value(tick, 0) if intervals > 2 or tick != 0.5 else "" for tick in axis.ticks)
    axis = linear_axis(values, intervals)
    return axis.named(tick_labels(axis))


def _group(group: InterventionGroup, x: Axis, words: Words) -> Panel:
    title = group.title
    if group.not_run:
        told = words.plural("{n} more was not run", "{n} more were not run", group.not_run)
        title += f" ({told})"
    count = len(group.rows)
    y = Axis(-count + 0.5, 0.5, tuple(float(-place) for place in range(count)))
    marks = [mark for place, row in enumerate(group.rows) for mark in _marks(row, -place, _COLOURS[group.kind])]
    return Panel(
        marks=tuple(marks),
        x=x,
        y=y.named(row.change for row in group.rows),
        title=title,
        grid="x",
        beside=tuple((float(-place), row.length) for place, row in enumerate(group.rows)),
    )


def _marks(row: InterventionRow, y: float, colour: Colour) -> list[Mark]:
    way = Line(((row.before, y), (row.after, y)), colour, 2.4 if row.confirmed else 1.3, opacity=0.55, kind="way")
    found: list[Mark] = [way]
    if row.low is not None and row.high is not None:
        found.append(Line(((row.low, y), (row.high, y)), colour, 6.0, opacity=0.35, kind="interval"))
    found.append(Points(((row.before, y),), colour, "ring", 3.6, kind="before"))
    found.append(Points(((row.after, y),), colour, "dot", 4.4 if row.confirmed else 3.2, kind="after"))
    return found


def _sentence(row: InterventionRow, measure: Measure) -> str:
    before, after = (measure.value(value, 1) for value in (row.before, row.after))
    return measure.words.text(
        "{change}: {before} without it, {after} with it.", change=row.change, before=before, after=after
    )


def learning_curve_figure(curve: LearningCurve, seen: Effect, kind: Kind, measure: Measure) -> FigureSpec:
    """The small curve of one intervention: unchanged runs dashed, changed ones solid, the difference's interval at the
    end. All have the same size and scale, so that a tree of them can be compared by eye.

    Its title says every number. One epoch is two points, joined.
    """
    epochs = len(curve.after)
    both = (curve.before, curve.after)
    x = Axis(1.0, float(epochs), (1.0, float(epochs))) if epochs > 1 else Axis(0.0, 2.0, (1.0,))
    last = measure.words.text("epoch {n}", n=epochs)
    left, right = (float(epochs),) * 2 if epochs > 1 else (0.9, 1.1)
    colour = _COLOURS[kind]
    marks: list[Mark] = []
    if epochs == 1:
        marks.append(Line(((left, curve.before[0]), (right, curve.after[0])), colour, 2.0, kind="way"))
    else:
        steps = range(1, epochs + 1)
        marks.append(Line(line_of(steps, curve.before), "ink-2", 1.5, _DASH, kind="without"))
        marks.append(Line(line_of(steps, curve.after), colour, 2.0, kind="with"))
    if seen.low is not None and seen.high is not None:
        low, high = seen.before + seen.low, seen.before + seen.high
        marks.append(Line(((right, low), (right, high)), "ink-2", 3.0, kind="interval"))
    marks.append(Points(((left, curve.before[-1]),), "ink-2", "ring", 4.5, kind="before"))
    marks.append(Points(((right, curve.after[-1]),), colour, "dot", 3.0, kind="after"))
    told = (", ".join(measure.value(value, 1) for value in side) for side in both)
    y = _axis(measure, [*curve.before, *curve.after], 2)
    title = measure.words.text(
        "{metric} after each epoch. Without the change: {before}. With it: {after}.",
        metric=measure.title,
        **dict(zip(("before", "after"), told, strict=True)),
    )
    panel = Panel(tuple(marks), x.named(("1", last) if epochs > 1 else (last,)), y)
    return FigureSpec(title, ((panel,),), 250.0, 92.0)


def effect_figure(seen: Effect, kind: Kind, measure: Measure) -> FigureSpec:
    """The same where the runs are gone: from end to end on one line. The words beside it say the same: no title."""
    colour = _COLOURS[kind]
    ends = [seen.before, seen.after]
    axis = _axis(measure, ends, 1)
    marks: list[Mark] = [Line(((axis.low, 0.0), (axis.high, 0.0)), "edge", 1.0, kind="scale")]
    marks.append(Points(((axis.low, 0.0), (axis.high, 0.0)), "edge", "stroke", 4.0, kind="scale"))
    if seen.low is not None and seen.high is not None:
        low, high = seen.before + seen.low, seen.before + seen.high
        marks.append(Line(((low, 0.0), (high, 0.0)), colour, 5.0, opacity=0.35, kind="interval"))
    marks.append(Line(((seen.before, 0.0), (seen.after, 0.0)), colour, 2.0, kind="way"))
    marks.append(Points(((seen.before, 0.0),), colour, "ring", 3.5, kind="before"))
    marks.append(Points(((seen.after, 0.0),), colour, "dot", 4.5, kind="after"))
    return FigureSpec("", ((Panel(tuple(marks), Axis(axis.low, axis.high), Axis(-1.0, 1.0), bare=True),),), 190.0, 22.0)
