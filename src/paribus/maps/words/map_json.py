"""A map as the JSON object of docs/json.md."""

from __future__ import annotations

from functools import partial
from typing import Any

from paribus.comparison.words.json_view import JSON_SCHEMA, SCHEMA_1_REASONS, program_json, strict
from paribus.maps.words.map_words import cell_words, map_words
from paribus.programs.view import program_view
from paribus.records.map import MapCell, VerdictMap
from paribus.words.translation import in_each_language


def map_json(made: VerdictMap) -> dict[str, Any]:
    """The object that `paribus map --json` prints: strict JSON."""
    own = made.model_dump(exclude={"schema_number", "program", "cells"})
    view = {
        "schema": JSON_SCHEMA,
        **program_json(made.program, made.metric),
        **own,
        "cells": [_cell(made, cell) for cell in made.cells],
        "text": in_each_language(partial(map_words, made)),
    }
    whole = program_view(made.program).map_json(view)
    return {name: strict(value) for name, value in whole.items()}


def _cell(made: VerdictMap, cell: MapCell) -> dict[str, Any]:
    text = in_each_language(partial(cell_words, made, cell))
    pairs = [{**pair.model_dump(), "reason": SCHEMA_1_REASONS.get(pair.reason, pair.reason)} for pair in cell.pairs]
    return {**cell.model_dump(), "pairs": pairs, "text": text}
