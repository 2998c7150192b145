"""`paribus diff`: where two runs or two recipes differ."""

from __future__ import annotations

import argparse
from typing import Any

from paribus.cli.command_context import print_json, screen, value_text
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.programs.recipe.recipe_lookup import is_recipe_name
from paribus.programs.recipe.recipe_lookup import recipe as recipe_for
from paribus.runs.planning import store_at
from paribus.runs.store import Store, differences


def diff(options: argparse.Namespace) -> None:
    """Field by field, where two runs or two recipes differ."""
    found = _differing(options)
    if options.json:
        print_json({kind: {f: list(pair) for f, pair in fields.items()} for kind, fields in found.items()})
        return
    out = screen(options)
    rows = [
        [kind, field, value_text(a), value_text(b)]
        for kind, fields in found.items()
        for field, (a, b) in fields.items()
    ]
    if rows:
        out.table([out.words.text("Of"), out.words.text("What"), options.a, options.b], rows)
    else:
        out.paragraph(out.words.text("No difference."))


def _differing(options: argparse.Namespace) -> dict[str, dict[str, tuple[Any, Any]]]:
    a, b = options.a, options.b
    if is_recipe_name(a) or is_recipe_name(b):
        return {"recipe": _recipe_of(a, options).differences(_recipe_of(b, options))}
    store = Store(store_at(options.out))
    return differences(store.open_run(a).record(), store.open_run(b).record())


def _recipe_of(name: str, options: argparse.Namespace) -> Recipe:
    return (
        recipe_for(name)
        if is_recipe_name(name)
        else recipe_of(Store(store_at(options.out)).open_run(name).record().fields)
    )
