"""A map: rows, columns, and what stands in each cell, as the terminal shows it too; and the figure of it."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.figures.scale import Axis
from paribus.figures.specification import PAPER_WIDTH, Colour, FigureSpec, Mark, Panel, Rect, Text
from paribus.figures.text_width import shortened, wrapped
from paribus.maps.words.map_words import cell_words, map_arm_names, nearest_pair
from paribus.records.map import CellState, MapCell, VerdictMap
from paribus.records.program import FieldValue
from paribus.words.labels import initial_capital, plain_value
from paribus.words.metric_format import measure_of
from paribus.words.translation import translator

# A mark for each arm and state, so that a map can be read without colours and in little room.
ARM_MARKS = ("▲", "●", "◆", "■", "▼", "○")
STATE_MARKS: dict[CellState, str] = {"equal": "=", "neither_trains": "×", "open": "?"}


@dataclass(frozen=True)
class CellView:
    """One cell. `arm`: place of the winner among the arms, None without one. `title` in a word or two, `detail` beside.

    `detail` is the difference of the metric where all runs trained, else how many of each arm's runs did.
    """

    cell: MapCell
    arm: int | None
    mark: str
    title: str
    detail: str
    sentence: str


@dataclass(frozen=True)
class GridView:
    """Rows are the first axis, columns the second; of one axis there is one column, without a field."""

    row_field: str
    column_field: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[CellView, ...], ...]
    legend: tuple[tuple[str, str], ...]  # mark and meaning of whatever occurs
    details: str  # what the second line of a cell is


def grid_view(made: VerdictMap, lang: str) -> GridView:
    """The whole map in one language."""
    spoken = translator(lang).lang
    labels = [initial_capital(translator(spoken).field(axis.field)) for axis in made.axes]
    values = [tuple(plain_value(value) for value in axis.values) for axis in made.axes]
    second = made.axes[1].values if len(made.axes) > 1 else ()
    rests: list[tuple[FieldValue, ...]] = [(value,) for value in second] or [()]
    cells = tuple(tuple(_cell(made, made.cell(row, *rest), lang) for rest in rests) for row in made.axes[0].values)
    return GridView(
        row_field=labels[0],
        column_field=labels[1] if second else "",
        rows=values[0],
        columns=values[1] if second else ("",),
        cells=cells,
        legend=_legend(made, cells, lang),
        details=_details(made, lang),
    )


def _details(made: VerdictMap, lang: str) -> str:
    """Which way differences are taken, and in which order counts stand."""
    words, names = translator(lang), map_arm_names(made, lang, sentence=True)
    if made.metric.unit != "share":
        told = words.text("numbers: lead in {metric}", metric=words.called(made.metric.label))
        return told if len(names) > 2 else words.text("numbers: {b} minus {a}", a=names[0], b=names[1])
    if len(names) > 2:
        order = ", ".join(names)
        return words.text(
            "numbers: lead in percentage points, or runs that trained of {order}, in this order", order=order
        )
    return words.text(
        "numbers: {b} minus {a} in percentage points, or runs that trained of {a} and of {b}", a=names[0], b=names[1]
    )


def _cell(made: VerdictMap, cell: MapCell, lang: str) -> CellView:
    words, names = translator(lang), [arm.name for arm in made.arms]
    arm = names.index(cell.winner) if cell.winner is not None else None
    states: dict[CellState, str] = {
        "equal": words.text("equal"),
        "neither_trains": words.text("none trains"),
        "open": words.text("open") if cell.seeds else words.text("not run"),
    }
    return CellView(
        cell=cell,
        arm=arm,
        mark=ARM_MARKS[arm % len(ARM_MARKS)] if arm is not None else STATE_MARKS[cell.state],
        title=map_arm_names(made, lang)[arm] if arm is not None else states[cell.state],
        detail=_detail(made, cell),
        sentence=cell_words(made, cell, lang),
    )


def _detail(made: VerdictMap, cell: MapCell) -> str:
    pair = nearest_pair(cell)
    if pair is None:
        return ""
    if pair.difference is None:
        return " · ".join(f"{arm.trained}/{arm.runs}" for arm in cell.arms)
    lead = -pair.difference if len(made.arms) > 2 and pair.a == cell.winner else pair.difference
    measure = measure_of(made.metric, "en")
    return measure.signed(lead, measure.places(lead))


def _legend(made: VerdictMap, cells: tuple[tuple[CellView, ...], ...], lang: str) -> tuple[tuple[str, str], ...]:
    words, there = translator(lang), {view.mark for row in cells for view in row}
    marks = [
        (ARM_MARKS[i % len(ARM_MARKS)], words.text("{arm} better", arm=name))
        for i, name in enumerate(map_arm_names(made, lang))
    ]
    marks += [
        (STATE_MARKS["equal"], words.text("practically equal")),
        (STATE_MARKS["neither_trains"], words.text("no arm trains")),
        (STATE_MARKS["open"], words.text("open: nothing established")),
    ]
    return tuple((mark, meaning) for mark, meaning in marks if mark in there)


_HIGH = 58.0  # of a cell


def map_figure(
    made: VerdictMap,
    lang: str,
    colours: tuple[int, ...] = (),
    here: tuple[int, int] | None = None,
    *,
    narrow: bool = False,
) -> FigureSpec:
    """The map as a grid of cells, told apart by colour, mark, word and hatching; rows from the top, as in a table.

    `colours`: for each arm the place of its colour, in order where empty. `here`: row and column of a cell to frame.
    `narrow`: for a small window.
    """
    words, view = translator(lang), grid_view(made, lang)
    rows, columns = len(view.rows), len(view.columns)
    width = max(328.0, 88 + 104.0 * columns) if narrow else min(PAPER_WIDTH, max(520.0, 170 + 142.0 * columns))
    marks: list[Mark] = []
    for row, cells in enumerate(view.cells):
        for column, cell in enumerate(cells):
            colour = (colours or tuple(range(len(made.arms))))[cell.arm] if cell.arm is not None else None
            marks += _cell_marks(cell, colour, column, row, (width - 88) / columns - 8)
    if here is not None:
        row, column = here
        marks.append(Rect((column, column + 1), (row, row + 1), None, edge="ink", edge_width=2.0, kind="here"))
    x = Axis(0.0, float(columns), tuple(place + 0.5 for place in range(columns)))
    y = Axis(float(rows), 0.0, tuple(place + 0.5 for place in range(rows)))
    kept = "\N{NO-BREAK SPACE}"  # an entry stays on one line
    legend = f"{2 * kept} ".join(f"{mark} {meaning}".replace(" ", kept) for mark, meaning in view.legend)
    caption = (legend, view.details)
    panel = Panel(tuple(marks), x.named(view.columns, view.column_field), y.named(view.rows, view.row_field), bare=True)
    return FigureSpec(
        title=words.text("Where which arm wins"),
        description=" ".join(cell.sentence for row in view.cells for cell in row),
        rows=((panel,),),
        width=width,
        height=62 + _HIGH * rows + 18 * sum(len(wrapped(told, width - 4)) for told in caption),
        caption=caption,
    )


def _cell_marks(cell: CellView, colour: int | None, column: int, row: int, room: float) -> list[Mark]:
    faces: dict[CellState, Colour | None] = {"equal": "soft"}
    fill = colour if colour is not None else faces.get(cell.cell.state)
    ground = Rect(
        (column, column + 1),
        (row, row + 1),
        fill,
        edge=colour if colour is not None else "rule",
        dashed=cell.cell.state == "open",
        hatched=cell.cell.state == "neither_trains",
        inset=2.0,
        kind=f"cell {cell.cell.state}",
    )
    ink: Colour = "page" if colour is not None else "ink"
    haloed = cell.cell.state == "neither_trains"
    told = shortened(f"{cell.mark} {cell.title}", room, 13.0)
    title = Text(column + 0.5, row + 0.36, told, ink, bold=True, size=13.0, haloed=haloed)
    detail = Text(column + 0.5, row + 0.72, cell.detail, ink, haloed=haloed) if cell.detail else None
    return [ground, title, *([detail] if detail else [])]
