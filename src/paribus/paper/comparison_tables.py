"""A comparison's tables: arms, pairs, the pairs by other metrics, every run."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.comparison.words.pair_facts import PairFacts, pair_facts
from paribus.comparison.words.seeds import means_note
from paribus.comparison.words.short import deciding_test, short_verdict
from paribus.paper.table import Cell, Column, Table, words_cell
from paribus.records.comparison import ArmView, Comparison
from paribus.words.metric_format import Measure, measure_of
from paribus.words.numbers import p_number
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, mark, translator

ENDS = ("low", "high")


def comparison_tables(comparison: Comparison, lang: str) -> tuple[Table, ...]:
    """All that have a row, by the names of `--table`: arms, pairs, metrics, runs."""
    words = translator(lang)
    found = (_arms(comparison, words), _pairs(comparison, words), _metrics(comparison, words), _runs(comparison, words))
    return tuple(table for table in found if table.rows)


def interval_cell(low: float | None, high: float | None, measure: Measure, places: int) -> Cell:
    """`[81.9, 82.3]`."""
    if low is None or high is None:
        return Cell("–", (None, None))
    ends = ", ".join(measure.number(end, places) for end in (low, high))
    scale = measure.metric.scale
    return Cell(f"[{ends}]", (scale * low, scale * high))


def figure_cell(value: float | None, measure: Measure, places: int, *, signed: bool = False) -> Cell:
    """A figure or a difference without its unit, which the column has."""
    text = (measure.signed if signed else measure.number)(value, places)
    return Cell(text, (None if value is None else measure.metric.scale * value,))


def difference_unit(measure: Measure) -> str:
    """What its differences are in."""
    return measure.with_unit("").strip()


def value_unit(measure: Measure) -> str:
    """What a metric's figures are in, for the head of a column."""
    return "%" if measure.is_share else difference_unit(measure)


def p_cell(p: float | None, alpha: float) -> Cell:
    """A p value."""
    return Cell(p_number(p, alpha), (p,))


_ARMS = {  # by whether there are several data sets
    False: mark("Each arm: means of {metric} with t intervals over runs."),
    True: mark("Each arm: means of {metric} with t intervals over data sets, each of which counts the same."),
}


def _arms(comparison: Comparison, words: Words) -> Table:
    measure, counts = measure_of(comparison.metric, words.lang), any(a.trained is not None for a in comparison.arms)
    level = next((found.level for found in map(comparison.judged, comparison.arms) if found), 0.95)
    columns = [
        Column(words.text("Arm"), number=False),
        *(
            (
                Column(words.text("Trained"), parts=(words.text("runs"), words.text("of"))),
                Column(words.text("Wilson interval, {level}", level=words.level(0.95)), "%", parts=ENDS),
            )
            if counts
            else ()
        ),
        Column(measure.title, value_unit(measure)),
        Column(words.text("{level} interval", level=words.level(level)), value_unit(measure), parts=ENDS),
        Column(words.text("Data sets") if comparison.datasets is not None else words.text("Runs counted")),
    ]
    caption = words.text(_ARMS[comparison.datasets is not None], metric=measure.label)
    mixed = words.text("Where only some of an arm's runs trained, its mean is over those alone.")
    said = (mixed if any(arm.over == "trained" for arm in comparison.arms) else "", means_note(comparison, words))
    notes = tuple(note for note in said if note)
    rows = tuple(tuple(_arm(arm, comparison, measure, counts)) for arm in comparison.arms)
    return Table("arms", caption, tuple(columns), rows, notes)


def _arm(arm: ArmView, comparison: Comparison, measure: Measure, counts: bool) -> Iterator[Cell]:
    found, places = comparison.judged(arm), measure.places(*(pair.difference for pair in comparison.pairs))
    yield words_cell(measure.words.arm_label(arm.name, comparison.factor, arm.value))
    if counts:
        yield Cell(f"{arm.counted}/{arm.size}", (arm.counted, arm.size))
        shares = [100 * end for end in (arm.trained_low, arm.trained_high) if end is not None]
        yield Cell("[{:.0f}, {:.0f}]".format(*shares), tuple(shares)) if shares else Cell("–", (None, None))
    yield figure_cell(found.mean if found else None, measure, places)
    yield interval_cell(found.low if found else None, found.high if found else None, measure, places)
    yield Cell(str(found.n if found else 0), (found.n if found else 0,))


