"""`paribus lesson`: an exercise as a notebook, and what students hand in."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from paribus.cli.command_context import language, print_json, screen
from paribus.core import atomic
from paribus.core.errors import ParibusError
from paribus.lesson.build import notebook
from paribus.lesson.collecting import alike, answered, as_csv, as_row, hand_in_files, remarks
from paribus.lesson.handing_in import HandIn, read
from paribus.terminal.screen import Column
from paribus.words.errors import error_words
from paribus.words.safe_text import one_line

DEFAULT = "lenet"


def lesson(options: argparse.Namespace) -> None:
    """One of its three actions."""
    {"new": new, "check": check, "collect": collect}[options.action](options)


def new(options: argparse.Namespace) -> None:
    """Write the notebook; a file that is there already is somebody's work, and stays."""
    if len(options.what) > 1:
        raise ParibusError("{command} takes one lesson", command="paribus lesson new", got=" ".join(options.what))
    name, lang = (options.what or [DEFAULT])[0], language(options)
    made = notebook(name, lang, solved=options.solution)
    path = Path(options.to or f"{name}{'-solution' if options.solution else ''}.{lang}.ipynb")
    if path.exists():
        raise ParibusError("{path}: there is such a file already; name another with --to", path=path)
    atomic.sweep(path.parent)
    # Not settled: one that is told of as refused must not be in the way when the command is given again.
    atomic.write_whole(path, (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode(), settled=False)
    out = screen(options)
    out.verbatim(out.words.text("Notebook:"), str(path))


def check(options: argparse.Namespace) -> None:
    """What each hand-in holds, and what is missing in it."""
    found = _read(options)
    if options.json:
        print_json([as_row(one) for one in found])
        return
    out = screen(options)
    for one in found:
        out.paragraph(f"{one_line(one.student, 30)}: {replace(one, lang=language(options))}", style="bold")
        out.items(remarks(one, out.words))


def collect(options: argparse.Namespace) -> None:
    """A table of all hand-ins: on the terminal, as CSV, as JSON. What cannot be read is named, and the rest goes on."""
    out, unread = screen(options), []
    found: list[HandIn] = []
    for path in hand_in_files(options.what):
        try:
            found.append(read(path))
        except ParibusError as error:
            unread.append(error_words(error, language(options)))
    if not found and not unread:
        raise ParibusError("there is no hand-in to read; name files or a folder with some", got=" ".join(options.what))
    found.sort(key=lambda one: one.student)
    rows = [as_row(one) for one in found]
    if options.json:
        print_json(rows)
    _table(options, found, out)
    for line in unread:
        out.paragraph(line)
    for names in alike(found):
        out.paragraph(out.words.text("The same figures, run for run: {names}.", names=names))
    if options.to:
        atomic.sweep(Path(options.to).parent)
        atomic.write_whole(Path(options.to), as_csv(rows))
        out.verbatim(out.words.text("Table:"), options.to)


def _table(options: argparse.Namespace, found: Sequence[HandIn], out: Any) -> None:
    words = out.words
    columns: list[str | Column] = [
        words.text("Student"),
        Column(words.text("Steps right"), "right"),
        Column(words.text("Answers"), "right"),
        words.text("Brier scores"),
        words.text("Outcomes"),
        words.text("Remarks"),
    ]
    rows = [
        [
            one_line(one.student, 30),
            f"{one.right}/{len(one.checks)}",
            f"{answered(one)}/{len(one.answers)}",
            one_line(", ".join(f"{score:.2f}" for score in one.scores.values())),
            one_line(", ".join(str(result["outcome"]) for result in one.results.values())),
            " ".join(remarks(one, words)),
        ]
        for one in found
    ]
    out.table(columns, rows)


def _read(options: argparse.Namespace) -> list[HandIn]:
    if not options.what:
        raise ParibusError("there is no hand-in to read; name files or a folder with some")
    return [read(path) for path in hand_in_files(options.what)]
