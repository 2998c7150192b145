"""A comparison where one works: a fragment of HTML for Jupyter, and text for everything else."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from paribus.comparison.words.verdict_text import headlines, verdict_paragraphs, verdict_words
from paribus.figures.arms import arm_names, short_names
from paribus.figures.curves import NARROW, curve_figure
from paribus.figures.curves_view import curves_view
from paribus.figures.palette import arm_rules, declarations
from paribus.figures.svg import svg
from paribus.records.comparison import Comparison
from paribus.report.design import asked_view
from paribus.report.methods import pair_places
from paribus.report.page import template
from paribus.report.results import arm_cards
from paribus.words.metric_format import measure_of
from paribus.words.numbers import p_number
from paribus.words.translation import translator

STYLE = Path(__file__).with_name("fragment.css")
TEXT_WIDTH = 88


def comparison_html(comparison: Comparison, lang: str = "en", more: Sequence[str] = ()) -> str:
    """Verdict, table and curves as one `div` with a style of its own, which touches nothing outside it.

    more: paragraphs after the verdict's.
    Follows the theme of JupyterLab, VS Code and Colab, each of which marks a dark page in its own way.
    """
    words, view = translator(lang), curves_view(comparison)
    uid = "paribus-" + hashlib.sha256(comparison.id.encode("utf-8", "replace")).hexdigest()[:12]
    panels = [*view.panels[:1], *([view.closer] if view.closer else view.panels[1:2])]
    names, short = arm_names(comparison, lang), short_names(comparison, lang)
    figures = [curve_figure(panel, names, lang, NARROW, short) for panel in panels]
    drawn = [(figure.title, svg(figure, f"{uid}-{number}")) for number, figure in enumerate(figures)]
    return template("fragment.html.j2").render(
        lang=words.lang,
        style=_style(len(comparison.arms)),
        title=asked_view(comparison, lang).title,
        headlines=headlines(comparison, lang),
        paragraphs=(*verdict_paragraphs(comparison, lang), *more),
        cards=arm_cards(comparison, lang),
        charts=drawn,
        metric=measure_of(comparison.metric, lang).title,
        text=words.text,
    )


def comparison_text(comparison: Comparison, lang: str = "en") -> str:
    """The question, the verdict and two small tables, for a terminal 88 cells wide; without colour."""
    words, asked, measure = translator(lang), asked_view(comparison, lang), measure_of(comparison.metric, lang)
    names = dict(zip((arm.name for arm in comparison.arms), short_names(comparison, lang), strict=True))
    cards = arm_cards(comparison, lang)
    counts = {words.text("Runs that trained"): [card.trained for card in cards]} if cards[0].counts else {}
    columns = {
        words.text("Arm"): list(names.values()),
        **counts,
        measure_of(comparison.metric, lang).title: [card.figure for card in cards],
        words.text("t interval, {level}", level=cards[0].level): [card.figure_interval or "–" for card in cards],
    }
    if any(card.mixed for card in cards):
        columns[words.text("Runs counted")] = [card.counted for card in cards]
    pairs = comparison.pairs
    differences = {
        words.text("Difference"): [f"{names[pair.b]} − {names[pair.a]}" for pair in pairs],
        measure.unit or words.text("Mean"): [
            measure.signed(pair.difference, pair_places(comparison, pair)) for pair in pairs
        ],
        "p": [p_number(pair.p_decision if pair.p_holm is None else pair.p_holm, comparison.alpha) for pair in pairs],
    }
    out = io.StringIO()
    console = Console(
        file=out,
        width=TEXT_WIDTH,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,  # there rich would show the text at once, and leave none of it to return
        legacy_windows=False,
    )
    console.print(
        Text(asked.title),
        "",
        Text(verdict_words(comparison, lang)),
        "",
        _table(columns),
        "",
        _table(differences),
        sep="\n",
    )
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _table(columns: dict[str, list[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="")
    for heading in columns:
        table.add_column(Text(heading))
    for row in zip(*columns.values(), strict=True):
        table.add_row(*map(Text, row))
    return table


def _style(arms: int) -> str:
    light, dark = declarations(arms, dark=False), declarations(arms, dark=True)
    written = STYLE.read_text("utf-8").replace("/* light palette */", light).replace("/* dark palette */", dark)
    return f"{written}\n{arm_rules(arms, '.paribus-card')}\n"
