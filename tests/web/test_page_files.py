"""The lab page's files, read as text: every word that a script asks for is there, and nothing makes markup of text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from paribus import page
from paribus.web import words
from paribus.web.words import page_words, words_json

STATIC = Path(words.__file__).parent / "static"
SHARED = Path(page.__file__).parent
SCRIPTS = sorted(STATIC.glob("*.js"))
# t("key"), n("key", ...), t(`start.${what}`): a key, or what it begins with.
ASKED = re.compile(r"language\.(?:t|n)\(\s*[\"`]([\w.]*)(\$\{)?")
FORBIDDEN = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", '"style"')
PLACES = re.compile(r"\{(\w+)\}")


def forms(text: words.Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_word_that_a_script_asks_for_is_there(script: Path) -> None:
    keys = set(page_words()["en"])
    for key, open_end in ASKED.findall(script.read_text("utf-8")):
        assert any(known.startswith(key) for known in keys) if open_end else key in keys, key


def test_both_languages_have_the_same_keys_and_fill_in_the_same_places() -> None:
    english, korean = page_words()["en"], page_words()["ko"]
    assert english.keys() == korean.keys()
    for key, text in english.items():
        places = {place for form in forms(text) for place in PLACES.findall(form)}
        assert {place for form in forms(korean[key]) for place in PLACES.findall(form)} == places, key


def test_states_and_steps_of_the_server_have_words() -> None:
    from typing import get_args

    from paribus.web.jobs import Command, State
    from paribus.web.reading import RunState

    keys = page_words()["ko"].keys()
    assert {f"state.{state}" for state in get_args(State)} <= keys
    assert {f"train.note.{state}" for state in get_args(State)} <= keys
    assert {f"steer.{command}" for command in get_args(Command)} <= keys
    assert {f"run.{state}" for state in get_args(RunState)} <= keys


def test_the_words_cannot_end_their_script_element() -> None:
    assert "<" not in words_json()
    assert json.loads(words_json()) == json.loads(json.dumps(page_words()))


@pytest.mark.parametrize("file", [*SCRIPTS, *sorted(STATIC.glob("*.css"))], ids=lambda path: path.name)
def test_files_are_short_and_make_no_markup_of_text(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.count("\n") < 300
    assert [word for word in FORBIDDEN if word in text] == []


def test_no_file_hides_one_that_the_report_shares() -> None:
    shared = {path.name for path in SHARED.iterdir()}
    assert {path.name for path in STATIC.iterdir()} & shared == set()
