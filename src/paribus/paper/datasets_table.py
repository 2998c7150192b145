"""The data sets of a comparison: for every pair of arms a row each, then their mean."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.comparison.words.datasets import DatasetFacts, dataset_facts, datasets_of
from paribus.paper.comparison_tables import ENDS, difference_unit, figure_cell, interval_cell, p_cell, value_unit
from paribus.paper.table import Cell, Column, Table, words_cell
from paribus.records.comparison import Comparison
from paribus.records.datasets import OnDataset
from paribus.words.metric_format import measure_of
from paribus.words.numbers import alpha_text
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, translator


def datasets_table(comparison: Comparison, lang: str) -> Table:
    """Each data set's figures and its own answer. It is a comparison of several data sets."""
    words, measure, every = translator(lang), measure_of(comparison.metric, lang), dataset_facts(comparison, lang)
    unit, alone = difference_unit(measure), len(every) == 1
    figures = (
        [Column(str(every[0].name(arm)), value_unit(measure)) for arm in (every[0].over.a, every[0].over.b)]
        if alone
        else [Column(words.text("Arms"), number=False)]
    )
    columns = (
        Column(words.text("Data set"), number=False),
        *figures,
        Column(words.text("Trained"), parts=("a", "b")) if _failed(comparison) else Column(words.text("Seeds")),
        Column(words.text("Difference"), unit),
        Column(words.text("{level} interval", level=words.level(0.95)), unit, parts=ENDS),
        Column("p"),
        Column(words.text("Verdict"), number=False),
    )
    rows = tuple(tuple(row) for facts in every for row in _rows(facts, alone))
    caption = words.text("Each data set: {metric}, and what its own runs say.", metric=measure.label)
    return Table("datasets", caption, columns, rows, (_note(comparison, words),))


def _failed(comparison: Comparison) -> bool:
    return any(arm.trained is not None and arm.counted < arm.size for arm in comparison.arms)


def _rows(facts: DatasetFacts, alone: bool) -> Iterator[Iterator[Cell]]:
    for one in facts.over.on:
        yield _row(facts, one, alone)
    yield _mean(facts, alone)


def _row(facts: DatasetFacts, one: OnDataset, alone: bool) -> Iterator[Cell]:
    measure, places = facts.measure, facts.places
    yield words_cell(one_line(one.name, 60))
    if alone:
        yield figure_cell(one.mean_a, measure, places)
        yield figure_cell(one.mean_b, measure, places)
    else:
        yield words_cell(_arms(facts))
    if _failed(facts.comparison):
        counts = (one.trained_a, one.trained_b)
        yield Cell(f"{one.trained_a}/{one.runs_a}, {one.trained_b}/{one.runs_b}", counts)
    else:
        yield Cell(_runs(one), (min(one.runs_a, one.runs_b),))
    yield figure_cell(one.difference, measure, places, signed=True)
    yield interval_cell(one.low, one.high, measure, places)
    yield p_cell(one.p_adjusted, facts.comparison.alpha)
    yield words_cell(_verdict(facts, one))


def _arms(facts: DatasetFacts) -> str:
    return f"{facts.name(facts.over.b)} − {facts.name(facts.over.a)}"


def _runs(one: OnDataset) -> str:
    return str(one.runs_a) if one.runs_a == one.runs_b else f"{one.runs_a}, {one.runs_b}"


def _mean(facts: DatasetFacts, alone: bool) -> Iterator[Cell]:
    """The mean over data sets like these."""
    over, measure, words = facts.over, facts.measure, facts.words
    pair = next(pair for pair in facts.comparison.pairs if (pair.a, pair.b) == (over.a, over.b))
    yield words_cell(words.text("Mean over data sets like these"))
    if alone:
        yield figure_cell(pair.mean_a, measure, facts.places)
        yield figure_cell(pair.mean_b, measure, facts.places)
    else:
        yield words_cell(_arms(facts))
    empty: tuple[int | None, ...] = (None, None) if _failed(facts.comparison) else (None,)
    yield Cell("–", empty)
    yield figure_cell(over.difference, measure, facts.places, signed=True)
    yield interval_cell(over.like.low, over.like.high, measure, facts.places)
    yield p_cell(pair.p_equal_holm if over.like.verdict == "equal" else pair.p_holm, facts.comparison.alpha)
    arm = {"a_better": over.a, "b_better": over.b}.get(over.like.verdict)
    if arm:
        yield words_cell(words.text("{arm} better", arm=facts.name(arm)))
    else:
        yield words_cell(words.text("practically equal") if over.like.verdict == "equal" else words.text("open"))


def _verdict(facts: DatasetFacts, one: OnDataset) -> str:
    """A data set's own answer in a word or two, for tables."""
    words = facts.words
    if one.verdict in ("a_better", "b_better"):
        arm = facts.over.b if one.verdict == "b_better" else facts.over.a
        return words.text("{arm} better", arm=facts.name(arm))
    return words.text("practically equal") if one.verdict == "equal" else words.text("open")


def _note(comparison: Comparison, words: Words) -> str:
    """How the verdicts are to be read."""
    found = datasets_of(comparison)
    return words.text(
        "Each data set counts the same. Data sets' own answers are corrected for {n} tests of all pairs on all data "
        "sets, at a level of {level}; they are a family of their own beside the verdict over data sets.",
        n=found.tests,
        level=alpha_text(comparison.alpha),
    )
