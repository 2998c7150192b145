"""A map as the JSON object of docs/json.md."""

from __future__ import annotations

from typing import Any

from paribus.presentation.json_view import JSON_SCHEMA, strict
from paribus.presentation.map_words import cell_words, map_words
from paribus.values.map import MapCell, VerdictMap


def map_json(made: VerdictMap) -> dict[str, Any]:
    """The object that `paribus map --json` prints: strict JSON."""
    fields = made.model_dump(exclude={"schema_number", "cells"})
    view = {
        "schema": JSON_SCHEMA,
        **fields,
        "cells": [_cell(made, cell) for cell in made.cells],
        "text": {"en": map_words(made, "en"), "ko": map_words(made, "ko")},
    }
    return {name: strict(value) for name, value in view.items()}


def _cell(made: VerdictMap, cell: MapCell) -> dict[str, Any]:
    text = {"en": cell_words(made, cell, "en"), "ko": cell_words(made, cell, "ko")}
    return {**cell.model_dump(), "text": text}
