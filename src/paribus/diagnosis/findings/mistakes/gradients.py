"""Mistakes between the loss and the step: gradients that do not come, that pile up, that are erased or clipped away."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, later_half, measured, middle
from paribus.diagnosis.findings.measures import ALL_DEAD
from paribus.diagnosis.findings.mistakes.mistake import SYMPTOMS, certain, looks, losses_of, mistake, of_loop
from paribus.diagnosis.findings.rule import Quantity
from paribus.records.finding import Finding, Strength
from paribus.records.trace import StepTrace

OLD = 0.1  # share of a gradient that earlier updates had used
MOST = 0.5  # of the looks
CUT_TO = 0.02  # of a gradient that clipping leaves
FEWEST = 3  # looks
UP = 0.1  # cosine between update and gradient


def _piled_up(history: History) -> Finding | None:
    """The gradient that the optimiser gets is that of the batch and, besides, that of updates made before."""
    old = of_loop(history, lambda loop: loop.leftover)[1:]  # the first update has none before it
    often = [p for p in old if p.value > OLD]
    if not often or len(often) <= MOST * len(old):
        return None
    evidence = measured("leftover", median(p.value for p in often), OLD, DEFINITION)
    return history.finding("gradients_piled_up", certain(history), evidence, first=often[0].step)


def _erased(history: History) -> Finding | None:
    """A gradient came, and had been cleared by the time that the optimiser stepped."""
    gone = of_loop(history, lambda loop: loop.erased)
    if not gone or min(p.value for p in gone) < 1:
        return None
    return history.finding("gradient_erased", certain(history), measured("erased", 1.0, 0.0, DEFINITION))


def _cut_off(history: History) -> Finding | None:
    """Layers of the optimiser ran, and the loss's gradient never came to them."""
    seen = [s.loop for s in looks(history) if s.loop.forwards or s.loop.backwards]
    if not seen:
        return None
    layers = tuple(name for name in seen[0].cut if all(name in loop.cut for loop in seen)) or _zero(history)
    if not layers:
        return None
    evidence = measured("cut_off", len(layers), 0, DEFINITION)
    return history.finding("gradient_cut_off", certain(history), evidence, layers=layers)


def _zero(history: History) -> tuple[str, ...]:
    """Layers whose gradient is exactly 0 at each look, though others have one and nothing dead lies between."""
    steps = [s for s in history.steps if s.loop is not None and s.loop.backwards]
    if len(steps) < FEWEST or any(
        layer.weight_norm == 0 or (layer.dead or 0.0) > ALL_DEAD for s in steps for layer in s.layers.values()
    ):
        return ()
    first = {name for name, layer in steps[0].layers.items() if layer.gradient_norm == 0}
    lost = {name for name in first if all(name in s.layers and s.layers[name].gradient_norm == 0 for s in steps)}
    frozen = set(steps[0].loop.missing if steps[0].loop else ())
    held = {name for name in lost if steps[-1].layers[name].decay_pull is not None}
    return tuple(sorted(held - frozen)) if len(lost) < len(steps[0].layers) else ()


def _ascent(history: History) -> Finding | None:
    """Steps go along the gradient of the loss rather than against it."""
    along = middle(of_loop(history, lambda loop: loop.along))
    uphill = middle(of_loop(history, lambda loop: loop.loss.uphill if loop.loss else None))
    if not losses_of(history):
        uphill = None
    if along is not None and along > UP and uphill != 1:
        return history.finding("gradient_ascent", certain(history), measured("along", along, UP, DEFINITION))
    if uphill == 1 and (along is None or along <= UP):
        return history.finding("gradient_ascent", certain(history), measured("uphill", 1.0, MOST, DEFINITION))
    return None


def _clipped(history: History) -> Finding | None:
    """Next to nothing of the gradient is left as the optimiser gets it, and the network does not train."""
    left = middle(later_half(of_loop(history, lambda loop: loop.clipped)))
    if left is None or left >= CUT_TO or history.outcome not in ("failed", "partly"):
        return None
    return history.finding("gradient_clipped_away", certain(history), measured("left_of_gradient", left, CUT_TO))


