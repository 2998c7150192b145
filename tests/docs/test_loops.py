"""The chapter loops.md: its table is what the rules of mistakes say, in both languages."""

import pytest

from paribus.diagnosis.findings.mistakes import MISTAKES
from paribus.diagnosis.words.findings import finding_advice, finding_label, finding_sentence
from paribus.records.finding import Finding
from paribus.words.translation import translator
from tests.docs.markdown import ROOT

PLACES = {"en": "loops.md", "ko": "loops.ko.md"}


def row(name: str, lang: str) -> str:
    rule, words = MISTAKES[name], translator(lang)
    finding = Finding(name=name, strength="strong", layers=("fc1",), first_step=0, last_step=9, evidence=())
    shows = "; ".join(words.text(quantity.label) for quantity in rule.quantities.values())
    cells = [
        f"**{finding_label(name, lang)}**",
        finding_sentence(finding, lang),
        shows,
        finding_advice(finding, lang).replace("|", "\\|"),
    ]
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("lang", PLACES)
def test_the_table_is_what_the_rules_say(lang: str) -> None:
    chapter = (ROOT / "docs" / PLACES[lang]).read_text(encoding="utf-8")
    table = [line for line in chapter.splitlines() if line.startswith("| **")]
    assert table == [row(name, lang) for name in MISTAKES]


def test_the_numbers_that_would_refute_a_mistake_are_those_of_its_file() -> None:
    chapter = (ROOT / "docs" / "loops.md").read_text(encoding="utf-8")
    table = chapter.partition("| refuted by |\n|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [f"| {rule.label} | {rule.refuted} |" for rule in MISTAKES.values()]
