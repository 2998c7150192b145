"""Comparisons as they were written before there were programs: each was of recipes, judged on test accuracy."""

from __future__ import annotations

from typing import Any

from paribus.runs.store.record_steps import RECIPE

Json = dict[str, Any]

_CURVES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
_FINAL = ("test_accuracy", "test_loss")


def comparison_of_any_program(old: Json) -> Json:
    """A comparison was of recipes, judged on test accuracy."""
    evidence = {name: old.pop(name) for name in ("disagreements", "class_names", "prior_entropy", "test_count")}
    evidence["confusion"] = {arm["name"]: arm.pop("confusion") for arm in old["arms"]}
    items = evidence["test_count"]
    metric = {**RECIPE["metrics"][0], "items": items, "resolution": 1 / items}
    return {
        **old,
        "program": RECIPE,
        "metric": metric,
        "arms": [_arm(arm) for arm in old["arms"]],
        "pairs": _pairs(old["pairs"]),
        "evidence": evidence,
    }


def _arm(arm: Json) -> Json:
    accuracy, fields = arm.pop("test_accuracy"), arm.pop("recipe")
    return {
        **arm,
        "fields": fields,
        "figures": {} if accuracy is None else {"test_accuracy": accuracy},
        "runs": [_run(run) for run in arm["runs"]],
    }


def _run(run: Json) -> Json:
    figures = {name: value for name in _FINAL if (value := run.pop(name)) is not None}
    return {"figures": figures, "curves": {name: run.pop(name) for name in _CURVES}, **run}


def _pairs(pairs: list[Json]) -> list[Json]:
    """With Holm's correction of the sign-flip p, which was made where it was printed."""
    order = sorted(range(len(pairs)), key=lambda i: 1.0 if pairs[i]["p"] is None else pairs[i]["p"])
    corrected, reached = dict.fromkeys(range(len(pairs)), 1.0), 0.0
    for rank, i in enumerate(order):
        reached = min(1.0, max(reached, (1.0 if pairs[i]["p"] is None else pairs[i]["p"]) * (len(pairs) - rank)))
        corrected[i] = reached
    return [
        {
            **reason_of_any_program({name: value for name, value in pair.items() if not name.startswith("images_")}),
            "metric": "test_accuracy",
            "items_low": pair["images_low"],
            "items_high": pair["images_high"],
            "p_sign_flip_holm": None if pair["p"] is None else corrected[i],
        }
        for i, pair in enumerate(pairs)
    ]


def reason_of_any_program(pair: Json) -> Json:
    """A difference is the reason where accuracy was."""
    return {**pair, "reason": {"accuracy": "difference"}.get(pair["reason"], pair["reason"])}
