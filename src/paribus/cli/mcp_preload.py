"""Imported by the server of `paribus mcp` and nobody else: what is made out here, none of its commands makes out."""

from __future__ import annotations

from importlib import import_module

from paribus.cli.referee import load_words
from paribus.core.frozen import Frozen
from paribus.runs.environment import describe

for _name in ("paribus.cli.main", "paribus.terminal.screen", "paribus.referee.commands"):
    import_module(_name)
load_words()


def _make_out(kind: type[Frozen]) -> None:
    """How the values below a kind are checked and written, which otherwise waits until each is needed."""
    for below in kind.__subclasses__():
        below.model_rebuild()
        _make_out(below)


_make_out(Frozen)
describe("cpu", "", "", 1)  # git is asked once
