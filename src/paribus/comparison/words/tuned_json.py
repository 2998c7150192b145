"""Arms at their best as the JSON object of docs/json.md."""

from __future__ import annotations

from typing import Any

from paribus.comparison.words.json_view import comparison_json, strict
from paribus.comparison.words.tuned import tuned_words
from paribus.records.comparison import Comparison
from paribus.records.tuned import Try, Tuned, TunedArm
from paribus.words.translation import in_each_language


def tuned_json(same: Comparison, tuned: Tuned) -> dict[str, Any]:
    """How settings were sought, every arm's tries, and the `comparison` of the arms at their best."""
    made = {
        "metric": tuned.metric.text,
        "fields": [field.model_dump() for field in tuned.fields],
        "seed_list": tuned.seeds,
        "tries": tuned.tries,
        "sampler": tuned.sampler,
        "arms": [_arm(arm) for arm in tuned.arms],
        "comparison": comparison_json(tuned.comparison),
        "text": in_each_language(lambda lang: "\n\n".join(tuned_words(same, tuned, lang))),
    }
    found: dict[str, Any] = strict(made)
    return found


def _arm(arm: TunedArm) -> dict[str, Any]:
    return {
        "name": arm.arm,
        "fields": arm.fields,
        "whole": arm.whole,
        "best": _try(arm.chosen),
        "edges": [edge.model_dump() for edge in arm.edges],
        "tries": [_try(one) for one in arm.tries],
    }


def _try(one: Try) -> dict[str, Any]:
    return one.model_dump()
