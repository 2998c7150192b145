"""Pictures of the report, to be looked at: every language, theme and width, in ./screenshots/.

    python tools/screenshots.py                        the synthetic lesson of the tests
    python tools/screenshots.py --case mixture         another of the tests' cases
    python tools/screenshots.py --comparison FILE.json a real comparison, as the store keeps it

Needs chromium and playwright.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from paribus.presentation.report import write_report
from paribus.values.comparison import Comparison

ROOT = Path(__file__).resolve().parents[1]
HEIGHTS = {360: 740, 1440: 900}


def comparison_from(arguments: argparse.Namespace) -> Comparison:
    """The comparison to show: a file's, or one of the tests' synthetic ones."""
    if arguments.comparison:
        return Comparison.model_validate_json(arguments.comparison.read_bytes())
    sys.path.insert(0, str(ROOT))
    from tests.factories import make_comparison

    return make_comparison(arguments.case)


def picture(browser: Browser, page_file: Path, target: Path, width: int, theme: str) -> None:
    """One whole page as a PNG."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=2 if width < 500 else 1,
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.screenshot(path=target, full_page=True)
    context.close()


def main(words: list[str]) -> int:
    """Make all pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description="Pictures of the report in every language, theme and width.")
    parser.add_argument("--comparison", type=Path, help="a comparison's JSON file, as the store keeps it")
    parser.add_argument("--case", default="lesson", help="a synthetic comparison of tests/factories.py")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    arguments = parser.parse_args(words)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("chromium is needed and was not found on the PATH", file=sys.stderr)
        return 2
    comparison = comparison_from(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for lang in ("en", "ko"):
            page_file = write_report(comparison, Path(folder) / f"{lang}.html", lang)
            for theme in ("light", "dark"):
                for width in HEIGHTS:
                    target = arguments.out / f"report-{arguments.case}-{lang}-{theme}-{width}.png"
                    picture(browser, page_file, target, width, theme)
                    print(target)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