def _pairs(comparison: Comparison, words: Words) -> Table:
    measure = measure_of(comparison.metric, words.lang)
    caption = words.text("Each pair of arms: difference in {metric}, and the verdict.", metric=measure.label)
    rows = tuple(tuple(_pair(pair_facts(comparison, pair, words.lang))) for pair in comparison.pairs)
    return Table("pairs", caption, _pair_columns(comparison, measure), rows, _corrected(comparison, words))


def _pair_columns(comparison: Comparison, measure: Measure) -> tuple[Column, ...]:
    words = measure.words
    level = comparison.pairs[0].level if comparison.pairs else 0.95
    return (
        Column(words.text("Arm"), number=False),
        Column(words.text("Against"), number=False),
        Column(words.text("Difference"), difference_unit(measure)),
        Column(words.text("{level} interval", level=words.level(level)), difference_unit(measure), parts=ENDS),
        Column("p"),
        Column(words.text("Test"), number=False),
        Column(words.text("Verdict"), number=False),
    )


def _pair(facts: PairFacts) -> Iterator[Cell]:
    name, p = deciding_test(facts)
    low, high = facts.seeds_interval or (None, None)
    yield words_cell(facts.first_name)
    yield words_cell(facts.second_name)
    yield figure_cell(facts.difference, facts.measure, facts.places, signed=True)
    yield interval_cell(low, high, facts.measure, facts.places)
    yield p_cell(p, facts.comparison.alpha)
    yield words_cell(name)
    yield words_cell(short_verdict(facts))


def _corrected(comparison: Comparison, words: Words) -> tuple[str, ...]:
    level = f"{comparison.alpha:.4g}"
    if comparison.tests < 2:
        return (words.text("p is that of the test that decides, at a level of {level}.", level=level),)
    return (
        words.text(
            "p is that of the test that decides, after Holm's correction for {n} tests, at a level of {level}.",
            n=comparison.tests,
            level=level,
        ),
    )


def _metrics(comparison: Comparison, words: Words) -> Table:
    """Differences by the metrics that are not judged, each in its own unit, which stands beside it."""
    columns = (
        Column(words.text("Metric"), number=False),
        Column(words.text("Unit"), number=False),
        *_pair_columns(comparison, measure_of(comparison.metric.model_copy(update={"unit": ""}), words.lang))[:5],
    )
    rows = []
    for name in dict.fromkeys(pair.metric for pair in comparison.other_pairs):
        other = comparison.by(name)
        measure = measure_of(other.metric, words.lang)
        for pair in other.pairs:
            cells = list(_pair(pair_facts(other, pair, words.lang)))[:5]
            rows.append((words_cell(measure.title), words_cell(difference_unit(measure) or "–"), *cells))
    caption = words.text("Each pair of arms by the metrics that are described and not judged.")
    note = words.text("p values are corrected over the pairs of one metric, not over metrics: some differ by chance.")
    return Table("metrics", caption, columns, tuple(rows), () if comparison.claims > 1 else (note,))


def _runs(comparison: Comparison, words: Words) -> Table:
    measures = [measure_of(metric, words.lang) for metric in comparison.program.metrics]
    columns = (
        Column(words.text("Arm"), number=False),
        *((Column(words.text("Data set"), number=False),) if comparison.datasets is not None else ()),
        Column(words.text("Seed")),
        Column(words.text("Status"), number=False),
        Column(words.text("Trained"), number=False),
        *(Column(measure.title, value_unit(measure)) for measure in measures),
    )
    said = {None: "–", True: words.text("yes"), False: words.text("no")}
    rows = tuple(
        (
            words_cell(words.arm_label(arm.name, comparison.factor, arm.value)),
            *((words_cell(one_line(run.dataset, 60)),) if comparison.datasets is not None else ()),
            Cell(str(run.seed), (run.seed,)),
            words_cell(words.status(run.status)),
            words_cell(said[run.trained]),
            *(figure_cell(run.last(m.metric.name), m, 2 if m.is_share else 4) for m in measures),
        )
        for arm in comparison.arms
        for run in arm.runs
    )
    return Table("runs", words.text("Every run."), columns, rows)
