"""Nothing outside `programs/` knows which program it has, or speaks of what only the built-in one is about."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import paribus

SOURCE = Path(paribus.__file__).parent
FILES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
WORDS = re.compile(r"lenet|accurac|image|pixel|(?<!is)(?<!_)\bdigits?\b|class_names|confusion", re.IGNORECASE)

# What judges any program. What shows (report, page, web, command line) still has parts that only recipes need.
SHARED = ("core/", "records/", "words/", "runs/", "comparison/", "maps/", "figures/", "terminal/")
SHARED += tuple(f"diagnosis/{name}.py" for name in ("search", "screening", "judgement", "subject", "trial_runner"))
# Spoken of where the words mean something else: the digits of a number, a picture in a file.
MEANT = {
    "core/field_text.py",
    "figures/matplotlib_marks.py",
    "figures/png.py",
    "figures/specification.py",
    "words/translation.py",
    "words/korean.py",
    "figures/svg_marks.py",
    "comparison/words/margins.py",
    "runs/store/comparisons.py",
    "runs/store/safe_names.py",
}


# The recipe's own that shared files still hold: a list that only gets shorter.
NOT_YET = {"records/activation_claims.py"}
# What was written by versions that had only recipes is read as it was written.
OLD_DOCUMENTS = {"runs/store/migrations.py"}


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith(SHARED)])
def test_no_file_speaks_of_what_only_the_built_in_program_knows(file: str) -> None:
    spoken = sorted(set(WORDS.findall((SOURCE / file).read_text(encoding="utf-8"))))
    assert spoken == [] or file in MEANT | OLD_DOCUMENTS | NOT_YET


@pytest.mark.parametrize("file", [file for file in FILES if not file.startswith("programs/")])
def test_nothing_asks_which_program_it_has(file: str) -> None:
    tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
    asked = [node for node in ast.walk(tree) if _asks_for_a_kind(node) or _looks_into_a_program(node)]
    assert [ast.unparse(node) for node in asked] == []


def _asks_for_a_kind(node: ast.AST) -> bool:
    """`program.kind == ...`, `info.name == ...`."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    compared = [side for side in sides if isinstance(side, ast.Attribute) and side.attr in ("kind", "name")]
    return any(_is_program(side.value) for side in compared) and isinstance(node.ops[0], ast.Eq | ast.NotEq)


def _looks_into_a_program(node: ast.AST) -> bool:
    """`isinstance(program, ...)`, `hasattr(program, ...)`."""
    called = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "hasattr")
    )
    return called and bool(node.args) and _is_program(node.args[0])  # type: ignore[attr-defined]


def _is_program(node: ast.AST) -> bool:
    names = [part.id if isinstance(part, ast.Name) else getattr(part, "attr", "") for part in ast.walk(node)]
    return any(name in ("program", "info", "_program") for name in names)
