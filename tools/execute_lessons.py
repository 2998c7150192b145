"""Run the lesson's notebooks from top to bottom, and keep their outputs in them.

    python tools/execute_lessons.py              trains what ./paribus-lab lacks: 24 runs of 15 epochs
    python tools/execute_lessons.py --out STORE  the same with another store

Outputs name no folder of this machine: the store is called paribus-lab in them, as where nobody chooses another.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
LESSONS = tuple(sorted((ROOT / "lessons").glob("*.ipynb")))


def executed(lesson: Path, store: Path, folder: Path, parameters: Mapping[str, Any] | None = None) -> Any:
    """The notebook with the outputs of a run in `folder`; its cell tagged `parameters` may be replaced.

    Raises nbclient's CellExecutionError where a cell fails, and ValueError where one writes to stderr.
    """
    notebook = nbformat.read(lesson, as_version=4)  # type: ignore[no-untyped-call]
    if parameters is not None:
        cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
        cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    described = notebook.metadata.copy()
    client = NotebookClient(notebook, timeout=None, record_timing=False, resources={"metadata": {"path": str(folder)}})
    client.execute(env={**os.environ, "PARIBUS_OUT": str(store)})
    notebook.metadata = described  # the kernel adds its own version
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise ValueError(f"{lesson.name} wrote to stderr: {output['text']}")
    return _without_paths(notebook, {str(store.resolve()): "paribus-lab", str(folder.resolve()): "."})


def _without_paths(value: Any, names: Mapping[str, str]) -> Any:
    """The same notebook, with folders of this machine under other names."""
    if isinstance(value, str):
        for path, name in names.items():
            value = value.replace(path, name)
        return value
    if isinstance(value, list):
        return [_without_paths(item, names) for item in value]
    if isinstance(value, dict):
        return type(value)({key: _without_paths(item, names) for key, item in value.items()})
    return value


def main(words: list[str]) -> int:
    """Execute all lessons in place; returns the exit status."""
    parser = argparse.ArgumentParser(description="Run the lesson's notebooks and keep their outputs in them.")
    parser.add_argument("--out", type=Path, default=Path("paribus-lab"), help="the store (./paribus-lab)")
    store = parser.parse_args(words).out.resolve()
    with tempfile.TemporaryDirectory() as folder:
        for lesson in LESSONS:
            notebook = executed(lesson, store, Path(folder))
            nbformat.write(notebook, lesson)  # type: ignore[no-untyped-call]
            print(lesson.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
