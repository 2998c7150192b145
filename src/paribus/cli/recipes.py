"""`paribus recipes`: the built-in recipes, and every field."""

from __future__ import annotations

import argparse

from paribus.cli.command_context import print_json, screen, value_text
from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.recipe import FIELDS
from paribus.terminal.screen import Column

# Columns of a terminal below which the table of fields goes without what only explains them.
ROOM_FOR_NAMES = 110
ROOM_FOR_MEANINGS = 78


def recipes(options: argparse.Namespace) -> None:
    """The built-in recipes, and every field with its meaning, default and name in the user's language."""
    if options.json:
        print_json({name: recipe.model_dump(mode="json") for name, (recipe, _) in BUILT_IN.items()})
        return
    out = screen(options)
    words = out.words
    about = [[name, words.text(meaning)] for name, (_, meaning) in BUILT_IN.items()]
    out.table([words.text("Recipe"), words.text("Meaning")], about)
    out.blank()
    # Fields are there to be copied: where names or meanings leave them no room, those go.
    named, meant = out.console.width >= ROOM_FOR_NAMES, out.console.width >= ROOM_FOR_MEANINGS
    values = [Column(name, spare=place) for place, name in enumerate(BUILT_IN)]  # the last goes first
    columns: list[str | Column] = [words.text("Field"), *[words.text("Name")] * named]
    columns += [*values, *[words.text("Meaning")] * meant]
    rows = [
        [
            field,
            *[words.field(field)] * named,
            *(value_text(getattr(recipe, field)) for recipe, _ in BUILT_IN.values()),
            *[words.meaning(field)] * meant,
        ]
        for field in FIELDS
    ]
    out.table(columns, rows)
