"""A stream to print on: a terminal with colours, or plain lines for a file or a pipe.

Everything is printed as `Text`, never as rich's markup, and made printable first: so a name with brackets, escape
sequences or direction marks in it is only ever shown.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Literal

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from paribus.terminal.cell_width import wrapped
from paribus.words.safe_text import printable
from paribus.words.translation import Words, translator

PROSE_WIDTH = 100  # longer lines are hard to read
PLAIN_WIDTH = 160  # of tables in a file or a pipe, where nothing says how wide they may be
MANY = 1000  # rows, above which nothing is laid out but columns
_GAP = 3  # between a table's columns
_PROSE_LEAST = 28  # of a column of prose that is still good to read


@dataclass(frozen=True)
class Column:
    """A column of a table. Numbers go to the right.

    `spare` columns are left out of a screen too narrow for all, the highest number first; 0 always stays. What is in a
    `whole` column is never broken into lines.
    """

    title: str
    justify: Literal["left", "right"] = "left"
    spare: int = 0
    whole: bool = False


class _Console(Console):
    """rich would leave the program by itself, past whoever has workers to end."""

    def on_broken_pipe(self) -> None:
        """Nobody reads any more: the error goes on to who can end the command well."""
        raise


class Screen:
    """Where the command line prints, in one language.

    `env` says what the terminal can do (TERM, COLUMNS, NO_COLOR, FORCE_COLOR). `live` says whether lines can be drawn
    over: not in a file, a pipe or a dumb terminal, where no control code is written.
    """

    def __init__(self, stream: IO[str], env: Mapping[str, str], lang: str = "en") -> None:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Hangul is no reason to lose a comparison
        self.words: Words = translator(lang)
        self.console = _Console(
            file=stream,
            _environ=env,
            no_color=bool(env.get("NO_COLOR")),
            markup=False,
            highlight=False,
            emoji=False,
        )
        self.live = self.console.is_terminal and not self.console.is_dumb_terminal
        if not self.console.is_terminal and "COLUMNS" not in env:
            self.console.width = PLAIN_WIDTH

    def paragraph(self, text: str, style: str = "") -> None:
        """Prose: wrapped to the terminal's width; in a file one line a paragraph."""
        width = min(self.console.width, PROSE_WIDTH)
        lines = wrapped(printable(text), width) if self.live else printable(text).split("\n")
        for line in lines:
            self.console.print(Text(line, style=style), soft_wrap=True)

    def items(self, texts: Sequence[str]) -> None:
        """A list of prose: a dot before each, and the lines that follow set in under its first."""
        width = min(self.console.width, PROSE_WIDTH) - 4
        for text in texts:
            lines = wrapped(printable(text), width) if self.live else [" ".join(printable(text).split("\n"))]
            for i, line in enumerate(lines):
                self.console.print(Text(("    " if i else "  · ") + line), soft_wrap=True)

    def verbatim(self, label: str, text: str) -> None:
        """Something to copy, a path or a command, after its label: never broken into lines by us."""
        line = Text.assemble((f"{printable(label)} ", "dim"), (printable(text), "cyan"))
        self.console.print(line, soft_wrap=True)

    def lines(self, text: str, style: str = "") -> None:
        """Lines as they are, with the spaces that they begin with: what a program printed."""
        for line in printable(text).split("\n"):
            self.console.print(Text(line, style=style), soft_wrap=True)

    def blank(self) -> None:
        """An empty line."""
        self.console.print()

    def table(self, columns: Sequence[str | Column], rows: Sequence[Sequence[str | Text]], title: str = "") -> None:
        """Rows under column titles, as wide as they need and no wider than the screen; long cells go on below."""
        named = [Column(column) if isinstance(column, str) else column for column in columns]
        while True:
            table = make_table(named, rows, title)
            spare = max((column.spare for column in named), default=0)
            if not spare or _natural_width(named, rows) <= self.console.width:
                break
            keep = [i for i, column in enumerate(named) if column.spare != spare]
            named, rows = [named[i] for i in keep], [[row[i] for i in keep] for row in rows]
        self.console.print(table)

    def records(self, columns: Sequence[str | Column], rows: Sequence[Sequence[str]], title: str = "") -> None:
        """A table of things by name; where names would be broken or prose squeezed, a paragraph for each thing."""
        named = [Column(column) if isinstance(column, str) else column for column in columns]
        if len(rows) > MANY:
            return self._plainly(named, rows, title)
        first, *others = _widths(named, rows)
        if first + sum(_GAP + min(width, _PROSE_LEAST) for width in others) <= self.console.width:
            self.table([replace(named[0], whole=True), *named[1:]], rows, title)
            return
        self.paragraph(title, style="bold")
        for name, *cells in rows:
            self.console.print(Text(printable(name), style="cyan"), soft_wrap=True)
            told = "; ".join(f"{column.title}: {cell}" for column, cell in zip(named[1:], cells, strict=True))
            for line in wrapped(printable(told), self.console.width - 2):
                self.console.print(Text(f"  {line}"), soft_wrap=True)
        self.blank()

    def _plainly(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], title: str) -> None:
        """A line for each row, however wide: to lay out so many would take longer than to read them."""
        whole = [[column.title for column in columns], *([" ".join(printable(c).split()) for c in row] for row in rows)]
        widths = [max(map(cell_len, cells)) for cells in zip(*whole, strict=True)]
        self.paragraph(title, style="bold")
        for row in whole:
            cells = [
                cell + " " * (width - cell_len(cell)) if column.justify == "left" else cell.rjust(width)
                for cell, column, width in zip(row, columns, widths, strict=True)
            ]
            self.console.file.write((" " * _GAP).join(cells).rstrip() + "\n")
        self.blank()

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Names and values, one a line, values aligned."""
        left = 2 + max((cell_len(name) for name, _ in pairs), default=0)
        for name, value in pairs:
            for i, line in enumerate(wrapped(printable(value), self.console.width - left)):
                label = Text(set_cell_size(printable(name) if i == 0 else "", left), style="dim")
                self.console.print(label + Text(line), soft_wrap=True)


def _natural_width(columns: Sequence[Column], rows: Sequence[Sequence[str | Text]]) -> int:
    """Cells that a table takes where nothing is broken into lines."""
    widths = _widths(columns, rows)
    return sum(widths) + _GAP * (len(widths) - 1)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str | Text]]) -> list[int]:
    return [
        max(cell_len(str(cell)) for cell in [column.title, *(row[i] for row in rows)])
        for i, column in enumerate(columns)
    ]


def make_table(columns: Sequence[Column], rows: Sequence[Sequence[str | Text]], title: str = "") -> Table:
    """The table itself. A `Text` cell keeps its style."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1), title_justify="left")
    if title:
        table.title = Text(printable(title), style="bold")
    for column in columns:
        heading = Text(printable(column.title), style="bold")
        table.add_column(heading, justify=column.justify, overflow="fold", no_wrap=column.whole)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    return table
