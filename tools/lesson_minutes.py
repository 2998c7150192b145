"""How long the machine works in each part of a lesson: its solution is run whole, in a store of its own.

    python tools/lesson_minutes.py            the main lesson
    python tools/lesson_minutes.py practice   another one

A line a part, the whole at the end. docs/teaching.md has these figures, of two cores that did nothing else.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import nbformat
from nbclient import NotebookClient

from paribus.lesson.build import notebook


def main(words: list[str]) -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(description="How long the machine works in each part of a lesson.")
    parser.add_argument("lesson", nargs="?", default="lenet", help="its name (lenet)")
    lesson = parser.parse_args(words).lesson
    made = nbformat.from_dict(notebook(lesson, "en", solved=True))  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(made, timeout=None, resources={"metadata": {"path": folder}})
        client.execute(env={**os.environ, "PARIBUS_OUT": f"{folder}/paribus-lab"})
    parts = list(seconds_by_part(made))
    for title, seconds in [*parts, ("the whole", sum(seconds for _, seconds in parts))]:
        print(f"{seconds:6.1f} s  {title}")
    return 0


def seconds_by_part(made: Any) -> Iterator[tuple[str, float]]:
    """Each heading of a notebook that was run, with the seconds of the cells below it."""
    title, seconds = "", 0.0
    for cell in made.cells:
        if cell.cell_type == "code":
            seconds += _seconds(cell.metadata["execution"])
        elif (line := cell.source.splitlines()[0]).startswith("#"):
            yield from [(title, seconds)] if title else []
            title, seconds = line.lstrip("# "), 0.0
    yield title, seconds


def _seconds(times: dict[str, str]) -> float:
    begun, ended = (datetime.fromisoformat(times[name]) for name in ("iopub.execute_input", "shell.execute_reply"))
    return (ended - begun).total_seconds()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
