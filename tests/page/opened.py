"""A page in a real browser, with everything that it said, asked for or threw; and what to measure in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.records.comparison import Comparison
from paribus.report import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Every text's contrast with the nearest background that is not transparent. A canvas reads any colour notation.
CONTRASTS = """() => {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (colour) => {
    context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, words = walker.currentNode.textContent.trim();
    if (!words || !element.checkVisibility() || ['STYLE', 'title', 'desc'].includes(element.tagName)) continue;
    let back = element;
    while (back && rgb(getComputedStyle(back).backgroundColor)[3] < 255) back = back.parentElement;
    const style = getComputedStyle(element);
    const ink = rgb(element instanceof SVGElement ? style.fill : style.color);
    const [high, low] = [luminance(ink), luminance(rgb(getComputedStyle(back).backgroundColor))].sort((a, b) => b - a);
    found.push([(high + 0.05) / (low + 0.05), words.slice(0, 40)]);
  }
  return found;
}"""

# What reaches beyond the window, but for what scrolls in a box of its own.
OVERFLOWING = """() => [...document.body.querySelectorAll('*')].filter((element) =>
  element.checkVisibility() && !element.closest('.scroll > *, svg, .sr-only')
  && element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
).map((element) => element.outerHTML.slice(0, 90))"""


class Opened:
    """A page with everything that it said, asked for or threw."""

    def __init__(
        self, browser: Browser, file: Path | None, *, width: int = 1440, theme: str = "light", scripts: bool = True
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=scripts,
        )
        self.page: Page = self.context.new_page()
        self.noise: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.noise.append(message.text))
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda request: self.requests.append(request.url))
        if file is not None:
            self.page.goto(file.as_uri())

    @classmethod
    def blank(cls, browser: Browser) -> Opened:
        """An empty page."""
        return cls(browser, None)

    def _dialog(self, dialog: Any) -> None:
        self.noise.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def mount_all(self) -> None:
        """Bring every part near the window, so that each is mounted, and wait for that."""
        for host in self.page.locator("[data-mount]").all():
            host.scroll_into_view_if_needed()
            self.page.wait_for_function("(host) => host.matches('.mounted')", arg=host.element_handle())

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def written(folder: Path, comparison: Comparison, lang: str = "en") -> Path:
    return write_report(comparison, folder / "report.html", lang)
