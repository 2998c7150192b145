"""The sentences that the page's scripts name, and what they are in each language; so scripts bring no other words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from paribus.words.languages import SOURCE
from paribus.words.translation import translator

_LITERAL = r'"(?:[^"\\\n]|\\.)*"'
_SENTENCE = rf"({_LITERAL}(?:\s*\+\s*{_LITERAL})*)"
# t("…"), mark("…"), tIn(lang, "…"), plural("…", "…", n): literals, on several lines where they are long.
_NAMED = re.compile(rf"\b(?:(?:t|mark)\(|tIn\(\w+,|plural\((?:\s*{_SENTENCE},)?)\s*{_SENTENCE}")


def script_sentences(source: str) -> list[str]:
    """The sentences that a script names, in order."""
    named = [literals for found in _NAMED.findall(source) for literals in found if literals]
    return ["".join(json.loads(part) for part in re.findall(_LITERAL, literals)) for literals in named]


@cache
def page_words(scripts: tuple[Path, ...], langs: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """By language, then by English sentence: what those scripts say. English needs nothing."""
    named = dict.fromkeys(sentence for path in scripts for sentence in script_sentences(path.read_text("utf-8")))
    return {lang: _translated(named, lang) if lang != SOURCE else {} for lang in langs}


def _translated(sentences: Iterable[str], lang: str) -> dict[str, str]:
    words = translator(lang)
    return {sentence: words.text(sentence) for sentence in sentences}
