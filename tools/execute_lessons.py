"""Build the lessons' notebooks from their sources: exercises as they are, solutions with the outputs of a whole run.

    python tools/execute_lessons.py              trains what ./paribus-lab lacks
    python tools/execute_lessons.py --out STORE  the same with another store
    python tools/execute_lessons.py --exercises  only the exercises, which need no run

Outputs name no folder of this machine: the store is called paribus-lab in them, as where nobody chooses another.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from paribus.lesson.build import lessons, notebook
from paribus.words.languages import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "lessons"


def path_of(lesson: str, lang: str, *, solved: bool) -> Path:
    """Where a notebook lies."""
    return FOLDER / f"{lesson}{'-solution' if solved else ''}.{lang}.ipynb"


def executed(lesson: str, lang: str, store: Path, folder: Path, parameters: Mapping[str, Any] | None = None) -> Any:
    """A solution with the outputs of a run in `folder`; what its cell `parameters` sets may be replaced.

    Raises nbclient's CellExecutionError where a cell fails, and ValueError where one writes to stderr.
    """
    made = nbformat.from_dict(notebook(lesson, lang, solved=True))  # type: ignore[no-untyped-call]
    if parameters is not None:
        cell = next(cell for cell in made.cells if cell.id == "parameters")
        cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    described = made.metadata.copy()
    client = NotebookClient(made, timeout=None, record_timing=False, resources={"metadata": {"path": str(folder)}})
    client.execute(env={**os.environ, "PARIBUS_OUT": str(store)})
    made.metadata = described  # the kernel adds its own version
    for cell in made.cells:
        if "outputs" in cell:  # a bar of progress leaves an empty one
            cell.outputs = [one for one in cell.outputs if one.get("data") != {"text/plain": ""}]
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise ValueError(f"{lesson}.{lang} wrote to stderr: {output['text']}")
    return _without_paths(made, {str(store.resolve()): "paribus-lab", str(folder.resolve()): "."})


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


def text_of(made: Any) -> str:
    """A notebook as its file has it."""
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(words: list[str]) -> int:
    """Write all notebooks; returns the exit status."""
    parser = argparse.ArgumentParser(description="Build the lessons' notebooks, and run the solutions.")
    parser.add_argument("--out", type=Path, default=Path("paribus-lab"), help="the store (./paribus-lab)")
    parser.add_argument("--exercises", action="store_true", help="write the exercises alone")
    options = parser.parse_args(words)
    wanted = [(lesson, lang) for lesson in lessons() for lang in LANGUAGES]
    for lesson, lang in wanted:
        path_of(lesson, lang, solved=False).write_text(text_of(notebook(lesson, lang)), encoding="utf-8")
    for lesson, lang in () if options.exercises else wanted:
        with tempfile.TemporaryDirectory() as folder:
            made = executed(lesson, lang, options.out.resolve(), Path(folder))
        path = path_of(lesson, lang, solved=True)
        path.write_text(text_of(made), encoding="utf-8")
        print(path.relative_to(ROOT), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
