"""The lab page's files, read as text: every sentence that a script names is there, and nothing makes markup of text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from paribus import page
from paribus.page.words import page_words, script_sentences
from paribus.web import page as document
from paribus.web.job_states import Command, State
from paribus.web.read_store import RunState

STATIC = Path(document.__file__).parent / "static"
SHARED = Path(page.__file__).parent
SCRIPTS = sorted(STATIC.glob("*.js"))
FORBIDDEN = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", '"style"')
PLACES = re.compile(r"\{(\w+)\}")
# What a call says, in whatever form it stands: t(, tIn(, plural( and mark( of words.js.
CALLS = re.compile(r"(?<![\w.])(?:t|tIn|plural)\(\s*([^\s)]+)")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_sentence_that_a_script_names_is_there(script: Path) -> None:
    korean = page_words(document.SCRIPTS, ("ko",))["ko"]
    source = script.read_text("utf-8")
    assert set(script_sentences(source)) <= korean.keys()
    literal = re.findall(r'(?<![\w.])(?:t|mark)\(\s*"', source)
    assert len(script_sentences(source)) >= len(literal)
    assert "`" not in [said[0] for said in CALLS.findall(source)]  # a sentence that is put together has no Korean


def test_both_languages_fill_in_the_same_places() -> None:
    found = page_words(document.SCRIPTS, ("en", "ko"))
    assert found["en"] == {}  # scripts name the English
    assert len(found["ko"]) > 200
    for english, korean in found["ko"].items():
        assert set(PLACES.findall(korean)) == set(PLACES.findall(english)), english


def test_sentences_are_read_as_scripts_have_them() -> None:
    source = """
    t("one {a}", { a });
    plural(
      "{n} b",
      "{n} c", n)
    mark(
      "said \\"d\\", " +
        "and e",
    )
    tIn(it, "f") + set("g")
    """
    assert script_sentences(source) == ["one {a}", "{n} b", "{n} c", 'said "d", and e', "f"]


def test_states_and_steps_of_the_server_have_words() -> None:
    told = {name: (STATIC / f"{name}.js").read_text("utf-8") for name in ("jobs_view", "train", "runs_grid")}
    for name, known in (("jobs_view", State), ("jobs_view", Command), ("train", State), ("runs_grid", RunState)):
        for state in get_args(known):
            assert re.search(rf"\b{state}: (mark\(|ENDING)", told[name]), (name, state)


@pytest.mark.parametrize("file", [*SCRIPTS, *sorted(STATIC.glob("*.css"))], ids=lambda path: path.name)
def test_files_are_short_and_make_no_markup_of_text(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.count("\n") < 300
    assert [word for word in FORBIDDEN if word in text] == []


def test_no_file_hides_one_that_the_report_shares() -> None:
    shared = {path.name for path in SHARED.iterdir()}
    assert {path.name for path in STATIC.iterdir()} & shared == set()
