"""Which one-field interventions to test: those that a finding points at first, then what is worth trying anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from paribus.values.errors import RecipeError
from paribus.values.explanation import Change, Intervention
from paribus.values.findings import Finding, FindingName, Strength
from paribus.values.recipe import INERT, Recipe

# A field and the value it would get; the same value, or None, where there is nothing to change.
Move = tuple[str, Callable[[Recipe], Any]]

_RANK: dict[Strength, int] = {"strong": 0, "moderate": 1, "weak": 2}


def _to(field: str, value: Any) -> Move:
    return field, lambda recipe: value


def _times(factor: float) -> Move:
    return "learning_rate", lambda recipe: float(f"{recipe.learning_rate * factor:.6g}")


def _decoupled(recipe: Recipe) -> str | None:
    return "adamw" if recipe.optimizer == "adam" and recipe.weight_decay > 0 else None


def _as_long(factor: int) -> Move:
    return "epochs", lambda recipe: recipe.epochs * factor


def _own_normalisation(recipe: Recipe) -> bool | None:
    return True if recipe.model == "lenet" else None  # a network of the user's own has no such switch


_NO_DECAY, _DECOUPLED = _to("weight_decay", 0.0), ("optimizer", _decoupled)
_BATCH_NORM: Move = ("batch_norm", _own_normalisation)
_USUAL_START = (_to("init_gain", 1.0), _to("bias_value", "default"), _to("initialisation", "default"))
_USUAL_INPUTS = (_to("normalise", True), _to("input_scale", 1.0))

# For each finding the changes that remove its mechanism, the most telling first.
_AGAINST: dict[FindingName, tuple[Move, ...]] = {
    "collapse_to_zero": (_NO_DECAY, _DECOUPLED),
    "constant_predictor": (),  # a symptom of many causes
    "vanishing_gradient": (*_USUAL_START, _to("initialisation", "xavier"), _to("activation", "relu")),
    "exploding_gradient": (*_USUAL_START, _to("gradient_clip", 1.0), _times(0.1), *_USUAL_INPUTS),
    "saturation_low": (*_USUAL_START, *_USUAL_INPUTS, _to("initialisation", "xavier"), _times(0.1)),
    "saturation_high": (*_USUAL_START, *_USUAL_INPUTS, _to("initialisation", "xavier"), _times(0.1)),
    "dead_units": (*_USUAL_START, _times(0.1), _to("activation", "leaky_relu")),
    "divergence": (_times(0.1), *_USUAL_INPUTS, *_USUAL_START, _to("gradient_clip", 1.0)),
    "learning_rate_too_high": (_times(0.1), _times(1 / 3), _times(0.01)),
    "learning_rate_too_low": (_times(10), _times(100), _times(3)),
    "undertraining": (_as_long(3), _times(10)),
    "overfitting": (_to("train_size", 0), _to("weight_decay", 1e-4), _to("dropout", 0.5)),
    "symmetric_units": (*_USUAL_START, _to("initialisation", "xavier")),
    "inputs_not_normalised": _USUAL_INPUTS,
    "inputs_constant": _USUAL_INPUTS[::-1],
    "labels_at_chance": (_to("label_noise", 0.0),),
    "class_imbalance": (_to("majority_fraction", 0.0),),
    "frozen_layer": (*_USUAL_START, _times(10)),
    "batch_order": (_to("batch_order", "shuffled"),),
    "noise_too_strong": (_to("dropout", 0.0),),
}

# Tried whatever was found: a cause may leave no trace that a rule knows, and what people are taught is tested too.
_ANYWAY: tuple[Move, ...] = (
    _NO_DECAY,
    _DECOUPLED,
    _to("batch_order", "shuffled"),
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
    _to("dropout", 0.0),
    _to("label_noise", 0.0),
    _to("majority_fraction", 0.0),
    *_USUAL_START,
    *_USUAL_INPUTS,
    _to("batch_size", 64),
)


def proposals(recipe: Recipe, findings: Sequence[Finding], fixed: Sequence[str] = ()) -> tuple[Intervention, ...]:
    """One-field interventions on `recipe`, ranked: by the strength of the finding that points at them, then the rest.

    Changes that would change nothing, or that make no valid recipe, are left out, as are fields in `fixed` (the factor
    of a comparison is what is to be explained).
    """
    found: dict[tuple[str, Any], Intervention] = {}
    for finding, (field, value) in _candidates(findings):
        after = value(recipe)
        key = (field, after)
        if field in fixed or key in found or not _changes(recipe, field, after):
            continue
        change = Change(factor=field, before=getattr(recipe, field), after=after)
        found[key] = Intervention(changes=(change,), finding=finding)
    return tuple(found.values())


def _candidates(findings: Sequence[Finding]) -> Iterator[tuple[FindingName | None, Move]]:
    for finding in sorted(findings, key=lambda f: _RANK[f.strength]):
        for move in _AGAINST[finding.name]:
            yield finding.name, move
    for move in _ANYWAY:
        yield None, move


def _changes(recipe: Recipe, field: str, after: Any) -> bool:
    if after is None or after == getattr(recipe, field):
        return False
    if field in INERT and INERT[field][1](recipe):
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
    moves = [(field, value(recipe)) for field, value in _AGAINST[finding]]
    return any((change.factor, change.after) in moves for change in intervention.changes)
