"""A comparison in a notebook cell, and in a terminal."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from paribus.comparison.words.verdict_text import headline, verdict_words
from paribus.report.notebook import TEXT_WIDTH, comparison_html, comparison_text
from tests.factories import CASES, make_comparison
from tests.page.hostile import NAMES, hostile_comparison
from tests.page.page import read_page


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("case", CASES)
def test_the_fragment_has_verdict_table_and_curves(case: str, lang: str) -> None:
    comparison = make_comparison(case)
    page = read_page(comparison_html(comparison, lang))
    text = " ".join(page.text.replace("\u2060", "").split())  # without what keeps a number and its particle together
    for paragraph in verdict_words(comparison, lang).split("\n\n"):
        assert " ".join(paragraph.split()) in text
    assert headline(comparison, comparison.pairs[0], lang) in text
    assert len(page.rows) == 1 + len(comparison.arms)
    assert sum(1 for tag, name, value in page.attributes if (tag, name, value) == ("svg", "class", "chart")) == 2


def test_without_curves_nothing_is_said_of_lines() -> None:
    comparison = make_comparison("lesson")
    bare = tuple(
        arm.model_copy(update={"runs": tuple(run.model_copy(update={"curves": {}}) for run in arm.runs)})
        for arm in comparison.arms
    )
    page = read_page(comparison_html(comparison.model_copy(update={"arms": bare}), "en"))
    assert "Thin lines" not in page.text
    assert "Thin lines" in read_page(comparison_html(comparison, "en")).text


def test_the_table_has_the_comparisons_figures() -> None:
    comparison = make_comparison("lesson")
    rows = read_page(comparison_html(comparison, "en")).rows
    relu = comparison.judged(comparison.arms[1])
    assert rows[2][:3] == ["ReLU", "6 of 6", f"{100 * relu.mean:.1f} %"]
    assert rows[2][3] == f"{100 * relu.low:.1f} % to {100 * relu.high:.1f} %"


def test_its_style_touches_nothing_outside_it() -> None:
    style = read_page(comparison_html(make_comparison("lesson"), "en")).style
    selectors = re.sub(r"/\*.*?\*/|\{[^}]*\}", "", style, flags=re.DOTALL)
    for selector in filter(None, re.split(r"[,\n]", selectors)):
        assert ".paribus-card" in selector, selector


def test_two_comparisons_on_one_page_share_no_id() -> None:
    ids = [
        value
        for case in ("lesson", "open")
        for _, name, value in read_page(comparison_html(make_comparison(case), "en")).attributes
        if name == "id"
    ]
    assert len(ids) == len(set(ids)) == 8


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_stay_names(name: str) -> None:
    hostile = hostile_comparison(make_comparison("fair"), name)
    page, plain = (read_page(comparison_html(c, "en")) for c in (hostile, make_comparison("fair")))
    assert page.tags == plain.tags
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e]", comparison_text(hostile, "en"))


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("case", CASES)
def test_the_text_fits_its_width_and_its_columns_align(case: str, lang: str) -> None:
    lines = comparison_text(make_comparison(case), lang).splitlines()
    assert all(cell_len(line) <= TEXT_WIDTH for line in lines)
    heading = next(line for line in lines if line.startswith("Arm " if lang == "en" else "조건 "))
    table = lines[lines.index(heading) : lines.index(heading) + 1 + len(make_comparison(case).arms)]
    starts = {cell_len(line[: re.search(r"\S  +", line).end()]) for line in table}
    assert len(starts) == 1, table


def test_the_text_has_the_difference_and_its_p() -> None:
    (pair,) = make_comparison("lesson").pairs
    text = comparison_text(make_comparison("lesson"), "en")
    assert re.search(rf"ReLU − Sigmoid +\+{100 * pair.difference:.2f} +0\.002", text)
    assert text.startswith("Activation: Sigmoid or ReLU?\n\nSigmoid trained in 0 of 6 runs")
