"""The lab page in a real browser: what its tests share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from paribus.runs.store import Store
from tests.diagnosis.explanations import EVERY_KIND, an_explanation
from tests.factories import make_comparison
from tests.page.hostile import NAMES, hostile_comparison

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# A form whose runs take about a second each, most of it answering the whole test set.
TINY = {"recipe": "fair", "set.train_size": "512", "set.validation_fraction": "0.02"}
SLOW = 60_000  # ms; far above what anything takes here, so that a hang fails and a busy machine does not

# What reaches beyond the window, but for what scrolls in a box of its own.
OVERFLOWING = """() => [...document.body.querySelectorAll('*')].filter((element) =>
  element.checkVisibility() && !element.closest('.scroll > *, .strip > *, svg, .sr-only, .skip-link')
  && element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
).map((element) => element.outerHTML.slice(0, 90))"""


def form_address(values: tuple[str, ...] = ("sigmoid", "relu"), **more: str) -> str:
    """The hash of a tiny comparison's form."""
    pairs = [("factor", "activation"), *(("value", value) for value in values), *TINY.items(), *more.items()]
    return "#/ask?" + "&".join(f"{name}={quote(text)}" for name, text in pairs)


class Lab:
    """One browser in the lab, with everything that it said aloud, threw or failed at."""

    def __init__(self, browser: Browser, address: str, *, width: int = 1280, theme: str = "light") -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            accept_downloads=True,
        )
        self.context.set_default_timeout(SLOW)
        self.noise: list[str] = []
        self.site = address.partition("?")[0]
        self.page = self.tab()
        self.page.goto(address)

    def tab(self) -> Page:
        """One more tab of the same browser."""
        page = self.context.new_page()
        page.on("console", lambda message: self.noise.append(message.text))
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("dialog", self._dialog)
        return page

    def _dialog(self, dialog: Any) -> None:
        self.noise.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def show(self, view: str) -> Page:
        """Go to an address inside the page, and wait until its view stands."""
        self.page.goto(self.site + view)
        self.page.locator("main h1").first.wait_for()
        return self.page

    def heading(self) -> str:
        """The view's first heading."""
        return self.page.locator("main h1").first.inner_text()


@contextmanager
def opened(browser: Browser, address: str, **how: Any) -> Iterator[Lab]:
    """The lab, opened with its token."""
    lab = Lab(browser, address, **how)
    try:
        yield lab
    finally:
        lab.context.close()


def fill_store(store: Path) -> None:
    """Comparisons made by hand: the lesson with why, one of three arms, one of two differences, and hostile names."""
    kept = Store(store)
    for case in ("lesson", "three_arms", "confounded"):
        comparison = make_comparison(case).model_copy(update={"id": case.replace("_", "-")})
        kept.save_comparison(comparison)
        if case == "lesson":
            kept.save_explanation(comparison.id, an_explanation(*EVERY_KIND, comparison=comparison))
    for number, name in enumerate(NAMES):
        hostile = hostile_comparison(make_comparison("lesson", epochs=2, test_count=50), name)
        kept.save_comparison(hostile.model_copy(update={"id": f"hostile-{number}"}))


def job_of(page: Page) -> str:
    """The job that the page shows, by its address."""
    found = re.search(r"#/train/([^?]+)", page.url)
    assert found is not None, page.url
    return found.group(1)
