"""Records and epochs of earlier versions, made what they are today: one small function a step, dict to dict.

What a step needs to know of the program of its time is written here: it stays as it was.
"""

from __future__ import annotations

from typing import Any

from paribus.records.program import Fields

Document = dict[str, Any]

_METRICS = (
    ("test_accuracy", "max", "share", "test accuracy", "테스트 정확도"),
    ("val_accuracy", "max", "share", "validation accuracy", "검증 정확도"),
    ("val_loss", "min", "nats", "validation loss", "검증 손실"),
    ("train_accuracy", "max", "share", "training accuracy", "훈련 정확도"),
    ("train_loss", "min", "nats", "training loss", "훈련 손실"),
)
RECIPE: Document = {
    "kind": "recipe",
    "name": "recipe",
    "metrics": [
        {"name": name, "direction": direction, "unit": unit, "label": {"en": en, "ko": ko}}
        for name, direction, unit, en, ko in _METRICS
    ],
    "steers": "val_accuracy",
    "judged": "test_accuracy",
    "length": "epochs",
}
_FIGURES = (
    "val_loss",
    "val_accuracy",
    "test_loss",
    "test_accuracy",
    "test_count",
    "prior_entropy",
    "output_spread",
)


def record_of_any_program(old: Document) -> Document:
    """Schema 2 to 3: only recipes were run, and their figures were fields of the record."""
    new = {name: value for name, value in old.items() if name not in (*_FIGURES, "recipe", "recipe_digest")}
    figures = {name: old[name] for name in _FIGURES if old.get(name) is not None}
    fields = old.get("recipe")
    digest = Fields(fields).digest() if isinstance(fields, dict) else ""
    trained = {"finished": _trained(figures), "diverged": False}.get(str(old.get("status")))
    return new | {
        "program": RECIPE,
        "fields": fields,
        "fields_digest": digest,
        "figures": figures,
        "trained": trained,
    }


def _trained(figures: Document) -> bool:
    """The decision rule's words of that time: 5 % below the best constant predictor, with an output that varies."""
    loss, prior, spread = (figures.get(name) for name in ("val_loss", "prior_entropy", "output_spread"))
    known = [value for value in (loss, prior, spread) if isinstance(value, int | float)]
    return len(known) == 3 and known[0] < known[1] * (1 - 0.05) and known[2] > 1e-3


def epoch_of_any_program(old: Document) -> Document:
    """The figures of an epoch were fields of the line."""
    if "figures" in old:
        return old
    kept = {name: old[name] for name in ("epoch", "seconds") if name in old}
    return kept | {"figures": {name: value for name, value in old.items() if name not in kept}}
