"""What seeds can show, on a terminal: a sentence or two, and a table."""

from __future__ import annotations

from paribus.comparison.power.seeds_needed import Power, Shown
from paribus.comparison.words.power import chance_text, power_words, size_text
from paribus.terminal.screen import Column, Screen
from paribus.words.translation import Words


def show_power(screen: Screen, found: Power, quiet: bool = False) -> None:
    """The words, then what each number of seeds shows."""
    words = screen.words
    screen.paragraph(power_words(found, words.lang))
    if quiet:
        return
    columns = [
        Column(words.text("seeds") if found.paired else words.text("runs an arm"), "right"),
        Column(words.text("finds a difference of"), "right"),
        Column(words.text("equal within"), "right"),
        Column(words.text("failures told apart"), "right", spare=1),
    ]
    if found.difference is not None:
        columns.append(Column(words.text("finds {size}", size=size_text(found, found.difference, words)), "right"))
    screen.blank()
    screen.table(columns, [_row(found, row, words) for row in found.rows])


def _row(found: Power, row: Shown, words: Words) -> list[str]:
    def size(at: float | None, low: float | None, high: float | None) -> str:
        text = size_text(found, at, words)
        if low is None or high is None:
            return text
        ends = words.text("{low} to {high}", low=size_text(found, low, words), high=size_text(found, high, words))
        return f"{text} ({ends})"

    cells = [
        f"{row.seeds}",
        size(row.difference, row.difference_low, row.difference_high),
        size(row.margin, row.margin_low, row.margin_high),
        "–" if row.failures is None else f"{row.failures}",
    ]
    return cells if row.power is None else [*cells, chance_text(row.power, words)]
