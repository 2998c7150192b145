"""Names that attack: in the report's page, its charts, and the files that it saves."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from paribus.page.bundling import bundle
from tests.factories import evidence, make_comparison
from tests.page.hostile import CORPUS, hostile_batches
from tests.page.opened import Opened, written
from tests.report.lesson import rows_of, saved

if TYPE_CHECKING:
    from playwright.sync_api import Browser


pytestmark = pytest.mark.browser

FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def test_the_policy_stops_requests_scripts_and_markup_from_text(browser: Browser, lesson: Path) -> None:
    with Opened(browser, lesson) as opened:
        stopped = opened.page.evaluate(
            """async () => {
              const stopped = [];
              document.addEventListener('securitypolicyviolation', (e) => stopped.push(e.effectiveDirective));
              try { await fetch('https://example.invalid/'); } catch { stopped.push('fetch'); }
              const script = document.createElement('script');
              try { script.text = 'window.ran = true'; } catch { stopped.push('script text'); }
              document.body.append(script);
              try { document.body.innerHTML = '<p>'; } catch { stopped.push('innerHTML'); }
              // Later, for what a debugger evaluates may call eval.
              setTimeout(() => { try { eval('window.ran = true'); } catch { stopped.push('eval'); } });
              const image = new Image();
              image.src = 'https://example.invalid/x.png';
              const told = () => ['eval', 'connect-src', 'img-src'].every((one) => stopped.includes(one));
              for (let i = 0; i < 400 && !told(); i += 1) await new Promise((done) => setTimeout(done, 25));
              return [...stopped, window.ran ?? 'nothing ran'];
            }"""
        )
        assert {"fetch", "innerHTML", "eval", "nothing ran", "connect-src", "img-src", "script text"} <= set(stopped)


def test_three_hundred_hostile_names_are_inert_in_page_charts_and_files(browser: Browser, tmp_path: Path) -> None:
    assert len(CORPUS) >= 300
    batches = hostile_batches(make_comparison("lesson", repeated=4), CORPUS)  # many to a page
    for number, comparison in enumerate(batches):
        width = (360, 1440)[number % 2]
        with Opened(browser, written(tmp_path, comparison, ("en", "ko")[number % 2]), width=width) as opened:
            opened.mount_all()
            opened.page.locator("summary").last.click()
            assert opened.page.evaluate("document.documentElement.scrollWidth") == width
            assert opened.page.evaluate("document.querySelectorAll('script:not([type])').length") == 0
            name, text = saved(opened, opened.page.locator("[data-table=runs] button"))
            assert re.fullmatch(r"[\w.-]{1,100}", name), name
            assert not name.startswith((".", "-"))
            rows = rows_of(text)
            assert len(rows) == 1 + 48, "no name begins a row of its own"
            assert {len(row) for row in rows} == {10}
            assert not [cell for row in rows for cell in row if FORMULA.match(cell)]
            name, drawn = saved(opened, opened.page.locator("[data-mount=curves] .saves button").last)
            assert {e.tag.rpartition("}")[2] for e in ElementTree.fromstring(drawn).iter()} <= {
                *("svg", "rect", "line", "path", "text")
            }
            assert opened.noise == [], evidence(comparison).class_names


def test_csv_cells_and_file_names_of_every_hostile_name_are_harmless(browser: Browser) -> None:
    with Opened.blank(browser) as opened:
        opened.page.add_script_tag(content=bundle("export.js") + "\nwindow.exported = $export;")
        names = [name for name in CORPUS if not any("\ud800" <= letter <= "\udfff" for letter in name)]
        text = opened.page.evaluate(
            "(names) => exported.csv({columns: ['a', 'b'], rows: names.map((n) => [n, -1])})", names
        )
        head, *rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
        assert head == ["a", "b"]
        assert [row[1] for row in rows] == ["-1"] * len(names), "numbers stay numbers"
        for row, name in zip(rows, names, strict=True):
            assert row[0].removeprefix("'") == name.removeprefix("'")
            assert not FORMULA.match(row[0])
        files = opened.page.evaluate("(names) => names.map(exported.fileName)", names)
        for file in files:
            assert re.fullmatch(r"\w[\w.-]{0,90}", file), file
            assert ".." not in file
            assert file.partition(".")[0].lower() not in {"con", "nul"}
        assert opened.noise == []
