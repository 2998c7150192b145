"""What a program adds to the words and the JSON of a comparison: found by its kind, and without running any of it."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from paribus.presentation.translation import Words
from paribus.values.program import ProgramInfo

# Kind -> the module that knows it. Others have nothing of their own to add.
_VIEWS = {"recipe": "paribus.programs.recipe.view"}


class ProgramView(Protocol):
    """What only this kind of program says of its comparisons."""

    def map_json(self, view: dict[str, Any]) -> dict[str, Any]:
        """A map's object of docs/json.md with the program's own keys beside those that every program has."""

    def explanation_json(self, view: dict[str, Any]) -> dict[str, Any]:
        """An explanation's, in the same way."""

    def deficit(self, program: ProgramInfo, words: Words) -> str:
        """What the search counts deficits in, in a word or two."""


class _Plain:
    """A program that adds nothing."""

    def map_json(self, view: dict[str, Any]) -> dict[str, Any]:
        return view

    def explanation_json(self, view: dict[str, Any]) -> dict[str, Any]:
        return view

    def deficit(self, program: ProgramInfo, words: Words) -> str:
        return program.steering.label.text(words.lang)


def program_view(program: ProgramInfo) -> ProgramView:
    """What this program adds."""
    name = _VIEWS.get(program.kind)
    return _Plain() if name is None else cast(ProgramView, import_module(name))
