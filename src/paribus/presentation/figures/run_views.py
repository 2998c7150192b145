"""What single runs are drawn from: series of a trace, as the rules of `analysis.findings` read them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paribus.analysis.findings.history import History, Series, at_start
from paribus.analysis.findings.measures import relative_update, sensitivity
from paribus.analysis.findings.rules.constant_predictor import perfect_spread
from paribus.presentation.figures.features import FeaturesView
from paribus.presentation.figures.forces import MOST_LAYERS, spread_out
from paribus.values.records import EpochMetrics, RunRecord
from paribus.values.trace import LayerTrace, StepTrace

Of = Callable[[LayerTrace, StepTrace], float | None]


@dataclass(frozen=True)
class ClassShares:
    """Shares of the classes, [classes] each: among the labels trained on, the test labels, the answers to these."""

    trained: tuple[float, ...]
    tested: tuple[float, ...]
    answered: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class RunMaterial:
    """A run as figures take it. `trace`: empty where no probe looked. `shares`, `features`: for these kinds alone."""

    record: RunRecord
    metrics: tuple[EpochMetrics, ...]
    trace: tuple[StepTrace, ...] = ()
    class_names: tuple[str, ...] = ()
    shares: ClassShares | None = None
    features: FeaturesView | None = None


@dataclass(frozen=True)
class Line:
    """A series with its name. steps: [n] counted from 1; values: [n], finite."""

    name: str
    steps: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class UpdatesView:
    """By layer: the length of an update over that of the weights, and the weights' norm over their first."""

    updates: tuple[Line, ...]
    norms: tuple[Line, ...]


@dataclass(frozen=True)
class LayerUnits:
    """One layer's units, shares by step; a series is empty where the activation has no such thing."""

    layer: str
    dead: Line
    low: Line
    high: Line


@dataclass(frozen=True)
class SignalView:
    """By layer, in the order of the forward pass. first, most: the largest ‖w‖‖g‖ over the label entropy, of the first
    ten steps and of all; slopes: the largest product of slopes of the first ten steps; NaN where there is none.
    """

    layers: tuple[str, ...]
    first: tuple[float, ...]
    most: tuple[float, ...]
    slopes: tuple[float, ...]


@dataclass(frozen=True)
class AnswersView:
    """training, probe: losses, nats. spread: of the answers, over that of perfect ones; variety: entropy of the
    predicted classes over the labels'. prior: label entropy, nats. broken: the first step, from 1, whose loss is no
    finite number.
    """

    training: Line
    probe: Line
    spread: Line
    variety: Line
    prior: float | None
    broken: int | None


@dataclass(frozen=True)
class BatchesView:
    """size, deviation: of the inputs, root mean square and standard deviation. labels: entropy of each batch, nats.

    prior: entropy of the probe batch's labels; most: of equally frequent classes.
    """

    size: Line
    deviation: Line
    labels: Line
    prior: float | None
    most: float | None


def updates_view(trace: Sequence[StepTrace]) -> UpdatesView:
    """Of at most six layers."""
    history = History.of(trace)
    names = spread_out(history.layers, MOST_LAYERS)
    norms = [_line(name, history.layer(name, lambda layer, _: layer.weight_norm)) for name in names]
    return UpdatesView(
        updates=tuple(_line(name, history.layer(name, relative_update)) for name in names),
        norms=tuple(Line(n.name, n.steps, tuple(v / n.values[0] for v in n.values)) for n in norms if _begun(n)),
    )


def _begun(norms: Line) -> bool:
    return bool(norms.values) and norms.values[0] > 0


def units_view(trace: Sequence[StepTrace]) -> tuple[LayerUnits, ...]:
    """Of at most six layers with an activation."""
    history = History.of(trace)
    parts: dict[str, Of] = {
        "dead": lambda layer, _: layer.dead,
        "low": lambda layer, _: layer.saturated_low,
        "high": lambda layer, _: layer.saturated_high,
    }
    found = []
    for name in history.layers:
        lines = {part: _line(part, history.layer(name, of)) for part, of in parts.items()}
        if any(line.steps for line in lines.values()):
            found.append(LayerUnits(name, **lines))
    kept = spread_out([units.layer for units in found], MOST_LAYERS)
    return tuple(units for units in found if units.layer in kept)


def signal_view(trace: Sequence[StepTrace]) -> SignalView:
    """Of all layers. Without labels the sensitivity is given in nats, as if their entropy were 1."""
    history = History.of(trace)
    scale = history.prior or 1.0
    felt = [history.layer(name, sensitivity) for name in history.layers]
    slopes = [history.layer(name, lambda layer, _: layer.slope_product) for name in history.layers]
    return SignalView(
        layers=history.layers,
        first=tuple(_largest(at_start(series)) / scale for series in felt),
        most=tuple(_largest(series) / scale for series in felt),
        slopes=tuple(_largest(at_start(series)) for series in slopes),
    )


def _largest(series: Series) -> float:
    return max((point.value for point in series), default=math.nan)


def answers_view(trace: Sequence[StepTrace]) -> AnswersView:
    """Losses and answers, step by step."""
    history = History.of(trace)
    broken = [step.step for step in history.steps if step.loss is not None and not math.isfinite(step.loss)]
    return AnswersView(
        training=_line("training", history.network(lambda s: s.loss)),
        probe=_line("probe", history.output(lambda o: o.loss)),
        spread=_line("spread", history.output(lambda o: _over(o.spread, perfect_spread(o.prior_entropy)))),
        variety=_line("variety", history.output(lambda o: _over(o.predicted_entropy, o.prior_entropy))),
        prior=history.prior,
        broken=broken[0] + 1 if broken else None,
    )


def _over(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def batches_view(trace: Sequence[StepTrace]) -> BatchesView:
    """What the training batches held."""
    history = History.of(trace)
    classes = max((step.output.classes or 0 for step in history.steps if step.output is not None), default=0)
    return BatchesView(
        size=_line("size", history.network(_size)),
        deviation=_line("deviation", history.network(lambda s: s.input_std)),
        labels=_line("labels", history.network(lambda s: s.label_entropy)),
        prior=history.prior,
        most=math.log(classes) if classes > 1 else None,
    )


def _size(step: StepTrace) -> float | None:
    return None if step.input_std is None else math.hypot(step.input_mean or 0.0, step.input_std)


def _line(name: str, series: Series) -> Line:
    return Line(name, tuple(point.step + 1 for point in series), tuple(point.value for point in series))
