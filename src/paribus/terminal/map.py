"""A map as it is made and ends, on a terminal or as plain lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.text import Text

from paribus.figures.map import CellView, GridView, grid_view
from paribus.maps.words.map_words import map_headline, map_notes, map_words
from paribus.records.events import Event, RunEnded
from paribus.records.map import MapPlan, MapRound, VerdictMap
from paribus.terminal.screen import Column, Screen
from paribus.terminal.waiting import Waiting
from paribus.words.numbers import bytes_text
from paribus.words.safe_text import printable

# Beside the marks, for those who see colours: readable on dark and on light grounds.
ARM_STYLES = ("bold cyan", "bold magenta", "bold green", "bold yellow", "bold blue", "bold red")
STATE_STYLES = {"equal": "bold", "neither_trains": "dim", "open": "dim"}
_GAP = 3  # cells between two columns of a table


class MapShow(Waiting):
    """Shows a `plan`, or each `event` and then the `map`."""

    def __init__(self, screen: Screen, *, quiet: bool = False) -> None:
        super().__init__(screen, screen.words.text("Drawing up the map"), quiet=quiet)
        self._round: MapRound | None = None
        self._ended = 0

    def plan(self, plan: MapPlan) -> None:
        """What would be run."""
        words = self.screen.words
        runs = words.text(
            "{least} to {most}, by how early cells are decided", least=plan.runs_least, most=plan.runs_most
        )
        facts = [
            (words.text("Map"), plan.id),
            (words.text("Cells"), str(plan.cells)),
            (words.text("Runs"), runs),
            (words.text("Finished"), str(plan.finished)),
            (words.text("Disk"), words.text("at most {size}", size=bytes_text(plan.bytes))),
        ]
        if plan.seconds_least is not None and plan.seconds_most is not None:
            spans = [words.duration(seconds) for seconds in (plan.seconds_least, plan.seconds_most)]
            facts.append((words.text("Time"), words.text("{least} to {most}", least=spans[0], most=spans[1])))
        self.screen.facts(facts)

    def event(self, event: Event | MapRound) -> None:
        """A round begins, or something happened to a run."""
        if isinstance(event, MapRound):
            self._round, self._ended = event, 0
            if not self.screen.live and not self._quiet:
                self.screen.paragraph(self._told(event))
        elif isinstance(event, RunEnded):
            self._ended += 1
        if self._status is not None and self._round is not None:
            self._status.update(self._told(self._round))

    def _told(self, begun: MapRound) -> str:
        words = self.screen.words
        told = words.plural("Round {round}: {n} cell", "Round {round}: {n} cells", begun.cells, round=begun.number)
        if begun.number > 1:
            decided = sum(cell.state in ("better", "equal") for cell in begun.so_far)
            told += ", " + words.text("{n} of {total} decided", n=decided, total=len(begun.so_far))
        ended = f"{self._ended}/" if self.screen.live else ""
        return told + ", " + words.text("{n} runs", n=f"{ended}{begun.runs}")

    def map(self, made: VerdictMap) -> None:
        """The end: the answer, the drawing, and what its marks mean; quiet, the answer alone."""
        lang = self.screen.words.lang
        if self._quiet:
            self.screen.paragraph(map_words(made, lang))
            return
        self.screen.paragraph(map_headline(made, lang), style="bold")
        self.screen.paragraph(map_notes(made, lang))
        self.screen.blank()
        draw_map(self.screen, grid_view(made, lang))
        self.screen.blank()
        self.screen.verbatim(self.screen.words.text("Map:"), made.id)


def draw_map(screen: Screen, view: GridView) -> None:
    """The grid, as full as the screen is wide: marks, names and numbers; marks and numbers; marks alone."""
    drawn = next((made for made in (_full, _short, _marks) if _width(view, made) <= screen.console.width), _marks)
    columns = [Column(view.row_field), *(Column(label) for label in view.columns)]
    rows: list[list[str | Text]] = []
    for label, cells in zip(view.rows, view.cells, strict=True):
        rows.append([label, *(_styled(cell, drawn(cell)) for cell in cells)])
    if view.column_field:
        indent = cell_len(_row_label(view)) + _GAP
        screen.console.print(Text(" " * indent + printable(view.column_field), style="bold"), soft_wrap=True)
    screen.table(columns, rows)
    legend = "   ".join(f"{mark} {meaning}" for mark, meaning in view.legend)
    screen.paragraph(f"{legend}\n{view.details}", style="dim")


def _row_label(view: GridView) -> str:
    return max((view.row_field, *view.rows), key=cell_len)


def _full(cell: CellView) -> str:
    return f"{cell.mark} {cell.title}\n  {cell.detail}"


def _short(cell: CellView) -> str:
    return f"{cell.mark} {cell.detail}"


def _marks(cell: CellView) -> str:
    return cell.mark


def _styled(cell: CellView, text: str) -> Text:
    style = ARM_STYLES[cell.arm % len(ARM_STYLES)] if cell.arm is not None else STATE_STYLES[cell.cell.state]
    return Text(printable(text), style=style)


def _width(view: GridView, drawn: Callable[[CellView], str]) -> int:
    """Cells that the grid takes where nothing is broken into lines."""
    columns: Sequence[Sequence[CellView]] = list(zip(*view.cells, strict=True))
    widths = [
        max([cell_len(label), *(cell_len(line) for cell in cells for line in drawn(cell).split("\n"))])
        for label, cells in zip(view.columns, columns, strict=True)
    ]
    return cell_len(_row_label(view)) + sum(widths) + _GAP * len(widths)
