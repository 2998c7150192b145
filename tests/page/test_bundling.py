"""Modules made into one script: in order, apart from each other, refused where a script could not do the same."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paribus.figures.palette import COLOURS, theme_rules
from paribus.page.bundling import HERE, bundle, content_hash, modules
from paribus.page.words import script_sentences
from paribus.report.page import style_sheet
from tests.figures.contrast import contrast

if TYPE_CHECKING:
    from playwright.sync_api import Browser

UPLOT = {  # SHA-256 of dist/uPlot.iife.min.js and dist/uPlot.min.css of uPlot 1.6.32, as published
    "uplot.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uplot.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
}


def written(folder: Path, **sources: str) -> Path:
    for name, source in sources.items():
        (folder / f"{name}.js").write_text(source, "utf-8")
    return folder


def test_a_module_comes_after_those_that_it_needs_and_once(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        top='import {a} from "./left.js";\nimport {b} from "./right.js";\n',
        left='import {c} from "./base.js";\nexport const a = c;\n',
        right='import {c} from "./base.js";\nexport const b = c;\n',
        base="export const c = 1;\n",
    )
    assert modules("top.js", folder) == ("base.js", "left.js", "right.js", "top.js")


@pytest.mark.browser
def test_the_script_does_what_the_modules_do(browser: Browser, tmp_path: Path) -> None:
    """Same names in two modules, a list of exports, other names outside, several lines, a folder, classes, async."""
    (tmp_path / "deep").mkdir()
    folder = written(
        tmp_path,
        entry='import {\n  value as one,\n  Thing,\n} from "./one.js";\nimport { two, later } from "./deep/two.js";\n'
        'const value = "own";\nwindow.seen = [value, one, new Thing().name, two];\n'
        "later().then((found) => window.seen.push(found));\n",
        one='const hidden = "one";\nexport class Thing {\n  name = hidden;\n}\nexport { hidden as value };\n',
    )
    written(
        tmp_path / "deep",
        two='import { value } from "../one.js";\nconst hidden = "two";\nexport const two = hidden + value;\n'
        'export async function later() {\n  return "later";\n}\n',
    )
    page = browser.new_page()
    page.add_script_tag(content=bundle("entry.js", folder))
    page.wait_for_function("window.seen.length === 5")
    assert page.evaluate("seen") == ["own", "one", "one", "twoone", "later"]
    assert page.evaluate("typeof hidden") == "undefined"
    page.close()


@pytest.mark.parametrize(
    "source",
    [
        'import whole from "./base.js";',
        'import * as all from "./base.js";',
        'import "./base.js";',
        'import {a} from "elsewhere";',
        "export default 1;",
        "export let live = 1;",
        'export * from "./base.js";',
        'const a = await import("./base.js");',
        "console.log(import.meta.url);",
        "await later();",
        'import {"odd name" as a} from "./base.js";',
    ],
)
def test_what_a_script_could_not_do_is_refused(tmp_path: Path, source: str) -> None:
    folder = written(tmp_path, entry=source + "\n", base="export const a = 1;\n")
    with pytest.raises(ValueError, match=r"entry\.js: "):
        bundle("entry.js", folder)


def test_types_in_comments_import_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path, entry='/** @param {import("./gone.js").Type} a */\nexport const f = (a) => a;\n')
    assert modules("entry.js", folder) == ("entry.js",)
    assert "gone" in bundle("entry.js", folder)


def test_a_circle_is_refused_and_named(tmp_path: Path) -> None:
    folder = written(tmp_path, a='import {b} from "./b.js";\n', b='import {a} from "./a.js";\n')
    with pytest.raises(ValueError, match=r"a\.js > b\.js > a\.js"):
        bundle("a.js", folder)


@pytest.mark.parametrize("text", ["</script>", "</SCRIPT ", "<!--"])
def test_text_that_would_end_the_element_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="inside a page"):
        bundle("entry.js", written(tmp_path, entry=f"const a = {text!r};\n"))


def test_the_hash_is_that_of_a_policy() -> None:
    """The example of the Content Security Policy recommendation, level 2, section 7.17.1."""
    assert content_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_the_report_is_one_script_of_small_modules() -> None:
    own = [name for name in modules("report.js") if not name.startswith("vendor/")]
    assert {"charts.js", "export.js", "mistakes.js", "report.js", "state.js"} <= set(own)
    assert max(len((HERE / name).read_text("utf-8").splitlines()) for name in own) <= 300
    assert len(bundle("report.js")) < 250_000


def test_scripts_hold_no_sentence_of_their_own() -> None:
    """Texts of several words, outside comments and what `words.py` reads there: all others come from Python."""
    for name in modules("report.js"):
        if name.startswith("vendor/"):
            continue
        source = re.sub(r"/\*.*?\*/|//[^\n]*", "", (HERE / name).read_text("utf-8"), flags=re.DOTALL)
        named = script_sentences(source)
        texts = re.findall(r'"([^"\n]*)"', source)
        sentences = [text for text in texts if text not in named and re.fullmatch(r"[A-Z][a-z]+( [a-z]+)+[.?!]?", text)]
        assert sentences == [], name


@pytest.mark.parametrize("name", UPLOT)
def test_what_is_not_ours_is_as_it_was_published_with_its_licence(name: str) -> None:
    text = (HERE / "vendor" / name).read_text("utf-8")
    if name.endswith(".js"):
        assert "The MIT License" in text.partition("*/")[0]
        text = text.partition("*/\n")[2].removesuffix("\nexport { uPlot };\n")
    assert hashlib.sha256(text.encode()).hexdigest() == UPLOT[name]


@pytest.mark.parametrize("theme", [0, 1])
def test_words_stand_out_from_every_ground(theme: int) -> None:
    colours = {name: both[theme] for name, both in COLOURS.items()}
    for ground in ("page", "panel", "soft"):
        for ink in ("ink", "ink-2", "accent", "good", "bad"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast(colours["banner-ink"], colours["banner"]) >= 4.5
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["edge"], colours["page"]) >= 3
    assert contrast(colours["edge"], colours["panel"]) >= 3


def test_every_colour_that_a_style_names_is_there() -> None:
    style = style_sheet(6)
    used = set(re.findall(r"var\(--([\w-]+)\)", style))
    defined = set(re.findall(r"--([\w-]+):", style))
    assert used <= defined
    assert theme_rules(3).count("--arm-2") == 3, "light, dark by the page's switch, dark by the system"
