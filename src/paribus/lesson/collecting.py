"""Many hand-ins as a table: a row for each, what a teacher may want to look at, and who has the same figures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from paribus.core.bounded_read import files_below
from paribus.lesson.handing_in import HandIn
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, translator


def hand_in_files(named: Sequence[str]) -> Iterator[Path]:
    """The files that are named, and those of the folders that are. Raises OSError for a folder that cannot be read."""
    for path in map(Path, named):
        yield from [one for one in files_below(path) if one.suffix == ".json"] if path.is_dir() else [path]


def answered(one: HandIn) -> int:
    """How many questions have an answer."""
    return sum(bool(answer.strip()) for answer in one.answers.values())


def remarks(one: HandIn, words: Words) -> list[str]:
    """What a teacher may want to look at."""
    told = []
    if wrong := [step for step, ok in one.checks.items() if not ok]:
        told.append(words.text("Not right yet: {steps}.", steps=[one_line(step, 20) for step in wrong]))
    if answered(one) < len(one.answers):
        told.append(words.text("Some questions are not answered."))
    if not one.whole:
        told.append(words.text("The file was changed after it was written."))
    return told


def as_row(one: HandIn) -> dict[str, Any]:
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
        "remarks": " ".join(remarks(one, translator("en"))),
    }


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """With a mark by which spreadsheets know UTF-8; no cell begins as a formula does."""
    names = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(map(_inert, names)), restval="")
    writer.writeheader()
    writer.writerows({_inert(name): _inert(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def alike(found: Sequence[HandIn]) -> Iterator[list[str]]:
    """Students whose runs have the same figures throughout: one machine, or one file under two names."""
    kept: dict[str, list[str]] = {}
    for one in found:
        figures = json.dumps([result.get("runs") for result in one.results.values()], sort_keys=True)
        if one.results:
            kept.setdefault(figures, []).append(one_line(one.student, 30))
    yield from (names for names in kept.values() if len(names) > 1)
