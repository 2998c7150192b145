"""Why, as a part of the report: complete, inert whatever names hold, and readable."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paribus.core.errors import StoreError
from paribus.diagnosis.words import explanation as wording  # `tested_words` by itself would be taken for a test
from paribus.figures.interventions import learning_curve_figure
from paribus.programs.recipe.info import RECIPE
from paribus.records.comparison import Comparison
from paribus.records.intervention import LearningCurve
from paribus.report.contents import ReportContents
from paribus.report.page import render, write_report
from paribus.words.metric_format import measure_of
from paribus.words.translation import LANGUAGES, Lang
from tests.diagnosis.explanations import EVERY_KIND, an_effect, an_explanation
from tests.factories import make_comparison
from tests.figures.specifications import marks_of
from tests.page.hostile import NAMES, hostile_comparison
from tests.page.opened import CONTRASTS, OVERFLOWING, Opened
from tests.page.page import Page, read_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def why(comparison: Comparison, lang: str = "en", fair: Comparison | None = None) -> str:
    explanation = an_explanation(*EVERY_KIND, comparison=comparison, fair=fair)
    html = render(comparison, lang, ReportContents(explanation=explanation))
    return html[html.index('<section aria-labelledby="why"') : html.index("</section>", html.index('id="why"')) + 10]


def plain(page: Page) -> str:
    return " ".join(page.text.split()).replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_intervention_stands_once_under_what_it_came_to(lang: Lang) -> None:
    comparison = make_comparison("lesson")
    page = read_page(why(comparison, lang))
    text = plain(page)
    for tested in EVERY_KIND:
        assert text.count(wording.tested_words(tested, RECIPE, lang)) == 1
    explanation = an_explanation(*EVERY_KIND, comparison=comparison)
    assert wording.explanation_headline(explanation, comparison, lang) in text
    for section in wording.explanation_sections(explanation, comparison, lang):
        if section.role in ("symptoms", "saturation", "together", "effort"):
            assert all(sentence in text for sentence in section.sentences)
    assert [value for tag, name, value in page.attributes if name == "class" and value.startswith("branch ")] == [
        f"branch {tested.kind}" for tested in EVERY_KIND[:5]
    ]
    assert page.tags.count("svg") == len(EVERY_KIND)  # one was not run, and one shows them all, to be saved
    assert [row[0] for row in page.rows if len(row) == 4][1:] == ["Sigmoid", "ReLU"] or lang == "ko"


def test_both_verdicts_and_every_claim_are_there() -> None:
    text = plain(read_page(why(make_comparison("lesson"))))
    assert "Under the recipe ReLU is better than sigmoid: trained in 6 of 6 runs, against 0" in text
    assert "With weight decay 0.1 → 0 in all arms ReLU is better than sigmoid" in text
    assert "It converges faster holds" in text
    assert "It is cheaper to compute open" in text
    assert "Timed on the kernel native-avx512 (cpu), and on no other." in text


def test_a_report_without_an_explanation_has_no_such_part() -> None:
    assert 'id="why"' not in render(make_comparison("lesson"), "en")


@cache
def named(name: str) -> Page:
    comparison = hostile_comparison(make_comparison("fair"), name)
    return read_page(why(comparison, fair=comparison))


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_names(name: str) -> None:
    page, other = named(name), named("plain")
    assert page.tags == other.tags
    assert [n for _, n, _ in page.attributes] == [n for _, n, _ in other.attributes]


def test_an_explanation_of_other_arms_is_refused() -> None:
    contents = ReportContents(explanation=an_explanation(*EVERY_KIND, comparison=make_comparison("lesson")))
    with pytest.raises(StoreError, match='an arm "sigmoid"'):
        render(make_comparison("open"), "en", contents)


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "width", "theme"), [("ko", 360, "dark"), ("en", 1440, "light")])
def test_it_is_readable_and_fits(browser: Browser, tmp_path: Path, lang: str, width: int, theme: str) -> None:
    comparison = make_comparison("lesson")
    contents = ReportContents(explanation=an_explanation(*EVERY_KIND, comparison=comparison))
    file = write_report(comparison, tmp_path / "report.html", lang, contents)
    with Opened(browser, file, width=width, theme=theme) as opened:
        opened.page.evaluate("() => document.querySelectorAll('.why details').forEach((d) => { d.open = true })")
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width
        assert opened.page.evaluate(OVERFLOWING) == []
        assert [found for found in opened.page.evaluate(CONTRASTS) if found[0] < 4.5] == []
        assert opened.noise == []


def test_every_intervention_that_was_run_has_its_curve_on_one_scale() -> None:
    comparison = make_comparison("lesson")
    explanation = an_explanation(*EVERY_KIND, comparison=comparison)
    rising = LearningCurve(before=(0.1, 0.1, 0.1), after=(0.1, 0.5, 0.9))
    curves = (rising, rising, None, LearningCurve(before=(0.1,), after=(0.2,)), rising, None)
    html = render(comparison, "en", ReportContents(explanation=explanation, curves=curves))
    drawn = re.findall(r'<svg [^>]*class="learned".*?</svg>', html)
    assert len(drawn) == 4
    assert 'aria-label="Validation accuracy after each epoch. Without the change: 10.0 %, 10.0 %, 10.0 %.' in drawn[0]
    rings = {re.findall(r'cy="([\d.]+)"[^>]*class="before"', svg)[0] for svg in drawn}
    assert len(rings) == 1, "the unchanged runs are at 10 % in all of them, whatever their length"
    assert len(re.findall(r'<svg [^>]*class="effect"', html)) == 1, "the one whose runs are gone keeps its bar"
    assert "1 change has no curve, since its runs are no longer in the store." in html
    assert '"courses": {"columns"' in html or '"courses":{"columns"' in html


def test_a_curve_has_both_means_from_0_to_100_percent_and_the_interval_at_its_end() -> None:
    seen = an_effect(0.1, 0.9, epochs=3, seeds=3, trained=(0, 3))
    curve = LearningCurve(before=(0.1, 0.1, 0.1), after=(0.1, 0.5, 0.9))
    spec = learning_curve_figure(curve, seen, "cause", measure_of(RECIPE.steering, "en"))
    (without,), (changed,), (interval,) = marks_of(spec, "without"), marks_of(spec, "with"), marks_of(spec, "interval")
    assert without.points == ((1, 0.1), (2, 0.1), (3, 0.1))
    assert changed.points == ((1, 0.1), (2, 0.5), (3, 0.9))
    assert interval.points == ((3, 0.1 + seen.low), (3, 0.1 + seen.high))
    (panel,) = spec.panels()
    assert (panel.y.low, panel.y.high, panel.y.labels) == (0, 1, ("0 %", "", "100 %"))


def test_an_explanation_of_an_earlier_version_says_why_it_has_no_curves() -> None:
    assert "did not keep the names of its runs. Ask why again" in why(make_comparison("lesson"))
