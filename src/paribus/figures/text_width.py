"""How wide words are, about, and how they are cut, broken and pushed apart to fit. There is no font to ask."""

from __future__ import annotations

import unicodedata


def text_width(words: str, size: float = 12.0) -> float:
    """About how wide a text will be, px. It errs on the wide side."""
    return size * sum(map(_ems, words))


def _ems(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.92 if letter in "MWmw@%" else 0.7 if letter.isupper() else 0.56


def shortened(words: str, width: float, size: float = 12.0) -> str:
    """The text, cut with an ellipsis where it would be wider than `width` px."""
    if text_width(words, size) <= width:
        return words
    while words and text_width(words + "…", size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def wrapped(words: str, width: float, size: float = 12.0) -> list[str]:
    """Its lines of at most `width` px, broken at spaces; a no-break space holds."""
    lines: list[str] = []
    for word in words.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [line.rstrip() for line in lines if line.strip()]


def apart(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near as can be to `wanted`, in the same order, at least `gap` apart and inside low..high.

    Where they cannot all fit, they are spread evenly.
    """
    if len(wanted) > 1 and gap * (len(wanted) - 1) > high - low:
        gap = (high - low) / (len(wanted) - 1)
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = [0.0] * len(wanted)
    at = low - gap
    for index in order:
        at = placed[index] = max(wanted[index], at + gap)
    at = high + gap
    for index in reversed(order):
        at = placed[index] = min(placed[index], at - gap)
    return placed
