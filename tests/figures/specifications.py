"""What stands in a figure's specification."""

from __future__ import annotations

from paribus.figures.specification import FigureSpec, Mark, Rule, Text


def marks_of(figure: FigureSpec, kind: str) -> list[Mark]:
    """All marks of one kind, in order."""
    return [mark for panel in figure.panels() for mark in panel.marks if mark.kind == kind]


def texts_of(figure: FigureSpec) -> list[str]:
    """Every word that is drawn."""
    found = [figure.heading, *(mark.name for mark in figure.legend), *figure.caption]
    for panel in figure.panels():
        found += [panel.title, panel.side, panel.note, panel.x.label, panel.y.label, *panel.x.labels]
        found += [*panel.y.labels, *(end.text for end in panel.ends), *(words for _, words in panel.beside)]
        found += [mark.text for mark in panel.marks if isinstance(mark, Text | Rule)]
    return [words for words in found if words]
