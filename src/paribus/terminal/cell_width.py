"""Prose broken into lines by the width that letters take (Hangul two cells), never inside `92.1 %` or `p = 0.03`."""

from __future__ import annotations

import re

from rich.cells import cell_len, chop_cells

# A space that must not end a line: before a unit, and around the sign of a p value.
_GLUED = re.compile(r"(?<=\d) (?=%)|(?<=\bp) (?=[=<–])|(?<=[=<]) (?=\d)")
_GLUE = "\N{WORD JOINER}"


def wrapped(text: str, width: int) -> list[str]:
    """The text's lines, none wider than `width` cells. A word wider than a line is cut."""
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, max(1, width))]


def _paragraph(text: str, width: int) -> list[str]:
    lines = [""]
    for glued in _GLUED.sub(_GLUE, text).split(" "):
        word = glued.replace(_GLUE, " ")
        if cell_len(lines[-1]) + 1 + cell_len(word) <= width or not lines[-1]:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
        else:
            lines.append(word)
        if cell_len(lines[-1]) > width:
            lines[-1:] = chop_cells(lines[-1], width)
    return lines
