"""A panel for each layer with an activation: shares of outputs at its flat ends, below and above, and of dead units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from paribus.diagnosis.findings.history import History
from paribus.figures.scale import Axis
from paribus.figures.specification import PAPER_WIDTH, Band, FigureSpec, Line, Mark, Panel, keys, line_of
from paribus.programs.recipe.figures.forces import MOST_LAYERS, spread_out
from paribus.programs.recipe.figures.steps import Series, looks, steps_axis
from paribus.records.trace import LayerTrace, StepTrace
from paribus.words.translation import Words

_FLAT = 0.65
_SHARES: tuple[Callable[[LayerTrace, StepTrace], float | None], ...] = (
    lambda layer, _: layer.dead,
    lambda layer, _: layer.saturated_low,
    lambda layer, _: layer.saturated_high,
)


def units_figure(trace: Sequence[StepTrace], words: Words) -> FigureSpec | None:
    """Of at most six layers, all on the same axes; None where no probe saw one with an activation."""
    history = History.of(trace)
    found = {name: [looks(name, history.layer(name, of)) for of in _SHARES] for name in history.layers}
    found = {name: lines for name, lines in found.items() if any(line.steps for line in lines)}
    if not found:
        return None
    kept = spread_out(list(found), MOST_LAYERS)
    x = steps_axis([line for name in kept for line in found[name]], words.text("step"))
    y = Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
    y = y.named(words.percent(tick, 0) for tick in y.ticks)
    panels = tuple(
        Panel(_marks(found[name], words), x if name == kept[-1] else replace(x, label=""), y, title=name)
        for name in kept
    )
    title = words.text("outputs at the lower flat end")
    return FigureSpec(title, (panels,), PAPER_WIDTH, 284.0, legend=keys(panels), shared=True)


def _marks(lines: list[Series], words: Words) -> tuple[Mark, ...]:
    dead, low, high = lines
    below = tuple((step, 0.0, value) for step, value in line_of(low.steps, low.values))
    above = tuple((step, 1.0 - value, 1.0) for step, value in line_of(high.steps, high.values))
    return (
        Band(below, 0, _FLAT, name=words.text("outputs at the lower flat end"), kind="low"),
        Band(above, 1, _FLAT, name=words.text("at the upper one"), kind="high"),
        Line(line_of(dead.steps, dead.values), "ink", 2.0, dots=2.2, name=words.text("dead units"), kind="dead"),
    )
