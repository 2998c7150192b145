"""Pictures of the lab page while it does a comparison: a real server, real training, a real browser.

`tools/screenshots.py --serve` is the command. The comparison is the lesson's, with 12,000 training images and five
epochs, so that it takes minutes.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

FORM = (
    "#/ask?factor=activation&value=sigmoid&value=relu&recipe=lesson&seeds=6&epochs=5"
    "&set.train_size=12000&set.validation_fraction=0.1"
)
HEIGHTS = {360: 780, 1440: 960}
PATIENCE = 30 * 60 * 1000  # ms
# What documents show: the picture's name, and the part at whose top it begins ("" for the page's).
DOCUMENTS = {"serve-ask": "", "serve-train": "", "serve-inside": "#inside-title", "serve-verdict": ""}


@contextmanager
def served(store: Path) -> Iterator[str]:
    """The address of a server of its own."""
    command = [sys.executable, "-u", "-m", "paribus", "serve", "--no-browser", "--port", "0", "--out", str(store)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield next(line[line.index("http://") :].strip() for line in process.stdout if "http://" in line)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def opened(browser: Browser, address: str, width: int, theme: str) -> Page:
    """A page of the lab; a narrow one in twice as many pixels."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=2 if width < 500 else 1,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(address)
    return page


def picture(page: Page, view: str, path: Path, *, part: str = "", whole: bool = False) -> None:
    """One view, once everything in it has come."""
    page.goto(page.url.partition("#")[0] + view)
    page.locator("main h1").first.wait_for()
    for host in page.locator(".part").all():
        host.scroll_into_view_if_needed()
    if view.startswith("#/ask"):
        page.locator("[data-key=start]:enabled").wait_for()  # it is known how long it takes
    page.wait_for_timeout(2500)
    if part:
        page.locator(part).evaluate("(node) => node.scrollIntoView({behavior: 'instant'})")
    else:
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    page.screenshot(path=path, full_page=whole)
    print(path)


def pictures(browser: Browser, out: Path, documents: Path | None) -> None:
    """Ask, train, and look at everything on the way; for `documents` only what they show, in both languages."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "paribus-lab") as address:
        page = opened(browser, address, 1440, "light")
        page.goto(page.url.partition("#")[0] + FORM)
        page.locator("[data-key=start]:enabled").wait_for()
        asked = page.url[page.url.index("#") :].split("&lang=")[0]
        page.locator("[data-key=start]").click()
        page.locator(".run-finished").nth(1).wait_for()  # both arms of the first seed
        page.locator(".run-training").first.click()
        train = "#/train/" + page.url.partition("#/train/")[2].partition("?")[0]
        page.wait_for_timeout(3000)
        if documents is None:
            _every(browser, address, out, {"ask": asked, "train": train})
        else:
            _documents(page, documents, {"serve-ask": asked, "serve-train": train, "serve-inside": train})
        page.goto(page.url.partition("#")[0] + train)
        page.locator("[data-key=to-verdict]").click()
        page.locator("h1.display").wait_for()
        verdict = "#/verdict/" + page.url.partition("#/verdict/")[2].partition("?")[0]
        if documents is None:
            _every(
                browser, address, out, {"verdict": verdict, "why": verdict.replace("verdict", "why"), "all": "#/all"}
            )
        else:
            _documents(page, documents, {"serve-verdict": verdict})


def _every(browser: Browser, address: str, out: Path, views: dict[str, str]) -> None:
    for theme in ("light", "dark"):
        for width in HEIGHTS:
            page = opened(browser, address, width, theme)
            for lang in ("en", "ko"):
                for name, view in views.items():
                    path = out / f"serve-{name}-{lang}-{theme}-{width}.png"
                    picture(page, f"{view}{'&' if '?' in view else '?'}lang={lang}", path, whole=True)
            page.context.close()


def _documents(page: Page, folder: Path, views: dict[str, str]) -> None:
    for name, view in views.items():
        for lang in ("en", "ko"):
            path = folder / (f"{name}.png" if lang == "en" else f"{name}.{lang}.png")
            picture(page, f"{view}{'&' if '?' in view else '?'}lang={lang}", path, part=DOCUMENTS[name])
