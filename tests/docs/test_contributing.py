"""What CONTRIBUTING says that an addition touches is what the last one of its kind touches."""

from __future__ import annotations

import ast
import re

import pytest

from paribus.diagnosis.findings.rules import RULES
from tests.docs.markdown import ROOT
from tools.growth import LAST, naming

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "paribus"
ROWS = {
    name: (int(count), re.findall(r"`((?:src|docs)/[^`]+)`", which))
    for name, count, which in re.findall(r"^\| (an? [\w -]+) \| (\d+) \| (.+) \|$", TEXT, re.MULTILINE)
}


def test_every_place_is_there() -> None:
    asked = (
        "an activation",
        "a finding rule",
        "a statistic in the verdict",
        "a built-in model",
        "a data format",
        "a language",
    )
    assert set(asked) <= set(ROWS)
    for name, (count, places) in ROWS.items():
        assert count == len(places), name
        for place in places:
            folder = (ROOT / place.partition("NAME")[0]).parent if place.endswith("NAME.py") else ROOT / place
            assert (folder if "NAME" not in str(folder) else folder.parent).exists(), place


# What knows the last one by its name and need not be touched for the next.
BESIDE = {
    "an initialisation": {"src/paribus/programs/recipe/data/known.py"},  # LeCun's own page of MNIST
    "a statistic in the verdict": {"src/paribus/runs/store/migrations.py"},  # documents of earlier versions have it too
}
# What stands for NAME in the places of the table.
NAMES = {
    "a finding rule": "symmetric_units",
    "a data format": "image_folders",
    "a built-in model": "resnet",
    "a language": "ko",
}


@pytest.mark.parametrize("kind", LAST)
def test_the_last_one_of_a_kind_is_known_where_the_table_says_and_nowhere_else(kind: str) -> None:
    places = [place.replace("NAME", NAMES.get(kind, "NAME")) for place in ROWS[kind][1]]
    known = naming(LAST[kind]) - BESIDE.get(kind, set())
    assert known
    assert [
        path for path in known if not any(path == p or (p.endswith("/") and path.startswith(p)) for p in places)
    ] == []


def test_every_file_of_an_activation_or_a_model_is_needed() -> None:
    for kind in ("an activation", "an initialisation", "a built-in model"):
        assert len(ROWS[kind][1]) == len(naming(LAST[kind]) - BESIDE.get(kind, set()))


def test_a_rule_has_its_section() -> None:
    chapter = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
    assert f"### {RULES['symmetric_units'].label.capitalize()}" in chapter  # documents call it by its label


def test_no_code_names_a_language() -> None:
    """Only what reads documents of earlier versions, in which both had their places."""
    named = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == "ko"
    }
    assert named == {"runs/store/migrations.py"}
