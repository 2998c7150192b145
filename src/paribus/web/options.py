"""What a recipe's form needs: each field with its words, kind, choices and limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paribus.core.fields import FieldSpec
from paribus.figures.palette import DASHES
from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.next_questions import ELSEWHERE, READY, Ready
from paribus.programs.recipe.recipe import SPECIFICATIONS
from paribus.web.comparison_request import Order
from paribus.words.translation import Words, in_each_language, translator


def options() -> dict[str, Any]:
    """The object of `GET /api/options`."""
    return {
        "fields": [_field(spec) for spec in SPECIFICATIONS.values()],
        "recipes": [{"name": name, "meaning": _said(Words.text, meaning)} for name, (_, meaning) in BUILT_IN.items()],
        "defaults": Order(factor="activation", values=("sigmoid", "relu")).model_dump(mode="json"),
        "ready": [_ready(one) for one in READY],
        "elsewhere": {
            name: {"recipe": to, "about": _said(Words.text, about)} for name, (to, about) in ELSEWHERE.items()
        },
        "dashes": [list(dash) for dash in DASHES],
    }


def _field(spec: FieldSpec) -> dict[str, Any]:
    words_too = spec.kind == "number" and spec.choices  # the initial bias: a number, or the word default
    return {
        "name": spec.name,
        "label": _said(Words.field, spec.name),
        "meaning": _said(Words.meaning, spec.name),
        "group": spec.about.group,
        "kind": "text" if words_too else spec.kind,
        "choices": list(spec.choices) if spec.kind == "choice" else [],
        "names": {value: _said(Words.value_name, spec.name, value) for value in spec.choices},
        "limits": spec.limits,
        "factor": spec.about.factor,
        "default": spec.default,
        **{recipe: getattr(built_in, spec.name) for recipe, (built_in, _) in BUILT_IN.items()},
    }


def _ready(one: Ready) -> dict[str, Any]:
    """A question as the form has it: values and settings are texts."""
    asked = {"factor": one.factor, "values": list(one.values), "recipe": one.recipe, "settings": dict(one.settings)}
    return {**asked, "about": _said(Words.text, one.about)}


def _said(say: Callable[..., str], *what: str) -> dict[str, str]:
    """One of the things that `Words` can say, in each language."""
    return in_each_language(lambda lang: say(translator(lang), *what))
