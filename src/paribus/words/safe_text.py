"""Text from outside (names, paths, notes) made inert before it is shown.

A recipe's name may hold escape sequences that move a terminal's cursor, direction marks that reorder a line. What
is shown is only ever letters. (rich's markup needs no care here: the terminal prints `Text`, never markup.)
"""

from __future__ import annotations

import traceback
import unicodedata
from pathlib import Path

# Cc control, Cf format (direction marks, zero width), Co private use, Cs lone surrogates, Zl and Zp line breaks.
_UNSAFE = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    """The text without control, format and line-breaking characters; each becomes U+FFFD, newline and tab stay."""
    if text.isprintable():  # most is, and a store of thousands of runs has very much
        return text
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) not in _UNSAFE else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def error_line(error: BaseException, longest: int = 200) -> str:
    """What an exception is and says, on one line."""
    return one_line(f"{type(error).__name__}: {error}", longest)


def place_of(error: BaseException) -> str:
    """File and line of the last step in code that is no installed package's: of the user's own, mostly."""
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if "site-packages" not in step.filename and "dist-packages" not in step.filename]
    last = (own or steps)[-1]
    return one_line(f"{Path(last.filename).name}:{last.lineno}")


def one_line(text: str, longest: int = 80) -> str:
    """A printable text on one line, spaces for line breaks and tabs, cut to `longest` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