def _flat(history: History) -> Finding | None:
    """Backward passes come to every layer and bring nothing: small changes of the weights change no loss."""
    seen = [s for s in history.steps if s.loop is not None and s.loop.backwards and s.layers]
    flat = [s for s in seen if is_flat(s)]
    if not seen or len(flat) <= MOST * len(seen) or history.outcome == "trained":
        return None
    strength: Strength = "strong" if history.outcome == "unknown" else history.strength
    evidence = measured("flat_looks", len(flat) / len(seen), MOST, DEFINITION)
    return history.finding("gradient_zero", strength, evidence, first=flat[0].step)


def is_flat(step: StepTrace) -> bool:
    """Whether a backward pass brought each layer a gradient, and each was 0."""
    came = step.loop is not None and step.loop.backwards > 0 and not step.loop.cut and not step.loop.erased
    return came and all(layer.gradient_norm == 0 for layer in step.layers.values())


PILED_UP = mistake(
    "gradients_piled_up",
    "backward",
    mark("gradients of earlier steps not cleared"),
    mark("Each step uses the gradients of earlier steps once more: they are added up and never cleared."),
    mark("Call optimizer.zero_grad() once for each update, before backward."),
    _piled_up,
    {"leftover": Quantity(mark("share of the gradient that earlier updates had used"), "share")},
    f"gradients of which at most {OLD:g} is of earlier updates",
)
ERASED = mistake(
    "gradient_erased",
    "step",
    mark("gradient cleared before the step"),
    mark("Gradients come, and are cleared before the optimiser steps, so that it has nothing to go by."),
    mark("Call optimizer.zero_grad() before backward or after optimizer.step(), not in between."),
    _erased,
    {"erased": Quantity(mark("share of updates whose gradient was cleared"), "share")},
    "a gradient at the optimiser's step",
    explains=SYMPTOMS | {"nothing_moves"},
)
CUT_OFF = mistake(
    "gradient_cut_off",
    "forward",
    mark("gradient cut off"),
    mark("No gradient of the loss comes to {layers}, though the outputs are made with it."),
    mark("Look for detach, .data, .item, no_grad, numpy or a new tensor between these layers and the loss."),
    _cut_off,
    {"cut_off": Quantity(mark("layers that run and get no gradient"))},
    "a gradient in every layer that runs",
    explains=SYMPTOMS | {"nothing_moves"},
)
ASCENT = mistake(
    "gradient_ascent",
    "loss",
    mark("steps up the loss"),
    mark("Updates go up the gradient of the loss rather than down."),
    mark("Look for a minus before the loss, a likelihood in place of its negative, and for maximize=True."),
    _ascent,
    {
        "along": Quantity(mark("cosine between update and gradient")),
        "uphill": Quantity(mark("share of looks at which the gradient is that of minus the loss"), "share"),
    },
    f"updates whose cosine with the gradient is at most {UP:g}, of a gradient that lowers the loss",
)
CLIPPED = mistake(
    "gradient_clipped_away",
    "step",
    mark("gradient clipped to almost nothing"),
    mark("Next to nothing of the gradient is left after clipping, so that steps are far too short."),
    mark("Clip at about the usual length of a gradient (1 for many networks), or not at all."),
    _clipped,
    {"left_of_gradient": Quantity(mark("gradient after clipping over before"), "share")},
    f"at least {CUT_TO:g} of the gradient left after clipping, or a network that trains",
)
# Not read off directly: what makes the loss flat is to be named first where it is known.
FLAT = replace(
    mistake(
        "gradient_zero",
        "backward",
        mark("gradient of exactly zero"),
        mark("Gradients come to every layer and are exactly 0: where the weights are, the loss is flat."),
        mark("Look for activations that are flat where the inputs bring them: dead units, saturated outputs."),
        _flat,
        {"flat_looks": Quantity(mark("share of looks with a gradient of exactly 0"), "share")},
        "a gradient other than 0 at most of the looks",
        explains=frozenset({"frozen_layer", "labels_at_chance", "undertraining"}),
    ),
    certain=False,
)
