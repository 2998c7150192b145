"""What CONTRIBUTING says that an addition touches is what the last one of its kind touches."""

from __future__ import annotations

import re

from paribus.diagnosis.findings.rules import RULES
from tests.docs.markdown import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = {
    name: (int(count), re.findall(r"`((?:src|docs)/[^`]+)`", which))
    for name, count, which in re.findall(r"^\| (an? [\w -]+) \| (\d+) \| (.+) \|$", TEXT, re.MULTILINE)
}


def naming(word: str) -> set[str]:
    """The files of the source and the documents that have this word: each place that knows the thing by its name."""
    found = set()
    for folder, ends in (("src", (".py", ".js", ".hpp", ".cpp", ".j2", ".po")), ("docs", (".md",))):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in ends and re.search(rf"\b{word}\b", path.read_text(encoding="utf-8")):
                found.add(path.relative_to(ROOT).as_posix())
    return found


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


def test_an_activation_is_named_where_the_recipe_says_and_nowhere_else() -> None:
    assert naming("silu") == set(ROWS["an activation"][1])


def test_a_rule_is_named_where_the_recipe_says() -> None:
    places = {place.replace("NAME", "symmetric_units") for place in ROWS["a finding rule"][1]}
    assert naming("symmetric_units") <= places
    chapter = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
    assert f"### {RULES['symmetric_units'].label.capitalize()}" in chapter  # documents call it by its label


def test_a_statistic_is_named_where_the_recipe_says() -> None:
    old = {"src/paribus/runs/store/migrations.py"}  # documents of earlier versions have it too
    assert naming("p_sign_flip_holm") - old <= set(ROWS["a statistic in the verdict"][1])


def test_the_one_data_format_is_read_where_the_recipe_says() -> None:
    places = {place.replace("NAME", "idx") for place in ROWS["a data format"][1]}
    published = {"src/paribus/programs/recipe/data/inventory.py"}  # verifies the sets that are published in this format
    assert naming("read_idx") - published <= places


def test_a_model_is_named_where_the_recipe_says() -> None:
    places = ROWS["a built-in model"][1]
    folder = next(place for place in places if "NAME" in place).replace("NAME", "mlp")
    files = naming("(mlp|MLP)")
    assert {path for path in files if not path.startswith(folder)} == {p for p in places if "NAME" not in p}
    assert any(path.startswith(folder) for path in files)
