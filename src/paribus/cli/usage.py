"""What is wrong with the words of a command line that could not be parsed. Loads the rest only then."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paribus.presentation.translation import Lang

_OPTION = re.compile(r"^unrecognized arguments: (?:.* )?(--[^\s=]+)")
_CHOICE = re.compile(r"invalid choice: (.+?) \(choose from (.+)\)")


def said_of_usage(message: str, given: Sequence[str], options: Sequence[str] = ()) -> str:
    """argparse's `message` with what was likely meant, in the user's language.

    `given`: the words of the command. `options`: all that it has.
    """
    from paribus.presentation.faults import rule_words

    lang = _language(given)
    said = rule_words(message + _hint(message, given, options), lang)
    return f"error: {said}" if lang == "en" else said


def _hint(message: str, given: Sequence[str], options: Sequence[str]) -> str:
    from paribus.values.errors import nearest

    if (found := _CHOICE.search(message)) is not None:
        return nearest(found[1].strip("'"), [choice.strip("'") for choice in found[2].split(", ")])
    if (unknown := _OPTION.search(message)) is not None:
        longer = [option for option in options if option.startswith(unknown[1])]
        return f"; did you mean {min(longer, key=len)}?" if longer else nearest(unknown[1], options)
    parted = [f"{a}{b}" for a, b in itertools.pairwise(given) if a.endswith(",") or b.startswith(",")]
    return f"; without the space: {parted[0]}" if parted and message.startswith("unrecognized") else ""


def _language(given: Sequence[str]) -> Lang:
    """As `--lang` says among words that could not be parsed, else as the locale does."""
    from paribus.presentation.translation import LANGUAGES, language_from_locale

    words = " ".join(given).replace("--lang ", "--lang=").split()
    return next((lang for lang in LANGUAGES if f"--lang={lang}" in words), language_from_locale(os.environ))
