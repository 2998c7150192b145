"""The report in a real browser: silent, self-contained, readable at every width and in both themes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paribus.figures.palette import PAGE_DARK, PAGE_LIGHT
from paribus.report.notebook import comparison_html
from tests.factories import evidence, make_comparison
from tests.page.opened import CONTRASTS, OVERFLOWING, Opened, written

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize(
    ("case", "lang"), [("lesson", "ko"), ("three_arms", "en"), ("diverged", "ko"), ("confounded", "en")]
)
def test_nothing_reaches_beyond_the_window(browser: Browser, tmp_path: Path, case: str, lang: str, width: int) -> None:
    with Opened(browser, written(tmp_path, make_comparison(case), lang), width=width) as opened:
        page = opened.page
        opened.mount_all()
        page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(OVERFLOWING) == []
        assert opened.noise == []


def test_it_is_silent_and_asks_nobody_for_anything(browser: Browser, tmp_path: Path) -> None:
    file = written(tmp_path, make_comparison("lesson"))
    with Opened(browser, file) as opened:
        opened.mount_all()
        assert opened.noise == []
        assert [url for url in opened.requests if not url.startswith("data:")] == [file.as_uri()]
        loaded = "() => [...document.images].map((image) => image.naturalWidth)"
        assert opened.page.evaluate(loaded) == [28] * len(evidence(make_comparison("lesson")).disagreements)


@pytest.mark.parametrize(("theme", "colour"), [("light", PAGE_LIGHT), ("dark", PAGE_DARK)])
@pytest.mark.parametrize("case", ["lesson", "three_arms"])
def test_every_text_is_readable_in_both_themes(
    browser: Browser, tmp_path: Path, case: str, theme: str, colour: str
) -> None:
    with Opened(browser, written(tmp_path, make_comparison(case)), theme=theme) as opened:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        background = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == f"rgb({red}, {green}, {blue})", "the policy let the style through"
        opened.mount_all()
        contrasts = opened.page.evaluate(CONTRASTS)
        assert len(contrasts) > 250
        assert [found for found in contrasts if found[0] < 4.5] == []


@pytest.mark.parametrize("width", [360, 719, 900, 1440])
def test_a_pairs_verdict_is_the_largest_text(browser: Browser, tmp_path: Path, width: int) -> None:
    with Opened(browser, written(tmp_path, make_comparison("lesson"), "ko"), width=width) as opened:
        for media in ("screen", "print"):
            opened.page.emulate_media(media=media)
            sizes = opened.page.evaluate(
                "() => [...document.querySelectorAll('body *:not(svg *)')].filter((e) => e.checkVisibility())"
                ".map((e) => [parseFloat(getComputedStyle(e).fontSize), e.tagName])"
            )
            sizes.sort(reverse=True)
            assert sizes[0][1] == "H1"
            assert sizes[1][0] < sizes[0][0]


def test_the_verdict_is_in_the_first_screen(browser: Browser, tmp_path: Path) -> None:
    with Opened(browser, written(tmp_path, make_comparison("lesson"), "ko"), width=360) as opened:
        box = opened.page.locator("h1").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 400


def test_a_chart_fits_its_column_at_a_size_that_one_can_read(browser: Browser, tmp_path: Path) -> None:
    for width in (360, 1440):
        with Opened(browser, written(tmp_path, make_comparison("fair")), width=width, scripts=False) as opened:
            scales = opened.page.evaluate(
                "() => [...document.querySelectorAll('svg.chart')].filter((e) => e.checkVisibility())"
                ".map((e) => 12 * e.getBoundingClientRect().width / e.viewBox.baseVal.width)"
            )
            assert len(scales) == 6, "each chart once, in the size for this window"
            assert all(10 <= size <= 18 for size in scales)


def test_printed_everything_folded_is_open_and_ink_is_dark(browser: Browser, tmp_path: Path) -> None:
    with Opened(browser, written(tmp_path, make_comparison("lesson")), theme="dark", width=800) as opened:
        folded = opened.page.locator("table.same")
        assert not folded.is_visible()
        opened.page.emulate_media(media="print", color_scheme="dark")
        assert folded.is_visible()
        assert opened.page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 33, 48)"


def test_it_can_be_walked_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    with Opened(browser, written(tmp_path, make_comparison("lesson"))) as opened:
        summary = opened.page.locator("summary").first
        summary.focus()
        opened.page.keyboard.press("Enter")
        assert opened.page.locator("details").first.get_attribute("open") is not None


@pytest.mark.parametrize("theme", ["", "vscode-dark"])
def test_a_notebooks_fragment_is_readable_in_its_theme(browser: Browser, tmp_path: Path, theme: str) -> None:
    file = tmp_path / "cell.html"
    html = comparison_html(make_comparison("three_arms"), "en")
    file.write_text(f"<!doctype html><meta charset=utf-8><body class='{theme}'>{html}", "utf-8")
    with Opened(browser, file, width=700) as opened:
        assert opened.page.evaluate("document.documentElement.scrollWidth") == 700
        assert [found for found in opened.page.evaluate(CONTRASTS) if found[0] < 4.5] == []
        assert opened.noise == []
