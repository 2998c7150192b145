"""What goes in: how large inputs are and how far they differ, and how mixed the labels of a batch are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.rules.inputs_not_normalised import LARGE, SMALL
from paribus.figures.scale import linear_axis
from paribus.figures.specification import FigureSpec, Panel, Rule, keys
from paribus.programs.recipe.figures.steps import limit, line, looks, powers_axis, side_by_side, steps_axis
from paribus.records.trace import StepTrace
from paribus.words.translation import Words


def batches_figure(trace: Sequence[StepTrace], words: Words) -> FigureSpec:
    """Root mean square and deviation of the inputs; entropy of each batch's labels, beside the probe batch's."""
    history = History.of(trace)
    classes = max((step.output.classes or 0 for step in history.steps if step.output is not None), default=0)
    size = looks(words.text("root mean square"), history.network(_size))
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


def _size(step: StepTrace) -> float | None:
    return None if step.input_std is None else math.hypot(step.input_mean or 0.0, step.input_std)
