"""Which one-field interventions to test: those that a finding points at first, then what is worth trying anyway."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from paribus.values.errors import RecipeError
from paribus.values.explanation import Change, Intervention
from paribus.values.findings import Finding, FindingName, Strength
from paribus.values.recipe import Recipe, inert

# A field and the value it would get, of the recipe and the finding that points there, if any; the same value, or None,
# where there is nothing to change.
Move = tuple[str, Callable[[Recipe, Finding | None], Any]]

_RANK: dict[Strength, int] = {"strong": 0, "moderate": 1, "weak": 2}

# An update's length over that of the weights: a usual one, and a long one with which networks still train.
USUAL_UPDATE, LARGEST_UPDATE = 1e-3, 1e-2


def _to(field: str, value: Any) -> Move:
    return field, lambda recipe, finding: value


def _times(factor: float) -> Move:
    return "learning_rate", lambda recipe, finding: _rate(recipe.learning_rate * factor)


def _rate(value: float) -> float:
    return float(f"{value:.2g}")


def _to_update(wanted: float) -> Move:
    """The learning rate, by as many powers of ten as bring updates near the wanted length, from what was measured."""

    def rate(recipe: Recipe, finding: Finding | None) -> float | None:
        seen = [e.value for e in finding.evidence if e.quantity == "update_ratio"] if finding else []
        if not seen or not 0 < seen[0] < math.inf:
            return None
        return _rate(recipe.learning_rate * 10.0 ** round(math.log10(wanted / seen[0])))

    return "learning_rate", rate


def _decoupled(recipe: Recipe, finding: Finding | None) -> str | None:
    return "adamw" if recipe.optimizer == "adam" and recipe.weight_decay > 0 else None


def _as_long(factor: int) -> Move:
    return "epochs", lambda recipe, finding: recipe.epochs * factor


def _at_most(field: str, value: float) -> Move:
    return field, lambda recipe, finding: min(getattr(recipe, field), value)


def _own_normalisation(recipe: Recipe, finding: Finding | None) -> bool | None:
    return True if recipe.model == "lenet" else None  # a network of the user's own has no such switch


_NO_DECAY, _DECOUPLED = _to("weight_decay", 0.0), ("optimizer", _decoupled)
_BATCH_NORM: Move = ("batch_norm", _own_normalisation)
_USUAL_START = (_to("init_gain", 1.0), _to("bias_value", "default"), _to("initialisation", "default"))
_USUAL_INPUTS = (_to("normalise", True), _to("input_scale", 1.0))
_USUAL_LABELS = (_to("label_noise", 0.0), _to("label_smoothing", 0.0), _to("majority_fraction", 0.0))
_NO_DROPOUT, _SHUFFLED, _NO_CLIP = _to("dropout", 0.0), _to("batch_order", "shuffled"), _to("gradient_clip", 0.0)
# What else than the learning rate makes steps short.
_FULL_STEPS = (_NO_CLIP, _to("warmup_epochs", 0.0), _to("schedule", "constant"))
_PLAIN = (_NO_DECAY, *_USUAL_START, *_USUAL_INPUTS, *_USUAL_LABELS, _NO_DROPOUT, _SHUFFLED, *_FULL_STEPS)

# For each finding the changes that remove its mechanism, the most telling first. Settings that have no need to be there
# come before those that need another value: a harmless one restores nothing where it is taken away.
_AGAINST: dict[FindingName, tuple[Move, ...]] = {
    "collapse_to_zero": (_NO_DECAY, _DECOUPLED),
    "constant_predictor": (*_PLAIN, _as_long(3), _times(10), _times(0.1)),  # a symptom of many causes
    # The gradient is seen as it was after clipping.
    "vanishing_gradient": (
        _NO_CLIP,
        *_USUAL_START,
        _to("initialisation", "xavier"),
        _to("activation", "relu"),
        _BATCH_NORM,
        _to("optimizer", "adam"),
    ),
    "exploding_gradient": (*_USUAL_START, _to("gradient_clip", 1.0), _times(0.1), *_USUAL_INPUTS),
    "saturation_low": (*_USUAL_START, *_USUAL_INPUTS, _to("initialisation", "xavier"), _times(0.1)),
    "saturation_high": (*_USUAL_START, *_USUAL_INPUTS, _to("initialisation", "xavier"), _times(0.1)),
    "dead_units": (*_USUAL_START, _times(0.1), _to("gradient_clip", 1.0), _to("activation", "leaky_relu")),
    "divergence": (_times(0.1), *_USUAL_INPUTS, *_USUAL_START, _to("gradient_clip", 1.0)),
    "learning_rate_too_high": (
        _at_most("momentum", 0.9),
        _times(0.1),
        _times(1 / 3),
        _times(0.01),
        _to_update(LARGEST_UPDATE),
    ),
    "learning_rate_too_low": (
        *_FULL_STEPS,
        _to_update(USUAL_UPDATE),
        _to_update(LARGEST_UPDATE),
        _times(10),
        _times(100),
        _times(3),
    ),
    "undertraining": (*_FULL_STEPS, _to("label_smoothing", 0.0), _as_long(3), _times(10)),
    "overfitting": (_to("train_size", 0), _to("weight_decay", 1e-4), _to("dropout", 0.5)),
    "symmetric_units": (*_USUAL_START, _to("initialisation", "xavier")),
    "inputs_not_normalised": _USUAL_INPUTS,
    "inputs_constant": _USUAL_INPUTS[::-1],
    "labels_at_chance": _USUAL_LABELS[:2],
    "class_imbalance": (_to("majority_fraction", 0.0),),
    "frozen_layer": (*_USUAL_START, _times(10)),
    "batch_order": (_SHUFFLED,),
    "noise_too_strong": (_NO_DROPOUT, _to("label_noise", 0.0)),
}

# Tried whatever was found: a cause may leave no trace that a rule knows, and what people are taught is tested too.
_ANYWAY: tuple[Move, ...] = (
    _NO_DECAY,
    _DECOUPLED,
    _SHUFFLED,
    _to("initialisation", "xavier"),
    _BATCH_NORM,
    _times(10),
    _times(0.1),
    _to("initialisation", "he"),
    _times(3),
    _times(1 / 3),
    _to("activation", "relu"),
    _to("gradient_clip", 1.0),
    _to("optimizer", "adam"),
    *_PLAIN,
    _to("batch_size", 64),
)


def proposals(recipe: Recipe, findings: Sequence[Finding], fixed: Sequence[str] = ()) -> tuple[Intervention, ...]:
    """One-field interventions on `recipe`, ranked: by the strength of the finding that points at them, then the rest.

    Changes that would change nothing, or that make no valid recipe, are left out, as are fields in `fixed` (the factor
    of a comparison is what is to be explained).
    """
    found: dict[tuple[str, Any], Intervention] = {}
    for finding, (field, value) in _candidates(findings):
        after = value(recipe, finding)
        key = (field, after)
        if field in fixed or key in found or not _changes(recipe, field, after):
            continue
        change = Change(factor=field, before=getattr(recipe, field), after=after)
        found[key] = Intervention(changes=(change,), finding=finding.name if finding else None)
    return tuple(found.values())


def _candidates(findings: Sequence[Finding]) -> Iterator[tuple[Finding | None, Move]]:
    ranked = sorted(findings, key=lambda f: (_RANK[f.strength], f.name == "constant_predictor"))
    for finding in ranked:
        if finding.name == "constant_predictor" and finding is not ranked[0]:
            continue  # of what else was found
        for move in _AGAINST[finding.name]:
            yield finding, move
    for move in _ANYWAY:
        yield None, move


def _changes(recipe: Recipe, field: str, after: Any) -> bool:
    if after is None or after == getattr(recipe, field):
        return False
    if inert(field, recipe):
        return False
    try:
        recipe.with_field(field, after)
    except RecipeError:
        return False
    return True


def changed(recipe: Recipe, intervention: Intervention) -> Recipe:
    """The recipe with the intervention made. Raises RecipeError where that is no valid recipe."""
    for change in intervention.changes:
        recipe = recipe.with_field(change.factor, change.after)
    return recipe


def together(first: Intervention, second: Intervention) -> Intervention:
    """Both changes at once, for where neither alone restores training."""
    return Intervention(changes=(*first.changes, *second.changes), finding=first.finding or second.finding)


def undoes(recipe: Recipe, intervention: Intervention, finding: FindingName) -> bool:
    """Whether one of the intervention's changes is among those that would remove the finding's mechanism."""
    moves = [(field, value(recipe, None)) for field, value in _AGAINST[finding]]
    return any((change.factor, change.after) in moves for change in intervention.changes)
