"""The lab page in a real browser: readable by everybody, at every width, in both themes and languages, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from paribus.web.server import Served, ServerOptions
from tests.web.conftest import serving
from tests.web.page import OVERFLOWING, fill_store, form_address, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

VIEWS = {
    "ask": ("#/ask", ".choice"),
    "all": ("#/all", ".kept-item"),
    "verdict": ("#/verdict/lesson", ".card"),
    "three": ("#/verdict/three-arms", ".differences .mean-mark:visible"),
    "why": ("#/why/lesson", ".leaf"),
    "unexplained": ("#/why/three-arms", ".how"),
}


@pytest.fixture(scope="module")
def lab(places: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose store has comparisons made by hand."""
    store = tmp_path_factory.mktemp("look") / "store"
    fill_store(store)
    with serving(ServerOptions(store, port=0)) as served:
        yield served


@pytest.mark.parametrize(
    ("width", "theme", "lang"), [(360, "dark", "ko"), (360, "light", "en"), (1440, "light", "en"), (1440, "dark", "ko")]
)
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, lab: Served, width: int, theme: str, lang: str
) -> None:
    axe = Axe()
    with opened(browser, lab.address, width=width, theme=theme) as here:
        for view, (address, part) in VIEWS.items():
            page = here.show(f"{address}?lang={lang}")
            page.locator(part).first.wait_for()
            page.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
            assert page.evaluate("document.documentElement.scrollWidth") == width, view
            assert page.evaluate(OVERFLOWING) == [], view
            if (width, theme) in ((360, "dark"), (1440, "light")):  # each of both once
                found = axe.run(page, options={"resultTypes": ["violations"]})
                assert found.violations_count == 0, (view, found.generate_report())
        assert here.noise == []


def test_it_is_walked_by_keyboard_alone(browser: Browser, lab: Served) -> None:
    with opened(browser, lab.address) as here:
        page = here.show(form_address(seeds="2", epochs="1"))
        focused = "document.activeElement.dataset.key ?? document.activeElement.id"
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate(focused) == "main"
        assert "#/ask" in page.url, "skipping is no step in the page's address"
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == "preset-activation"
        page.keyboard.press("ArrowDown")
        assert page.evaluate(focused) == "preset-optimizer", "the focus stays where it was, though all is drawn anew"
        page.locator("[data-key=value-adamw]").wait_for()
        page.keyboard.press("ArrowUp")
        outlined = "getComputedStyle(document.activeElement.closest('.choice')).outlineStyle"
        assert page.evaluate(outlined) == "solid"
        page.locator("[data-key=start]:enabled").focus()
        reached = set()
        for _ in range(60):
            page.keyboard.press("Shift+Tab")
            reached.add(page.evaluate(focused))
        assert {"seeds", "epochs", "recipe-lesson", "value-sigmoid", "lang-ko", "theme", "nav-all"} <= reached


def test_theme_and_language_change_without_a_reload(browser: Browser, lab: Served) -> None:
    with opened(browser, lab.address) as here:
        page = here.show("#/why/lesson")
        page.evaluate("window.kept = true")
        background = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(background)
        page.locator("[data-key=theme]").click()
        page.locator("[data-key=theme]").click()
        page.wait_for_url("**theme=dark**")
        assert page.evaluate(background) != light
        english = here.heading()
        page.locator("[data-key=lang-ko]").click()
        page.locator(".leaf").first.wait_for()
        assert here.heading() != english
        assert page.evaluate("[window.kept, document.documentElement.lang]") == [True, "ko"]
        assert page.evaluate("document.activeElement.dataset.key") == "lang-ko"


def test_a_page_whose_server_is_another_one_is_told_so(browser: Browser, places: None, tmp_path: Path) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        served = first.enter_context(serving(ServerOptions(tmp_path / "one", port=0)))
        here = stack.enter_context(opened(browser, served.address))
        here.page.locator(".choice").first.wait_for()
        first.close()
        here.page.locator(".lost").wait_for()
        port = int(here.site.rstrip("/").rpartition(":")[2])
        stack.enter_context(serving(ServerOptions(tmp_path / "two", port=port)))
        here.page.get_by_text("The server has a new key").wait_for()
