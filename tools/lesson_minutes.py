"""How long the machine works in each part of a lesson: its solution is run whole, in a store of its own.

    python tools/lesson_minutes.py            the main lesson
    python tools/lesson_minutes.py practice   another one

A line a part as it ends, then the whole. docs/teaching.md has these figures.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator

import nbformat
from nbclient import NotebookClient

from paribus.lesson.build import lessons, notebook


def main(words: list[str]) -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(description="How long the machine works in each part of a lesson.")
    parser.add_argument("lesson", nargs="?", default="lenet", choices=lessons(), help="which (lenet)")
    lesson, whole = parser.parse_args(words).lesson, 0.0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PARIBUS_OUT"] = f"{folder}/paribus-lab"  # the kernel's, too
        for title, seconds in parts(lesson, folder):
            whole += seconds
            print(f"{seconds:6.1f} s  {title}", flush=True)
    print(f"{whole:6.1f} s  the whole")
    return 0


def parts(lesson: str, folder: str) -> Iterator[tuple[str, float]]:
    """Each heading of a lesson, once the cells below it have run, with their seconds."""
    made = nbformat.from_dict(notebook(lesson, "en", solved=True))  # type: ignore[no-untyped-call]
    client = NotebookClient(made, timeout=None, resources={"metadata": {"path": folder}})
    title, seconds = "", 0.0
    with client.setup_kernel():
        for place, cell in enumerate(made.cells):
            begun = time.perf_counter()
            client.execute_cell(cell, place)
            seconds += time.perf_counter() - begun
            if cell.cell_type == "markdown" and cell.source.startswith("#"):
                yield from [(title, seconds)] if title else []
                title, seconds = cell.source.splitlines()[0].lstrip("# "), 0.0
    yield title, seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
