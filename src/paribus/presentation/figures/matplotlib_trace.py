"""What the probes saw of one run, by matplotlib: losses and answers, updates, what reaches a layer, units, batches."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from paribus.analysis.findings.rules.collapse_to_zero import NEARLY
from paribus.analysis.findings.rules.exploding_gradient import VIOLENT
from paribus.analysis.findings.rules.frozen_layer import ROUNDING
from paribus.analysis.findings.rules.inputs_not_normalised import LARGE as LARGE_INPUTS
from paribus.analysis.findings.rules.inputs_not_normalised import SMALL as SMALL_INPUTS
from paribus.analysis.findings.rules.learning_rate_too_high import AS_LARGE
from paribus.analysis.findings.rules.learning_rate_too_low import SLOW
from paribus.analysis.findings.rules.vanishing_gradient import FAINT
from paribus.presentation.figures.matplotlib_canvas import INK, SMALL, TITLE, WIDE, PaperFigure, calm, paper
from paribus.presentation.figures.matplotlib_steps import draw_line, last_step, limit, powers_axis, steps_axis
from paribus.presentation.figures.palette import arm_colour
from paribus.presentation.figures.run_views import (
    LayerUnits,
    Line,
    RunMaterial,
    answers_view,
    batches_view,
    signal_view,
    units_view,
    updates_view,
)
from paribus.presentation.translation import Words
from paribus.values.errors import ParibusError

_HIGH = 2.7  # inches
_LOGARITHMIC = 20.0  # largest loss over the least from which the axis is


def draw_answers(material: RunMaterial, words: Words) -> PaperFigure:
    """Losses by step against the best constant answer, and how much answers differ from input to input."""
    view = answers_view(material.trace)
    drawn, (left, right) = _two(words.text("Loss, nats"), words.text("Answers, over those of a perfect network"))
    losses = [*view.training.values, *view.probe.values, *([] if view.prior is None else [view.prior])]
    positive = [value for value in losses if value > 0] or [1.0]
    wide = max(positive) > _LOGARITHMIC * min(positive)
    floor = powers_axis(left, losses) if wide else None
    if not wide:
        left.set_ylim(0, 1.12 * max(positive))
    draw_line(left, _named(view.training, words.text("training batch")), 0, floor)
    draw_line(left, _named(view.probe, words.text("probe batch")), 1, floor)
    if view.prior is not None:
        limit(left, view.prior, words.text("entropy of the labels"), at_left=not wide)
    if view.broken is not None:
        told = words.text("not a finite number from step {n}", n=view.broken)
        left.text(0.98, 0.93, told, transform=left.transAxes, ha="right", va="top", fontsize=SMALL, color=INK)
    draw_line(right, _named(view.spread, words.text("spread over inputs")), 2)
    draw_line(right, _named(view.variety, words.text("variety of the predicted classes")), 3)
    right.set_ylim(-0.02, max(1.06, 1.06 * max([*view.spread.values, *view.variety.values, 0.0])))
    last = last_step([view.training, view.probe, view.spread])
    for axes in (left, right):
        steps_axis(axes, last, words.text("step"))
    _legend(drawn, (left, right))
    return drawn


def draw_updates(material: RunMaterial, words: Words) -> PaperFigure:
    """How long updates are for the weights that they change, and what becomes of the weights."""
    view = updates_view(material.trace)
    drawn, (left, right) = _two(
        words.text("Update over weights, a step"), words.text("Norm of the weights over their first")
    )
    for axes, lines, around in (
        (left, view.updates, (1e-2, 1e-4)),
        (right, view.norms, (2.0, 0.5)),
    ):
        values = [value for line in lines for value in line.values]
        floor = powers_axis(axes, [*values, *around])
        for index, line in enumerate(lines):
            draw_line(axes, line, index, floor)
        steps_axis(axes, last_step(lines), words.text("step"))
    limit(left, AS_LARGE, words.text("as long as the weights"))
    limit(left, SLOW, words.text("slow"))
    limit(left, ROUNDING, words.text("rounded away"), at_left=True)
    limit(right, NEARLY, words.text("a tenth is left"))
    _legend(drawn, (left,))
    return drawn


def draw_signal(material: RunMaterial, words: Words) -> PaperFigure:
    """By layer: how much the loss depends on its weights, and the product of the slopes on the way to it."""
    view = signal_view(material.trace)
    told = words.text("‖weights‖ · ‖gradient‖ over the entropy of the labels")
    drawn, (left, right) = _two(told, words.text("Product of the activations' mean slopes"))
    places = tuple(range(1, len(view.layers) + 1))
    floor = powers_axis(left, [value for value in (*view.first, *view.most, 1.0) if not math.isnan(value)])
    for index, name, values in (
        (0, words.text("largest of the first ten steps"), view.first),
        (1, words.text("largest of all steps"), view.most),
    ):
        draw_line(left, _known(name, places, values), index, floor, markersize=4)
    limit(left, FAINT, words.text("faint"))
    limit(left, VIOLENT, words.text("violent"))
    floor = powers_axis(right, [value for value in (*view.slopes, 1.0) if not math.isnan(value)])
    draw_line(right, _known("", places, view.slopes), 0, floor, markersize=4)
    for axes in (left, right):
        _layers_axis(axes, view.layers, words)
    _legend(drawn, (left,))
    return drawn


def _known(name: str, places: tuple[int, ...], values: tuple[float, ...]) -> Line:
    kept = [(place, value) for place, value in zip(places, values, strict=True) if math.isfinite(value)]
    return Line(name, tuple(place for place, _ in kept), tuple(value for _, value in kept))


def _layers_axis(axes: Axes, names: Sequence[str], words: Words) -> None:
    every = math.ceil(len(names) / 7)
    places = range(1, len(names) + 1)[::every]
    axes.set_xticks(places, list(names)[::every])
    axes.set_xlim(0.7, len(names) + 0.3)
    axes.set_xlabel(words.text("layer, from the inputs on"), loc="right", fontsize=SMALL, color=INK)


def draw_units(material: RunMaterial, words: Words) -> PaperFigure:
    """A panel for each layer with an activation: shares of outputs at its flat ends, from below and above, and of dead
    units.
    """
    found = units_view(material.trace)
    if not found:
        raise ParibusError(
            "units are drawn of layers with an activation, and no probe saw one in {name}", name=material.record.id
        )
    drawn = paper(WIDE, 2.3)
    grid = drawn.subplots(1, len(found), squeeze=False, sharey=True)[0]
    last = last_step([line for units in found for line in (units.dead, units.low, units.high)])
    for axes, units in zip(grid, found, strict=True):
        _units(axes, units)
        steps_axis(axes, last, "")
    grid[-1].set_xlabel(words.text("step"), loc="right", fontsize=SMALL, color=INK)
    grid[0].set_ylim(0, 100)
    grid[0].set_yticks([0, 25, 50, 75, 100], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    handles = [
        Patch(color=arm_colour(0).light, alpha=0.65, linewidth=0, label=words.text("outputs at the lower flat end")),
        Patch(color=arm_colour(1).light, alpha=0.65, linewidth=0, label=words.text("at the upper one")),
    ]
    (line,) = grid[0].plot([], [], color=INK, linewidth=1.5, marker="o", markersize=2.6, label=words.text("dead units"))
    drawn.legend(handles=[*handles, line], loc="outside upper left", ncols=3, frameon=False, fontsize=SMALL)
    return drawn


def _units(axes: Axes, units: LayerUnits) -> None:
    calm(axes)
    axes.set_title(units.layer, **TITLE)
    low, high = [100 * value for value in units.low.values], [100 - 100 * value for value in units.high.values]
    axes.fill_between(units.low.steps, 0, low, color=arm_colour(0).light, alpha=0.65, linewidth=0)
    axes.fill_between(units.high.steps, high, 100, color=arm_colour(1).light, alpha=0.65, linewidth=0)
    dead = [100 * value for value in units.dead.values]
    axes.plot(units.dead.steps, dead, color=INK, linewidth=1.5, marker="o", markersize=2.6, clip_on=False, gid="dead")


def draw_batches(material: RunMaterial, words: Words) -> PaperFigure:
    """What goes in: how large inputs are and how far they differ, and how mixed the labels of a batch are."""
    view = batches_view(material.trace)
    drawn, (left, right) = _two(words.text("Inputs"), words.text("Entropy of a batch's labels, nats"))
    floor = powers_axis(left, [*view.size.values, *view.deviation.values, 0.02, 20.0])
    draw_line(left, _named(view.size, words.text("root mean square")), 0, floor)
    draw_line(left, _named(view.deviation, words.text("deviation")), 1, floor)
    limit(left, LARGE_INPUTS, words.text("large"))
    limit(left, SMALL_INPUTS, words.text("small"))
    right.set_ylim(-0.05, 1.15 * max([view.most or 0.0, view.prior or 0.0, *view.labels.values, 0.1]))
    draw_line(right, _named(view.labels, words.text("training batches")), 2)
    if view.prior is not None:
        right.axhline(view.prior, color=arm_colour(3).light, linewidth=1.1, label=words.text("the probe batch"))
    if view.most is not None:
        limit(right, view.most, words.text("equally frequent classes"))
    for axes in (left, right):
        steps_axis(axes, last_step([view.size, view.labels]), words.text("step"))
    _legend(drawn, (left, right))
    return drawn


def _two(*titles: str) -> tuple[PaperFigure, tuple[Axes, Axes]]:
    drawn = paper(WIDE, _HIGH)
    left, right = drawn.subplots(1, 2)
    for axes, title in zip((left, right), titles, strict=True):
        calm(axes)
        axes.set_title(title, **TITLE)
    return drawn, (left, right)


def _named(line: Line, name: str) -> Line:
    return Line(name, line.steps, line.values)


def _legend(drawn: PaperFigure, panels: Sequence[Axes]) -> None:
    found = [panel.get_legend_handles_labels() for panel in panels]
    handles, labels = [h for part, _ in found for h in part], [name for _, part in found for name in part]
    drawn.legend(handles, labels, loc="outside upper left", ncols=min(6, len(handles)), frameon=False, fontsize=SMALL)
