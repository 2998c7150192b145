"""How two factors act together: the figure of each cell, a line for each level of the first factor.

Parallel lines: the second factor does the same at every level of the first. Small dots are runs that trained, crosses
those that did not; lines go through the cells' means, which are of runs of one kind.
"""

from __future__ import annotations

from paribus.comparison.words.factorial import crossing, level_name
from paribus.figures.measured import factor as scale_of
from paribus.figures.scale import Axis, linear_axis
from paribus.figures.specification import PAPER_WIDTH, FigureSpec, Line, Mark, Panel, Points, keys
from paribus.records.comparison import ArmView, Comparison
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of

_APART = 0.06  # of the room between two levels: lines of several levels stand side by side


def interaction_figure(comparison: Comparison, lang: str, width: float = PAPER_WIDTH) -> FigureSpec:
    """The cells of two factors: figures over the levels of the second, coloured by those of the first."""
    measure, found = measure_of(comparison.metric, lang), crossing(comparison)
    words, scale, (first, second) = measure.words, scale_of(comparison.metric), found.factors
    arms = {arm.name: arm for arm in comparison.arms}
    marks: list[Mark] = []
    for colour, level in enumerate(first.values):
        row = [arms[found.arm(level, other)] for other in second.values]
        shift = _APART * (colour - (len(first.values) - 1) / 2)
        name = initial_capital(level_name(first.name, level, words))
        marks += _line(comparison, row, colour, shift, scale, name)
    values = [y for mark in marks if isinstance(mark, Line | Points) for _, y in mark.points]
    names = [initial_capital(level_name(second.name, other, words)) for other in second.values]
    x = Axis(-0.4, len(names) - 0.6, tuple(map(float, range(len(names))))).named(names, "")
    panel = Panel(tuple(marks), x, linear_axis(values).named(None, _label(measure.title, measure.is_share)))
    title = words.text("{metric} of {first} and {second} together", metric=measure.title,
                       first=words.field(first.name), second=words.field(second.name))  # fmt: skip
    described = [f"{arm.name}: {measure.value(_mean(comparison, arm), 1)}" for arm in comparison.arms]
    legend = keys([panel])
    return FigureSpec(
        title=title, description="; ".join(described), rows=((panel,),), width=width, height=300.0, legend=legend
    )


def _label(title: str, share: bool) -> str:
    return f"{title} (%)" if share else title


def _mean(comparison: Comparison, arm: ArmView) -> float | None:
    found = comparison.judged(arm)
    return found.mean if found is not None else None


def _line(comparison: Comparison, row: list[ArmView], colour: int, shift: float, scale: float, name: str) -> list[Mark]:
    means = [_mean(comparison, arm) for arm in row]
    line = tuple((at + shift, float("nan") if mean is None else scale * mean) for at, mean in enumerate(means))
    marks: list[Mark] = [Line(line, colour, 2.0, dots=4.5, name=name, kind="mean")]
    metric = comparison.metric.name
    for shape, trained in (("dot", True), ("cross", False)):
        points = tuple(
            (at + shift, scale * run.figures[metric])
            for at, arm in enumerate(row)
            for run in arm.runs
            if run.counted == trained and metric in run.figures
        )
        if points:
            marks.append(Points(points, colour, "dot" if shape == "dot" else "cross", 2.5, 0.55, kind="run"))
    return marks
