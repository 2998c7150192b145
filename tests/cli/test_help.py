"""`--help` in the user's language: every sentence, at the width of the terminal."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from paribus.cli.main import main
from paribus.cli.parser import make_parser

COMMANDS = list(next(a for a in make_parser("0")._actions if a.dest == "command").choices)


@pytest.fixture
def help_of(monkeypatch, capsys):
    def give(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["paribus", *words])
        monkeypatch.setenv("COLUMNS", "80")
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 0
        return capsys.readouterr().out

    return give


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS), ("referee", "start"), ("referee", "try")])
def test_all_of_it_is_korean_and_fits_the_terminal(help_of, command):
    told = help_of(*command, "--help", "--lang", "ko") if command else help_of("--lang", "ko", "--help")
    assert told.startswith("사용법: paribus")
    prose = [line for line in told.splitlines() if not re.match(r"  paribus |사용법|\s{15,}\[", line)]
    # What is not translated would be a run of English words in small letters; names of fields and files are single.
    assert [line for line in prose if re.search(r"\b[a-z]{2,} (?:a|an|the|of|is|to|in|with|and) [a-z]", line)] == []
    assert [line for line in prose if columns(line) > 80] == []


def test_english_stays_english_and_the_locale_counts(help_of, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert help_of("compare", "--help").startswith("사용법: paribus compare")
    assert help_of("compare", "--help", "--lang", "en").startswith("usage: paribus compare")
