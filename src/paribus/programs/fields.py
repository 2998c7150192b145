"""The fields that people have names for: those of our own programs, found by a table, loaded when asked for."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import import_module

from paribus.core.fields import FieldSpec

_WHERE = (("paribus.programs.recipe.recipe", "SPECIFICATIONS"),)


@functools.cache
def known_fields() -> Mapping[str, FieldSpec]:
    """All of them, by name."""
    return {name: spec for module, table in _WHERE for name, spec in getattr(import_module(module), table).items()}
