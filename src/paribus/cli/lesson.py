"""`paribus lesson`: an exercise as a notebook, and what students hand in."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from paribus.cli.session import language, print_json, screen
from paribus.core.atomic import write_whole
from paribus.core.errors import ParibusError
from paribus.lesson.build import notebook
from paribus.lesson.handing_in import HandIn, read
from paribus.terminal.screen import Column
from paribus.words.errors import error_words
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, translator

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
    write_whole(path, (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode())
    out = screen(options)
    out.verbatim(out.words.text("Notebook:"), str(path))


def check(options: argparse.Namespace) -> None:
    """What each hand-in holds, and what is missing in it."""
    found = _read(options)
    if options.json:
        print_json([_row(one) for one in found])
        return
    out = screen(options)
    for one in found:
        out.paragraph(f"{one_line(one.student, 30)}: {replace(one, lang=language(options))}", style="bold")
        out.items(_remarks(one, out.words))


def collect(options: argparse.Namespace) -> None:
    """A table of all hand-ins: on the terminal, as CSV, as JSON. What cannot be read is named, and the rest goes on."""
    out, unread = screen(options), []
    found: list[HandIn] = []
    for path in _paths(options.what):
        try:
            found.append(read(path))
        except ParibusError as error:
            unread.append(error_words(error, language(options)))
    if not found and not unread:
        raise ParibusError("there is no hand-in to read; name files or a folder with some", got=" ".join(options.what))
    found.sort(key=lambda one: one.student)
    rows = [_row(one) for one in found]
    if options.json:
        print_json(rows)
    _table(options, found, out)
    for line in unread:
        out.paragraph(line)
    for names in _alike(found):
        out.paragraph(out.words.text("The same figures, run for run: {names}.", names=names))
    if options.to:
        write_whole(Path(options.to), _csv(rows))
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
            f"{_answered(one)}/{len(one.answers)}",
            one_line(", ".join(f"{score:.2f}" for score in one.scores.values())),
            one_line(", ".join(str(result["outcome"]) for result in one.results.values())),
            " ".join(_remarks(one, words)),
        ]
        for one in found
    ]
    out.table(columns, rows)


def _read(options: argparse.Namespace) -> list[HandIn]:
    if not options.what:
        raise ParibusError("there is no hand-in to read; name files or a folder with some")
    return [read(path) for path in _paths(options.what)]


def _paths(named: Sequence[str]) -> Iterator[Path]:
    for path in map(Path, named):
        yield from sorted(path.rglob("*.json")) if path.is_dir() else [path]


def _answered(one: HandIn) -> int:
    return sum(bool(answer.strip()) for answer in one.answers.values())


def _remarks(one: HandIn, words: Words) -> list[str]:
    """What a teacher may want to look at."""
    told = []
    if wrong := [step for step, ok in one.checks.items() if not ok]:
        told.append(words.text("Not right yet: {steps}.", steps=[one_line(step, 20) for step in wrong]))
    if _answered(one) < len(one.answers):
        told.append(words.text("Some questions are not answered."))
    if not one.whole:
        told.append(words.text("The file was changed after it was written."))
    return told


def _row(one: HandIn) -> dict[str, Any]:
    """A hand-in as a flat row."""
    return {
        "student": one.student,
        "lesson": one.lesson,
        "file": one.path,
        "steps_right": one.right,
        "steps": len(one.checks),
        "whole": one.whole,
        **{f"check_{step}": ok for step, ok in one.checks.items()},
        **{f"brier_{name}": round(score, 4) for name, score in one.scores.items()},
        **{f"outcome_{name}": result["outcome"] for name, result in one.results.items()},
        **{f"answer: {question}": answer for question, answer in one.answers.items()},
        **{f"version_{name}": version for name, version in one.versions.items()},
        "remarks": " ".join(_remarks(one, translator("en"))),
    }


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """With a mark by which spreadsheets know UTF-8; no cell begins as a formula does."""
    names = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(map(_inert, names)), restval="")
    writer.writeheader()
    writer.writerows({_inert(name): _inert(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _alike(found: Sequence[HandIn]) -> Iterator[list[str]]:
    """Students whose runs have the same figures throughout: one machine, or one file under two names."""
    kept: dict[str, list[str]] = {}
    for one in found:
        figures = json.dumps([result.get("runs") for result in one.results.values()], sort_keys=True)
        if one.results:
            kept.setdefault(figures, []).append(one_line(one.student, 30))
    yield from (names for names in kept.values() if len(names) > 1)
