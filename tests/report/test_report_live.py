"""The report as one uses it, in a real browser: curves, keyboard, no barrier, without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paribus.figures.curves_view import curves_view
from paribus.report import write_report
from paribus.report.contents import ReportContents
from tests.diagnosis.explanations import EVERY_KIND, an_explanation
from tests.factories import make_comparison
from tests.map_cases import a_map
from tests.page.opened import Opened
from tests.report.lesson import answers

if TYPE_CHECKING:
    from playwright.sync_api import Browser


pytestmark = pytest.mark.browser


def test_curves_say_the_comparisons_values_at_the_epoch_that_keys_choose(browser: Browser, lesson: Path) -> None:
    view = curves_view(make_comparison("lesson"))
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        chart = opened.page.locator(".chart-canvas")
        chart.focus()
        said = lambda: chart.get_attribute("aria-valuetext") or ""  # noqa: E731
        for key, epoch in (("Home", 1), ("ArrowRight", 2), ("End", 15), ("ArrowLeft", 14)):
            opened.page.keyboard.press(key)
            relu = view.panel("val_accuracy").arms[1].band[epoch - 1]
            places = 2 if relu.high - relu.low < 0.01 else 1
            assert said().startswith(f"Epoch {epoch};")
            assert f"ReLU {100 * relu.mean:.{places}f} % ({100 * relu.low:.{places}f} %" in said()
        opened.page.get_by_role("button", name="Validation loss").click()
        assert f"Sigmoid {view.panel('val_loss').arms[0].band[-1].mean:.3f}" in said()
        opened.page.get_by_role("button", name="Sigmoid").click()
        assert "Sigmoid" not in said()
        assert opened.noise == []


def test_curves_are_looked_into_by_dragging_wheel_and_keys_and_shown_whole_again(
    browser: Browser, lesson: Path
) -> None:
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        page, chart = opened.page, opened.page.locator(".chart-canvas")
        whole = page.get_by_role("button", name="Whole range")
        assert whole.is_disabled()
        chart.scroll_into_view_if_needed()
        box = page.locator(".u-over").bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 0.2 * box["width"], middle)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.6 * box["width"], middle, steps=4)
        page.mouse.up()
        assert whole.is_enabled(), "dragging looks closer"
        page.mouse.dblclick(box["x"] + 0.5 * box["width"], middle)
        assert whole.is_disabled(), "a double click shows the whole"
        chart.focus()
        page.keyboard.press("+")
        assert whole.is_enabled()
        page.keyboard.press("0")
        assert whole.is_disabled()
        page.mouse.move(box["x"] + 0.5 * box["width"], middle)
        before = page.evaluate("scrollY")
        page.mouse.wheel(0, -240)
        page.wait_for_function("() => !document.querySelector('.toolbar button:nth-child(2):last-child').disabled")
        assert page.evaluate("scrollY") == before, "with the chart in focus a wheel does not scroll the page"
        whole.click()
        page.get_by_role("button", name="Training loss").click()
        log = page.get_by_role("button", name="Logarithmic axis")
        log.click()
        assert log.get_attribute("aria-pressed") == "true"
        page.get_by_role("button", name="Seed 3").click()
        assert opened.noise == []


PINCH = """(chart) => {
  const over = chart.querySelector('.u-over'), box = over.getBoundingClientRect();
  const finger = (kind, id, share) => over.dispatchEvent(new PointerEvent(kind, {
    pointerId: id, pointerType: 'touch', bubbles: true,
    clientX: box.left + share * box.width, clientY: box.top + box.height / 2,
  }));
  finger('pointerdown', 1, 0.45); finger('pointerdown', 2, 0.55);
  finger('pointermove', 1, 0.2); finger('pointermove', 2, 0.8);
  finger('pointerup', 1, 0.2); finger('pointerup', 2, 0.8);
}"""


def test_two_fingers_look_closer(browser: Browser, lesson: Path) -> None:
    with Opened(browser, lesson, width=360) as opened:
        opened.mount_all()
        chart = opened.page.locator(".chart-canvas")
        chart.evaluate(PINCH)
        whole = opened.page.get_by_role("button", name="Whole range")
        whole.click()
        assert whole.is_disabled()
        assert opened.noise == []


def test_every_control_is_reached_by_the_keyboard_and_seen_to_be(browser: Browser, lesson: Path) -> None:
    """Tab walks from the skip link to the last fold, once round; each stop shows where it is."""
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        opened.page.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
        seen: list[str] = []
        for _ in range(120):
            opened.page.keyboard.press("Tab")
            name, outline = opened.page.evaluate(
                """() => {
                  const at = document.activeElement, style = getComputedStyle(at);
                  const name = at.tagName + ' ' + (at.ariaLabel ?? at.textContent).trim().slice(0, 40);
                  return [at === document.body ? '' : name,
                    style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0];
                }"""
            )
            if not name or (seen and name == seen[0]):
                break
            assert outline, name
            seen.append(name)
        assert seen[0] == "A To the verdict"
        for wanted in (
            "BUTTON Validation loss",
            "BUTTON Seed 3",
            "BUTTON Save the figures as CSV",
            "DIV Validation accuracy.",
        ):
            assert any(name.startswith(wanted) for name in seen), wanted
        assert len([name for name in seen if name.startswith("BUTTON shows")]) == 2, "one cell of each matrix"
        assert opened.noise == []


@pytest.mark.parametrize(
    ("lang", "width", "theme"), [("en", 1440, "light"), ("ko", 360, "dark")], ids=["wide", "narrow"]
)
def test_axe_finds_no_barrier(browser: Browser, tmp_path: Path, lang: str, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    comparison = make_comparison("lesson")
    explanation = an_explanation(*EVERY_KIND, comparison=comparison)
    contents = ReportContents(tests=answers(comparison), explanation=explanation, verdict_map=a_map())
    file = write_report(comparison, tmp_path / "report.html", lang, contents)
    # axe is put in by the test, past the page's policy: the context must allow that.
    with Opened(browser, file, width=width, theme=theme) as opened:
        opened.mount_all()
        opened.page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true })")
        opened.page.locator(".confusion button[tabindex='0']").last.click()
        found = Axe().run(opened.page)
        faults = [(v["id"], n["html"][:120]) for v in found.response["violations"] for n in v["nodes"]]
        assert faults == []


def test_without_scripts_everything_that_is_drawn_is_there(browser: Browser, lesson: Path) -> None:
    with Opened(browser, lesson, scripts=False) as opened:
        assert opened.page.locator("svg.chart:visible").count() == 5
        assert opened.page.locator(".confusion td").first.is_visible()
        assert not opened.page.get_by_text("A cell opens its images.").is_visible()
