"""Pictures of the report and the lab page, to be looked at: every language, theme and width, in ./screenshots/.

    python tools/screenshots.py                               the synthetic lesson of the tests
    python tools/screenshots.py --case mixture                another of the tests' cases
    python tools/screenshots.py --store DIR --comparison NAME a real comparison, with all that the store has of it
    python tools/screenshots.py --serve                       the lab page, while it does a comparison (minutes)
    python tools/screenshots.py ... --documents docs/images   the few pictures that README and documents show

Needs chromium and playwright.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from serve_pictures import pictures

from paribus.report import write_report

ROOT = Path(__file__).resolve().parents[1]
HEIGHTS = {360: 740, 1440: 900}
# What README and documents show, by name: the section that fills the window (its heading's id), or the page's top.
DOCUMENTS = {"report": "", "lab": "lab"}


def report_file(arguments: argparse.Namespace, lang: str, folder: Path) -> Path:
    """The report to look at: of a store's comparison, or of one of the tests' synthetic ones."""
    target = folder / f"{lang}.html"
    if arguments.comparison:
        import paribus as pb

        return pb.load_comparison(arguments.comparison, out=arguments.store).in_language(lang).report(target)
    sys.path.insert(0, str(ROOT))
    from tests.factories import make_comparison

    return write_report(make_comparison(arguments.case), target, lang)


def opened(browser: Browser, page_file: Path, width: int, theme: str, *, sharp: bool) -> Page:
    """The page with every part mounted: parts wait until somebody comes near."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=2 if sharp else 1,
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    for host in page.locator("[data-mount]").all():
        host.scroll_into_view_if_needed()
        page.wait_for_function("(host) => host.matches('.mounted')", arg=host.element_handle())
    page.wait_for_timeout(1500)  # networks are unpacked, and answer
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.wait_for_timeout(200)
    return page


def every_view(browser: Browser, page_file: Path, target: Path, lang: str) -> None:
    """The whole page in both themes and widths."""
    for theme in ("light", "dark"):
        for width in HEIGHTS:
            page = opened(browser, page_file, width, theme, sharp=width < 500)
            path = target.with_name(f"{target.name}-{lang}-{theme}-{width}.png")
            page.screenshot(path=path, full_page=True)
            page.context.close()
            print(path)


def documents(browser: Browser, page_file: Path, folder: Path, lang: str) -> None:
    """The pictures that documents show, light and wide: the first screen of the page, and of some sections."""
    page = opened(browser, page_file, 1440, "light", sharp=False)
    for name, section in DOCUMENTS.items():
        if section and not page.locator(f"#{section}").count():
            continue
        if section:
            page.evaluate("(id) => document.getElementById(id).scrollIntoView({behavior: 'instant'})", section)
            page.wait_for_timeout(300)
        path = folder / (f"{name}.png" if lang == "en" else f"{name}.{lang}.png")
        page.screenshot(path=path)
        print(path)
    page.context.close()


def main(words: list[str]) -> int:
    """Make all pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description="Pictures of the report in every language, theme and width.")
    parser.add_argument("--store", type=Path, help="the store of --comparison")
    parser.add_argument("--comparison", help="a comparison of the store, by its id or the beginning of that")
    parser.add_argument("--case", default="lesson", help="a synthetic comparison of tests/factories.py")
    parser.add_argument("--serve", action="store_true", help="the lab page instead of the report")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--documents", type=Path, help="make the pictures of the documents, in this folder")
    arguments = parser.parse_args(words)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("chromium is needed and was not found on the PATH", file=sys.stderr)
        return 2
    (arguments.documents or arguments.out).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        if arguments.serve:
            pictures(browser, arguments.out, arguments.documents)
            browser.close()
            return 0
        for lang in ("en", "ko"):
            page_file = report_file(arguments, lang, Path(folder))
            if arguments.documents:
                documents(browser, page_file, arguments.documents, lang)
            else:
                every_view(browser, page_file, arguments.out / f"report-{arguments.comparison or arguments.case}", lang)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
