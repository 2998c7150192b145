"""The force balance as a view: in each layer the data gradient's norm against the pull of weight decay, over steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paribus.values.trace import StepTrace

MOST_LAYERS = 6


@dataclass(frozen=True)
class LayerForces:
    """One layer of one run. steps: [n] from 1; gradients, pulls, weights: [n] norms, pulls 0 without weight decay."""

    layer: str
    steps: tuple[int, ...]
    gradients: tuple[float, ...]
    pulls: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class ForcesView:
    """An arm's layers in the order of the forward pass; `left_out`: how many more it has than are drawn."""

    arms: tuple[tuple[int, tuple[LayerForces, ...]], ...]
    layers: tuple[str, ...]
    left_out: int
    seed: int
    decoupled: bool


def forces_view(arms: Sequence[str], traces: Mapping[str, Sequence[StepTrace]], seed: int) -> ForcesView:
    """The forces in each arm's run of one seed. `traces`: by the arm's name, at least one, none of them empty.

    Of more than six layers the first, the last and some between are drawn. Under decoupled decay (AdamW) both forces
    are not of one kind: the gradient is normalised before the step, the pull is not.
    """
    names = list(next(iter(traces.values()))[0].layers)
    drawn = spread_out(names, MOST_LAYERS)
    rows = tuple(
        (index, tuple(_layer(name, traces[arm]) for name in drawn)) for index, arm in enumerate(arms) if arm in traces
    )
    decoupled = any(step.decoupled for trace in traces.values() for step in trace)
    return ForcesView(rows, tuple(drawn), len(names) - len(drawn), seed, decoupled)


def spread_out(names: Sequence[str], most: int) -> list[str]:
    """All of the names, or of more than `most` the first, the last and some between."""
    if len(names) <= most:
        return list(names)
    return [names[round(place * (len(names) - 1) / (most - 1))] for place in range(most)]


def _layer(name: str, trace: Sequence[StepTrace]) -> LayerForces:
    seen = [(step.step + 1, step.layers[name]) for step in trace if name in step.layers]
    return LayerForces(
        layer=name,
        steps=tuple(step for step, _ in seen),
        gradients=tuple(layer.gradient_norm for _, layer in seen),
        pulls=tuple(layer.decay_pull or 0.0 for _, layer in seen),
        weights=tuple(layer.weight_norm for _, layer in seen),
    )
