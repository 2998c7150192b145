"""A third language is a catalogue and no code: one of upper-cased English is put beside the others, and is spoken."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import paribus
from paribus.words.translation import LANGUAGES, in_each_language, translator

PACKAGE = Path(paribus.__file__).parent
ROOT = PACKAGE.parents[1]
NEW = "eo"
SCRIPT = """
import contextlib, io, json, sys
for finder in list(sys.meta_path):  # one of an editable install knows only where the source lies
    spec = finder.find_spec("paribus", None)
    if spec is not None and not spec.origin.startswith(sys.argv[1]):
        sys.meta_path.remove(finder)
import paribus
from paribus.cli.main import main
from paribus.figures import kinds
from paribus.comparison.words.json_view import comparison_json
from paribus.report.notebook import comparison_text
from paribus.report import render
from paribus.page.words import page_words
from paribus.web.options import options
from paribus.web.page import SCRIPTS
from tests.factories import make_comparison

made, told = make_comparison("mixture"), io.StringIO()
with contextlib.redirect_stderr(told):
    try:
        main(["show", "a in the store b", "--lang=eo", "--out", sys.argv[1] + "/store"])
    except SystemExit as ended:
        code = ended.code
print(json.dumps({
    "where": paribus.__file__,
    "error": [code, told.getvalue()],
    "terminal": comparison_text(made, "eo"),
    "report": render(made, "eo"),
    "json": comparison_json(made)["verdict"],
    "page": page_words(SCRIPTS, ("eo",))["eo"],
    "fields": [field["label"]["eo"] for field in options()["fields"]],
    "figure": [axes.get_title() for axes in kinds.figure(made, "curves", "eo").axes],
}))
"""


def shouted(sentence: str) -> str:
    """In capital letters, but for its places."""
    return "".join(part if part.startswith("{") else part.upper() for part in re.split(r"(\{[^}]*\})", sentence))


def catalogue() -> Catalog:
    """Every message in a language of ours, which glues its per cent to the number as Korean does."""
    with (PACKAGE / "words/locale/ko/LC_MESSAGES/paribus.po").open("rb") as file:
        korean = read_po(file, locale="ko", domain="paribus")
    made = Catalog(locale=NEW, domain="paribus")
    for message in korean:
        if message.id:
            one = isinstance(message.id, str)
            made.add(message.id, shouted(message.id) if one else tuple(shouted(form) for form in message.id))
    made.get(" %").string = "pct"
    return made


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another file system
        shutil.copy2(source, target)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What the package says in it, once its catalogue lies among the others."""
    folder = tmp_path_factory.mktemp("package")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, folder / "paribus", copy_function=_linked, ignore=ignored)
    place = folder / "paribus/words/locale" / NEW / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "paribus.mo").open("wb") as file:
        write_mo(file, catalogue())
    path = os.pathsep.join([str(folder), str(ROOT)])
    asked = [sys.executable, "-W", "error", "-c", SCRIPT, str(folder)]
    done = subprocess.run(asked, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert Path(found["where"]).is_relative_to(folder)
    return found


def test_an_error_is_said_in_it(spoken):
    code, said = spoken["error"]
    assert code == 2
    assert said.startswith('paribus: NO RUN OR COMPARISON "a in the store b" IN THE STORE ')
    assert said.endswith("IT HAS NONE\n")


def test_the_terminal_the_report_and_figures_speak_it(spoken):
    assert "ReLU IS BETTER" in spoken["terminal"]
    assert "ReLU IS BETTER" in spoken["report"]
    assert f'<html lang="{NEW}"' in spoken["report"]
    assert re.search(r"\d\.\dpct", spoken["terminal"])
    assert not re.search(r"\d %", spoken["terminal"])
    assert spoken["figure"]
    assert all(title == title.upper() for title in spoken["figure"])


def test_json_has_it_beside_the_others(spoken):
    assert list(spoken["json"]) == ["en", NEW, "ko"]
    assert "ReLU IS BETTER" in spoken["json"][NEW]


def test_the_page_offers_it(spoken):
    assert spoken["page"]["English"] == "ENGLISH"
    assert spoken["page"][" %"] == "pct"
    said = [*spoken["page"].values(), *spoken["fields"]]
    assert [text for text in said if text.replace("pct", "") != shouted(text.replace("pct", ""))] == []


def test_languages_are_those_with_a_catalogue():
    assert LANGUAGES == ("en", "ko")
    assert in_each_language(lambda lang: translator(lang).text("Verdict")) == {"en": "Verdict", "ko": "판정"}
