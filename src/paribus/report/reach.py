"""How far the verdict reaches: the map around a comparison, as the report shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from paribus.figures.map import GridView, grid_view, map_figure
from paribus.figures.svg import svg
from paribus.maps.words.map_words import map_arm_names, map_words, nearest_pair, place_words
from paribus.records.comparison import Comparison
from paribus.records.map import VerdictMap
from paribus.words.labels import initial_capital, plain_value
from paribus.words.safe_text import one_line
from paribus.words.translation import translator


@dataclass(frozen=True)
class ReachView:
    """The map drawn for wide and for narrow windows, the answer in words, and each cell in a sentence (where, what).

    `marked`: whether a frame marks the comparison's own recipe. `arms`: how many colours are used, for arms have those
    of the comparison where they are its arms. `command`: what makes the map again.
    """

    title: str
    drawn: Markup
    narrow: Markup
    words: str
    sentences: tuple[tuple[str, str], ...]
    marked: bool
    arms: int
    command: str


def reach_view(made: VerdictMap, comparison: Comparison, lang: str) -> ReachView:
    """A map as a section of a comparison's report."""
    spoken, grid = translator(lang).lang, grid_view(made, lang)
    cells = [view for row in grid.cells for view in row]
    colours, here = _colours(made, comparison), _here(made, grid, comparison)
    figure, narrow = (map_figure(made, lang, colours, here, narrow=small) for small in (False, True))
    return ReachView(
        title=figure.title,
        drawn=svg(figure, "map-wide", "chart sized"),
        narrow=svg(narrow, "map", "chart sized"),
        words=map_words(made, lang),
        sentences=tuple((initial_capital(place_words(made, view.cell, spoken)), view.sentence) for view in cells),
        marked=here is not None,
        arms=max(colours) + 1,
        command=one_line(made.command, 400),
    )


def reach_table(made: VerdictMap, lang: str) -> dict[str, Any]:
    """The map's figures, a row a cell: `columns` and `rows`, in the unit of the map's metric."""
    words, names = translator(lang), map_arm_names(made, lang)
    text = words.text
    columns = [initial_capital(words.field(axis.field)) for axis in made.axes]
    columns.append(text("Outcome"))
    for name in names:
        columns += [text("{arm}: runs", arm=name), text("{arm}: trained", arm=name)]
        columns.append(text("{arm}: {metric}", arm=name, metric=words.called(made.metric.label)))
    columns += [text("Difference"), text("low"), text("high"), "p"]
    rows = []
    for view in (view for line in grid_view(made, lang).cells for view in line):
        cell = view.cell
        row: list[Any] = [*(plain_value(value) for value in cell.at), view.title]
        seen = {arm.name: arm for arm in cell.arms}
        for arm in made.arms:
            found = seen.get(arm.name)
            row += [found.runs, found.trained, found.value] if found else [None, None, None]
        pair = nearest_pair(cell)
        row += [pair.difference, pair.low, pair.high, pair.p] if pair else [None] * 4
        rows.append(row)
    return {"columns": columns, "rows": rows}


def _colours(made: VerdictMap, comparison: Comparison) -> tuple[int, ...]:
    own = [arm.value for arm in comparison.arms]
    others = [arm.value for arm in made.arms if arm.value not in own]
    return tuple((own + others).index(arm.value) for arm in made.arms)


def _here(made: VerdictMap, grid: GridView, comparison: Comparison) -> tuple[int, int] | None:
    fields = comparison.arms[0].fields
    own = tuple(fields.get(axis.field) for axis in made.axes)
    places = ((i, j) for i, row in enumerate(grid.cells) for j, view in enumerate(row) if view.cell.at == own)
    return next(places, None)
