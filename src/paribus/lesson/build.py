"""Lessons as notebooks: an exercise with blanks and its solution, in Korean and English, from one source.

A source is text. `%% md NAME` begins prose, with `[en]` and `[ko]` before each language; `%% code NAME` begins code
that both languages share, but for `⟦English|한국어⟧`. What stands between `### BEGIN SOLUTION` and `### END SOLUTION`
is left out of the exercise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError, nearest
from paribus.words.languages import LANGUAGES, SOURCE
from paribus.words.translation import translator

SOURCES = Path(__file__).with_name("sources")
_CELL = re.compile(r"^%% (md|code) ([a-z0-9-]+)\n", re.MULTILINE)
_LANGUAGE = re.compile(r"^\[(\w\w)\]\n", re.MULTILINE)
_EITHER = re.compile(r"⟦([^|⟧]*)\|([^⟧]*)⟧")
_SOLVED = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n(.*?)^[ \t]*### END SOLUTION\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """One cell of a source. kind: `md` or `code`."""

    kind: str
    name: str
    text: str


def lessons() -> tuple[str, ...]:
    """The names of all lessons."""
    return tuple(sorted(path.stem for path in SOURCES.glob("*.txt")))


def cells(lesson: str) -> tuple[Cell, ...]:
    """The cells of a lesson's source. Raises ParibusError where there is no such lesson."""
    if lesson not in lessons():
        hint = nearest(lesson, lessons())
        raise ParibusError("lesson must be one of {choices}", choices=lessons(), got=lesson, hint=hint)
    source = (SOURCES / f"{lesson}.txt").read_text(encoding="utf-8")
    marks = list(_CELL.finditer(source))
    ends = [mark.start() for mark in marks[1:]] + [len(source)]
    return tuple(Cell(m[1], m[2], source[m.end() : end].strip("\n") + "\n") for m, end in zip(marks, ends, strict=True))


def notebook(lesson: str, lang: str, *, solved: bool = False) -> dict[str, Any]:
    """A lesson as a notebook of format 4.5, without outputs. Raises ParibusError where there is none."""
    if lang not in LANGUAGES:
        raise ParibusError("{field} must be one of {choices}", field="lang", choices=LANGUAGES, got=lang)
    return {
        "cells": list(_cells(lesson, lang, solved)),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cells(lesson: str, lang: str, solved: bool) -> Iterator[dict[str, Any]]:
    blank = translator(lang).text("# your code")
    code_named = {cell.name for cell in cells(lesson) if cell.kind == "code"}
    for cell in cells(lesson):
        base: dict[str, Any] = {"id": cell.name, "metadata": {}}
        if cell.kind == "md":
            if cell.name in code_named:  # prose may be named as the code that it leads to; ids are all different
                base["id"] += "-text"
            yield {"cell_type": "markdown", **base, "source": _prose(cell, lang).strip("\n")}
            continue
        code = _EITHER.sub(lambda either: _said(either, lang), cell.text)
        code = _SOLVED.sub(r"\2" if solved else rf"\1...  {blank}\n", code)
        source = code.strip("\n")
        yield {"cell_type": "code", **base, "execution_count": None, "outputs": [], "source": source}


def _said(either: re.Match[str], lang: str) -> str:
    return either[1] if lang == SOURCE else either[2]


def _prose(cell: Cell, lang: str) -> str:
    parts = _LANGUAGE.split(cell.text)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    return said[lang]
