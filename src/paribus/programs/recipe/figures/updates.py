"""How long updates are for the weights that they change, and what becomes of the weights."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.measures import relative_update
from paribus.diagnosis.findings.rules.collapse_to_zero import NEARLY
from paribus.diagnosis.findings.rules.frozen_layer import ROUNDING
from paribus.diagnosis.findings.rules.learning_rate_too_high import AS_LARGE
from paribus.diagnosis.findings.rules.learning_rate_too_low import SLOW
from paribus.figures.specification import FigureSpec, Panel, Rule, keys
from paribus.programs.recipe.figures.forces import MOST_LAYERS, spread_out
from paribus.programs.recipe.figures.steps import Series, limit, line, looks, powers_axis, side_by_side, steps_axis
from paribus.records.trace import StepTrace
from paribus.words.translation import Words


def updates_figure(trace: Sequence[StepTrace], words: Words) -> FigureSpec:
    """By layer, of at most six: an update's length over that of the weights, and the weights' norm over their first."""
    history = History.of(trace)
    names = spread_out(history.layers, MOST_LAYERS)
    updates = [looks(name, history.layer(name, relative_update)) for name in names]
    norms = [looks(name, history.layer(name, lambda layer, _: layer.weight_norm)) for name in names]
    shares = [Series(n.name, n.steps, tuple(v / n.values[0] for v in n.values)) for n in norms if any(n.values[:1])]
    limits = [limit(AS_LARGE, words.text("as long as the weights")), limit(SLOW, words.text("slow"))]
    limits.append(limit(ROUNDING, words.text("rounded away"), at_left=True))
    nearly = [limit(NEARLY, words.text("a tenth is left"))]
    left = _panel(updates, (1e-2, 1e-4), words.text("Update over weights, a step"), limits, words)
    right = _panel(shares, (2.0, 0.5), words.text("Norm of the weights over their first"), nearly, words)
    return side_by_side(left, right, legend=keys([left]))


def _panel(
    lines: Sequence[Series], around: tuple[float, float], title: str, limits: Sequence[Rule], words: Words
) -> Panel:
    y, floor = powers_axis([*(value for one in lines for value in one.values), *around])
    marks = [mark for index, one in enumerate(lines) for mark in line(one, index, floor)]
    return Panel((*marks, *limits), steps_axis(lines, words.text("step")), y, title=title)
