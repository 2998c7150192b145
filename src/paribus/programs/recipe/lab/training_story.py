"""What the probes saw, for the lab: each layer's forces and state at the moments shown, and its course in between."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from paribus.programs.recipe.lab.lab_material import ArmMaterial
from paribus.records.trace import LayerTrace, StepTrace

MOST_POINTS = 120  # of a layer's course
FIGURES = ("weight_norm", "gradient_norm", "decay_pull", "slope", "dead", "saturated_low", "saturated_high")
COURSE = ("weight_norm", "gradient_norm", "decay_pull")


def story(arm: ArmMaterial, steps: Sequence[int]) -> dict[str, Any] | None:
    """What was seen in the arm's run; None where no probe looked.

    layers: their names, in the order of the forward pass. moments: for each of `steps` (how many were made by then),
    from the look of the probes that is nearest, the epochs `done` and by layer the numbers of `FIGURES`, None where
    there is none. course: `epochs` done, and by layer the numbers of `COURSE`, a list each. decoupled: whether weight
    decay acts beside the gradient.
    """
    if not arm.trace:
        return None
    seen = sorted(arm.trace, key=lambda s: s.step)
    layers = list(seen[0].layers)
    course = _thinned(seen)
    return {
        "layers": layers,
        "decoupled": bool(seen[0].decoupled),
        "moments": [_moment(_nearest(seen, step), layers, arm) for step in steps],
        "course": {
            "epochs": [_short(s.step / arm.steps_per_epoch) for s in course],
            "layers": {
                name: {figure: [_figure(s.layers.get(name), figure) for s in course] for figure in COURSE}
                for name in layers
            },
        },
    }


def _moment(seen: StepTrace, layers: Sequence[str], arm: ArmMaterial) -> dict[str, Any]:
    return {
        "done": _short(seen.step / arm.steps_per_epoch),
        "layers": {name: [_figure(seen.layers.get(name), figure) for figure in FIGURES] for name in layers},
    }


def _nearest(seen: Sequence[StepTrace], step: int) -> StepTrace:
    """The weights after `step` steps are those that step number `step`, counted from 0, began with."""
    return min(seen, key=lambda s: abs(s.step - step))


def _thinned(seen: Sequence[StepTrace]) -> Sequence[StepTrace]:
    """At most `MOST_POINTS` of them, evenly spaced, with the first and the last."""
    if len(seen) <= MOST_POINTS:
        return seen
    return [seen[round(i * (len(seen) - 1) / (MOST_POINTS - 1))] for i in range(MOST_POINTS)]


def _figure(layer: LayerTrace | None, name: str) -> float | None:
    return None if layer is None else _short(getattr(layer, name))


def _short(value: float | None) -> float | None:
    """Four digits; None for what no axis can show."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.4g}")
