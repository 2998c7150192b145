"""Parts of the report as HTML, for a page that shows them without the rest: what came out, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from paribus.comparison.words.verdict_text import opening_words, pair_paragraphs
from paribus.figures.arms import arm_names
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison, PairView
from paribus.records.explanation import Explanation
from paribus.report.charts import differences_chart
from paribus.report.contents import LearningCurves
from paribus.report.data import why_tables
from paribus.report.page import template
from paribus.report.results import arm_cards
from paribus.report.why import why_view
from paribus.words.metric_format import measure_of
from paribus.words.translation import translator


@dataclass(frozen=True)
class PairTable:
    """One pair: its arms as (index, name), b before a as they are subtracted, and its figures as text.

    `size` is the mean difference with its unit, None where no seed compares both; `interval` may be empty; `rows`: the
    seed, both arms' figures (a's first), and their difference.
    """

    b: tuple[int, str]
    a: tuple[int, str]
    size: str | None
    interval: str
    rows: tuple[tuple[str, ...], ...]


def verdict_part(comparison: Comparison, lang: str) -> str:
    """The arms, the words and the differences, for a page that says the verdict itself. Names in it are escaped."""
    words, program = translator(lang), program_view(comparison.program)
    sentences = (opening_words(comparison, lang), *pair_paragraphs(comparison, lang))
    counts = any(arm.trained is not None for arm in comparison.arms)
    return template("verdict_part.j2").render(
        comparison=comparison,
        program=program,
        words=words,
        text=words.text,
        arms=arm_cards(comparison, lang),
        differences=differences_chart(comparison, lang),
        paragraphs=[sentence for sentence in sentences if sentence],
        trained_note=program.trained_note(words) if counts else "",
        pairs=[_pair(comparison, pair, lang) for pair in comparison.pairs],
    )


def _pair(comparison: Comparison, pair: PairView, lang: str) -> PairTable:
    measure, names = measure_of(comparison.metric, lang), arm_names(comparison, lang)
    places = 2 if measure.is_share else measure.places(*(other.difference for other in comparison.pairs))
    index = {arm.name: index for index, arm in enumerate(comparison.arms)}
    a, b = index[pair.a], index[pair.b]
    reached = [{run.seed: run.figures.get(measure.metric.name) for run in comparison.arms[i].runs} for i in (a, b)]
    size, interval, digits = None, "", measure.places(pair.difference)
    if pair.difference is not None:
        size = measure.with_unit(measure.signed(pair.difference, digits))
    if pair.low is not None and pair.high is not None:
        low, high = measure.signed(pair.low, digits), measure.signed(pair.high, digits)
        level = measure.words.level(pair.level)
        interval = measure.words.text("{level} interval {low} to {high}", level=level, low=low, high=high)
    rows = tuple(
        (str(seed), *(measure.value(of.get(seed), places) for of in reached), measure.signed(difference, places))
        for seed, difference in zip(pair.seeds, pair.differences, strict=True)
    )
    return PairTable((b, names[b]), (a, names[a]), size, interval, rows)


def why_part(explanation: Explanation, comparison: Comparison, curves: LearningCurves, lang: str) -> dict[str, Any]:
    """`html`: the report's own section, with the answer as the page's heading; names in it are escaped.

    The rest is what `saveable.js` takes: `tables`, and `name`, how files begin.
    """
    why = why_view(explanation, comparison, lang, curves)
    return {
        "html": template("why.j2").render(why=why, text=translator(lang).text, alone=True),
        "tables": why_tables(explanation, curves, lang),
        "name": comparison.id,
    }
