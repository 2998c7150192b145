"""Losses by step against the best constant answer, and how much answers differ from input to input."""

from __future__ import annotations

import math
from collections.abc import Sequence

from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.rules.constant_predictor import perfect_spread
from paribus.figures.scale import Axis, linear_axis
from paribus.figures.specification import FigureSpec, Mark, Panel, Text, keys
from paribus.programs.recipe.figures.steps import Series, limit, line, looks, powers_axis, side_by_side, steps_axis
from paribus.records.trace import StepTrace
from paribus.words.translation import Words

_LOGARITHMIC = 20.0  # largest loss over the least from which the axis is


def answers_figure(trace: Sequence[StepTrace], words: Words) -> FigureSpec:
    """Losses in nats, and by how much answers spread over inputs and classes, over those of a perfect network."""
    history = History.of(trace)
    training = looks(words.text("training batch"), history.network(lambda s: s.loss))
    probe = looks(words.text("probe batch"), history.output(lambda o: o.loss))
    spread = looks(
        words.text("spread over inputs"), history.output(lambda o: _over(o.spread, perfect_spread(o.prior_entropy)))
    )
    variety = looks(
        words.text("variety of the predicted classes"),
        history.output(lambda o: _over(o.predicted_entropy, o.prior_entropy)),
    )
    x = steps_axis([training, probe, spread], words.text("step"))
    left = _losses(training, probe, history, x, words)
    y = linear_axis([0.0, 1.0, *spread.values, *variety.values]).named()
    title = words.text("Answers, over those of a perfect network")
    right = Panel((*line(spread, 2), *line(variety, 3)), x, y, title=title)
    return side_by_side(left, right, legend=keys([left, right]))


def _over(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


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
