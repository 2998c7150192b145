"""The effects of two crossed factors: a row for each."""

from __future__ import annotations

from paribus.comparison.words.factorial import effect_interval, effect_name, effect_places
from paribus.core.messages import mark
from paribus.paper.comparison_tables import ENDS, difference_unit, figure_cell, p_cell
from paribus.paper.table import Cell, Column, Table, words_cell
from paribus.records.comparison import Comparison
from paribus.records.factorial import Effect
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of
from paribus.words.translation import Words, translator

_KINDS = {"main": mark("main effect"), "interaction": mark("interaction"), "simple": mark("simple effect")}
_TOLD = {"better": mark("better"), "worse": mark("worse"), "open": mark("open")}


def effects_table(comparison: Comparison, lang: str) -> Table:
    """Main effects, interactions, simple effects. It is a comparison of two factors."""
    words, found = translator(lang), comparison.factorial
    effects = found.effects if found is not None else ()
    measure = measure_of(comparison.metric, lang)
    unit = difference_unit(measure)
    columns = (
        Column(words.text("Effect"), number=False),
        Column(words.text("Kind"), number=False),
        Column(words.text("Trained"), parts=(words.text("before"), words.text("after"), words.text("of"))),
        Column(words.text("p of the counts")),
        Column(words.text("Difference"), unit),
        Column(words.text("{level} interval", level=words.level(0.95)), unit, parts=ENDS),
        Column("p"),
        Column(words.text("Verdict"), number=False),
    )
    caption = words.text("What each factor does, alone and together: {metric}.", metric=measure.label)
    note = words.text(
        "p values are after Holm's correction for {n} tests, to be compared with {level}.",
        n=found.tests if found is not None else 0,
        level=f"{comparison.alpha:.4g}",
    )
    rows = tuple(_row(comparison, effect, words) for effect in effects)
    return Table("effects", caption, columns, rows, (note,))


def _row(comparison: Comparison, effect: Effect, words: Words) -> tuple[Cell, ...]:
    measure, scale = measure_of(comparison.metric, words.lang), comparison.metric.scale
    trains, figure = effect.answers.trains, effect.answers.figure
    p, p_counts = (None if answer is None else answer.p_adjusted for answer in (figure, trains))
    ends = tuple(None if end is None else scale * end for end in (effect.low, effect.high))
    counts = (effect.trained_minus, effect.trained_plus, effect.runs_plus)
    return (
        words_cell(initial_capital(effect_name(comparison, effect, words))),
        words_cell(words.text(_KINDS[effect.kind])),
        Cell("{} → {} / {}".format(*counts), counts),
        p_cell(p_counts, comparison.alpha),
        figure_cell(effect.size, measure, effect_places(effect, measure), signed=True),
        Cell(effect_interval(effect, measure) or "–", ends),
        p_cell(p, comparison.alpha),
        words_cell(words.text(_told(effect))),
    )


def _told(effect: Effect) -> str:
    """Of an interaction only whether there is one: neither side of it is better."""
    return mark("established") if effect.kind == "interaction" and effect.told != "open" else _TOLD[effect.told]
