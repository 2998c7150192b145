"""By layer: how much the loss depends on its weights, and the product of the slopes on the way to it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from paribus.diagnosis.findings.history import History, at_start
from paribus.diagnosis.findings.history import Series as Seen
from paribus.diagnosis.findings.measures import sensitivity
from paribus.diagnosis.findings.rules.exploding_gradient import VIOLENT
from paribus.diagnosis.findings.rules.vanishing_gradient import FAINT
from paribus.figures.scale import Axis
from paribus.figures.specification import FigureSpec, Panel, keys
from paribus.programs.recipe.figures.steps import Series, limit, line, powers_axis, side_by_side
from paribus.records.trace import StepTrace
from paribus.words.translation import Words


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
