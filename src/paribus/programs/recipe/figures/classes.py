"""How often each class is answered, beside its share of the labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from paribus.figures.scale import Axis, linear_axis
from paribus.figures.specification import PAPER_WIDTH, FigureSpec, Line, Mark, Panel, Rect, keys
from paribus.programs.recipe.figures.disagreements import name_of
from paribus.words.translation import Words

_MOST_NAMED = 30  # classes whose names there is room for


@dataclass(frozen=True)
class ClassShares:
    """Shares of the classes, [classes] each: among the labels trained on, the test labels, the answers to these."""

    trained: tuple[float, ...]
    tested: tuple[float, ...]
    answered: tuple[float, ...]


def classes_figure(shares: ClassShares, class_names: Sequence[str], words: Words) -> FigureSpec:
    """For each class its share of the labels trained on, of the test labels, and of the answers to the test images."""
    marks: list[Mark] = []
    told = (
        words.text("labels that it was trained on"),
        words.text("its answers to the test images"),
        words.text("labels of the test images"),
    )
    for n, (trained, tested, answered) in enumerate(zip(shares.trained, shares.tested, shares.answered, strict=True)):
        names = told if n == 0 else ("", "", "")
        marks.append(Rect((n - 0.39, n - 0.01), (0.0, 100 * trained), "rule", name=names[0], kind="trained"))
        marks.append(Rect((n + 0.01, n + 0.39), (0.0, 100 * answered), 0, name=names[1], kind="answered"))
        height = 100 * tested
        marks.append(Line(((n, height), (n + 0.4, height)), "ink", 2.0, name=names[2], kind="tested"))
    count = len(shares.tested)
    every = math.ceil(count / _MOST_NAMED)
    places = tuple(float(n) for n in range(0, count, every))
    x = Axis(-0.6, count - 0.4, places).named(name_of(class_names, int(n)) for n in places)
    y = linear_axis([0.0, *(100 * share for row in (shares.trained, shares.tested, shares.answered) for share in row)])
    panel = Panel(tuple(marks), x, y.named(), title=words.text("Share of each class, %"))
    return FigureSpec(panel.title, ((panel,),), PAPER_WIDTH, 296.0, legend=keys([panel]))
