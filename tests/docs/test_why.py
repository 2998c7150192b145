"""The chapter why.md: every finding has a section, whose command shows the finding and draws its picture."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

from paribus.cli.main import main
from paribus.diagnosis.findings.rules import RULES
from paribus.words.translation import translator
from tests.digits import write_digits
from tests.docs.markdown import ROOT

CHAPTER = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
KOREAN = (ROOT / "docs" / "why.ko.md").read_text(encoding="utf-8")
IMAGES = ROOT / "docs" / "images"
LARGEST = 60_000  # bytes of a picture


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("why_pictures", ROOT / "tools" / "why_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()
SYMPTOMS = TOOL.symptoms(CHAPTER)
# What the sections are of: a finding's name without what tells its two ends apart.
LABELS = [rule.label.partition(",")[0] for rule in RULES.values()]


def test_every_finding_has_a_section_with_one_command_and_one_picture() -> None:
    titles = [symptom.title.lower().partition(",")[0] for symptom in SYMPTOMS]
    assert sorted(titles) == sorted(set(LABELS))
    assert len({symptom.picture for symptom in SYMPTOMS}) == len(SYMPTOMS)


def test_every_finding_has_its_section_in_korean_under_its_korean_name() -> None:
    words = translator("ko")
    titles = [words.text(rule.label) for rule in RULES.values()]
    headings = re.findall(r"^### (.+)$", KOREAN.partition("\n## 증상\n")[2].partition("\n## ")[0], re.MULTILINE)
    named = [title for heading in headings for title in heading.split("와 ")]
    assert sorted(named) == sorted(titles)
    table = KOREAN.partition("| 증상 | 아니라고 할 수치 |\n|---|---|\n")[2].partition("\n\n")[0]
    assert [row.split(" | ")[0].removeprefix("| ") for row in table.splitlines()] == titles


def test_the_numbers_that_would_refute_a_rule_are_those_of_its_file() -> None:
    table = CHAPTER.partition("| refuted by |\n|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [f"| {rule.label} | {rule.refuted} |" for rule in RULES.values()]


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda symptom: symptom.picture)
def test_a_picture_is_small_and_stands_on_a_page_of_its_own_colour(symptom) -> None:
    path = IMAGES / symptom.picture
    assert path.stat().st_size < LARGEST
    drawing = ET.parse(path).getroot()
    first = next(drawing.iter("{http://www.w3.org/2000/svg}path"))
    assert first.get("style") == "fill: #ffffff"  # readable on a dark page too
    assert f"](images/{symptom.picture})" in CHAPTER


def test_a_slim_drawing_draws_the_same() -> None:
    whole = """<svg><!-- note -->
  <g id="text_1">
   <defs>
    <path id="Sans-41" d="M 10 20.123456
L 3 4
" transform="scale(0.015625)"/>
   </defs>
   <use xlink:href="#Sans-41" transform="translate(1.005625 -2.5)"/>
  </g>
</svg>
"""
    slim = TOOL.slim(whole)
    assert "note" not in slim
    assert '<path id="s0" d="M 10 20.12 L 3 4 " transform="scale(0.015625)"/>' in slim
    assert '<use xlink:href="#s0" transform="translate(1.01 -2.5)"/>' in slim


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("why")
    for name, body in TOOL.files(CHAPTER).items():
        (made / name).write_text(body, encoding="utf-8")
    write_digits(made / "digits", 4000)
    return made


def quick(command: str, drawn: set[str]) -> list[str]:
    """The command's words on a part of MNIST, and without the figure where its kind was drawn before.

    To answer all of MNIST takes longer than most of these trainings. A rare class needs it.
    """
    line, _, kind = command.partition(" --figure ")
    words = shlex.split(line)[1:]
    if "majority_fraction" not in line:
        words += ["--set", "dataset=digits"]
    if "validation_fraction" not in line:
        words += ["--set", "validation_fraction=0.1"]
    if kind not in drawn:
        words += ["--figure", kind]
    drawn.add(kind)
    return words


@pytest.fixture(scope="module")
def drawn() -> set[str]:
    return set()


@pytest.mark.slow
@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda symptom: symptom.picture)
def test_a_command_shows_its_symptom_and_draws_it(
    symptom, folder: Path, drawn: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process: what a new one loads takes longer than most of these trainings."""
    monkeypatch.chdir(folder)
    words = quick(symptom.command, drawn)
    with pytest.raises(SystemExit) as end:
        main([*words, "--out", str(folder / "store"), "--lang", "en"])
    said = capsys.readouterr()
    assert end.value.code == 0, said.err
    found = said.out.partition("\nSymptoms\n")[2]
    title = symptom.title.lower().partition(",")[0]
    for english in (rule.label for rule in RULES.values() if rule.label.partition(",")[0] == title):
        assert f"· {english[:1].upper()}{english[1:]} (" in found
    if "--figure" in words:
        assert Path(found.partition("Figure: ")[2].strip()).is_file()
