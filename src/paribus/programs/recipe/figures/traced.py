"""Figures of what the probes saw in a run: its answers, updates, signal, units and batches, by step or by layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from paribus.diagnosis.findings.history import History, at_start, ratio
from paribus.diagnosis.findings.history import Series as Seen
from paribus.diagnosis.findings.measures import SLOW, input_size, relative_update, sensitivity
from paribus.diagnosis.findings.rules.collapse_to_zero import NEARLY
from paribus.diagnosis.findings.rules.constant_predictor import perfect_spread
from paribus.diagnosis.findings.rules.exploding_gradient import VIOLENT
from paribus.diagnosis.findings.rules.frozen_layer import ROUNDING
from paribus.diagnosis.findings.rules.inputs_not_normalised import LARGE, SMALL
from paribus.diagnosis.findings.rules.learning_rate_too_high import AS_LARGE
from paribus.diagnosis.findings.rules.vanishing_gradient import FAINT
from paribus.figures.scale import Axis, linear_axis
from paribus.figures.specification import PAPER_WIDTH, Band, FigureSpec, Line, Mark, Panel, Rule, Text, keys, line_of
from paribus.programs.recipe.figures.forces import MOST_LAYERS, spread_out
from paribus.programs.recipe.figures.steps import Series, limit, line, looks, powers_axis, side_by_side, steps_axis
from paribus.records.trace import LayerTrace, StepTrace
from paribus.words.translation import Words

_LOGARITHMIC = 20.0  # largest loss over the least from which the axis is


def answers_figure(trace: Sequence[StepTrace], words: Words) -> FigureSpec:
    """Losses in nats, and by how much answers spread over inputs and classes, over those of a perfect network."""
    history = History.of(trace)
    training = looks(words.text("training batch"), history.network(lambda s: s.loss))
    probe = looks(words.text("probe batch"), history.output(lambda o: o.loss))
    spread = looks(
        words.text("spread over inputs"), history.output(lambda o: ratio(o.spread, perfect_spread(o.prior_entropy)))
    )
    variety = looks(
        words.text("variety of the predicted classes"),
        history.output(lambda o: ratio(o.predicted_entropy, o.prior_entropy)),
    )
    x = steps_axis([training, probe, spread], words.text("step"))
    left = _losses(training, probe, history, x, words)
    y = linear_axis([0.0, 1.0, *spread.values, *variety.values]).named()
    title = words.text("Answers, over those of a perfect network")
    right = Panel((*line(spread, 2), *line(variety, 3)), x, y, title=title)
    return side_by_side(left, right, legend=keys([left, right]))


def _losses(training: Series, probe: Series, history: History, x: Axis, words: Words) -> Panel:
    prior = history.prior
    losses = [*training.values, *probe.values, *([] if prior is None else [prior])]
    positive = [value for value in losses if value > 0] or [1.0]
    wide = max(positive) > _LOGARITHMIC * min(positive)
    y, floor = powers_axis(losses) if wide else (linear_axis([0.0, 1.04 * max(positive)]).named(), None)
    marks: list[Mark] = [*line(training, 0, floor), *line(probe, 1, floor)]
    if prior is not None:
        marks.append(limit(prior, words.text("entropy of the labels"), at_left=not wide))
    broken = next((step.step + 1 for step in history.steps if not math.isfinite(step.loss or 0.0)), None)
    if broken is not None:
        told = words.text("not a finite number from step {n}", n=broken)
        marks.append(Text(0.98, 0.93, told, anchor="end", inside="both", kind="note"))
    return Panel(tuple(marks), x, y, title=words.text("Loss, nats"))


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


def signal_figure(trace: Sequence[StepTrace], words: Words) -> FigureSpec:
    """Of all layers from the inputs on: the largest ‖w‖‖g‖ over the label entropy, of the first ten steps and of all,
    and the largest product of slopes of the first ten. Without labels in nats, as if their entropy were 1.
    """
    history = History.of(trace)
    scale = history.prior or 1.0
    felt = [history.layer(name, sensitivity) for name in history.layers]
    slopes = [history.layer(name, lambda layer, _: layer.slope_product) for name in history.layers]
    first = _layers(words.text("largest of the first ten steps"), [at_start(series) for series in felt], scale)
    most = _layers(words.text("largest of all steps"), felt, scale)
    passed = _layers("", [at_start(series) for series in slopes])
    limits = (limit(FAINT, words.text("faint")), limit(VIOLENT, words.text("violent")))
    x = _layers_axis(history.layers, words)
    y, floor = powers_axis([*first.values, *most.values, 1.0])
    marks = (*line(first, 0, floor, dots=3.4), *line(most, 1, floor, dots=3.4), *limits)
    left = Panel(marks, x, y, title=words.text("‖weights‖ · ‖gradient‖ over the entropy of the labels"))
    y, floor = powers_axis([*passed.values, 1.0])
    slope = tuple(line(passed, 0, floor, dots=3.4))
    right = Panel(slope, x, y, title=words.text("Product of the activations' mean slopes"))
    return side_by_side(left, right, legend=keys([left]))


def _layers(name: str, seen: Sequence[Seen], scale: float = 1.0) -> Series:
    """The largest of each layer, at its place from 1; layers without any are left out."""
    most = [max((point.value for point in series), default=math.nan) / scale for series in seen]
    kept = [(place, value) for place, value in enumerate(most, start=1) if math.isfinite(value)]
    return Series(name, tuple(place for place, _ in kept), tuple(value for _, value in kept))


def _layers_axis(names: Sequence[str], words: Words) -> Axis:
    every = math.ceil(len(names) / 7)
    places = tuple(float(place) for place in range(1, len(names) + 1)[::every])
    return Axis(0.7, len(names) + 0.3, places).named(names[::every], words.text("layer, from the inputs on"))


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


def batches_figure(trace: Sequence[StepTrace], words: Words) -> FigureSpec:
    """Root mean square and deviation of the inputs; entropy of each batch's labels, beside the probe batch's."""
    history = History.of(trace)
    classes = max((step.output.classes or 0 for step in history.steps if step.output is not None), default=0)
    size = looks(words.text("root mean square"), history.network(input_size))
    deviation = looks(words.text("deviation"), history.network(lambda s: s.input_std))
    labels = looks(words.text("training batches"), history.network(lambda s: s.label_entropy))
    x = steps_axis([size, labels], words.text("step"))
    y, floor = powers_axis([*size.values, *deviation.values, 0.02, 20.0])
    limits = (limit(LARGE, words.text("large")), limit(SMALL, words.text("small")))
    left = Panel((*line(size, 0, floor), *line(deviation, 1, floor), *limits), x, y, title=words.text("Inputs"))
    marks, most = line(labels, 2), math.log(classes) if classes > 1 else None
    if history.prior is not None:
        named = words.text("the probe batch")
        marks.append(Rule(history.prior, colour=3, width=1.6, dash=(), name=named, kind="prior"))
    if most is not None:
        marks.append(limit(most, words.text("equally frequent classes")))
    y = linear_axis([0.0, 1.08 * max([most or 0.0, history.prior or 0.0, *labels.values, 0.1])]).named()
    right = Panel(tuple(marks), x, y, title=words.text("Entropy of a batch's labels, nats"))
    return side_by_side(left, right, legend=keys([left, right]))
