"""What the report's scripts take beside its curves: tables to save, and confusion matrices with their images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paribus.diagnosis.words.intervention_outcomes import KINDS, intervention_words
from paribus.figures.arms import names_by_arm
from paribus.figures.interventions import intervention_groups
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.records.tuned import Tuned
from paribus.report.contents import LearningCurves
from paribus.report.results import table_metrics
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of
from paribus.words.safe_text import one_line
from paribus.words.translation import translator

if TYPE_CHECKING:
    from paribus.report.view import ReportView

Table = dict[str, Any]


def tables_data(comparison: Comparison, view: ReportView, lang: str) -> dict[str, Any]:
    """`tables`: by chart its `columns` and `rows`; `name`, how files begin."""
    tables = {"differences": _differences(comparison, lang), "runs": _runs(comparison, view, lang)}
    return {"tables": tables, "name": comparison.id}


def _differences(comparison: Comparison, lang: str) -> Table:
    """Percentage points, a row a pair: the mean, both intervals, and each seed's difference."""
    text = translator(lang).text
    names = names_by_arm(comparison, lang)
    intervals = (
        text("Interval over seeds"),
        text(
            "Interval over seeds and {items}",
            items=program_view(comparison.program).items(comparison, translator(lang)),
        ),
    )
    columns = [text("Difference"), text("Mean")]
    columns += [text("{interval}, {end}", interval=i, end=e) for i in intervals for e in (text("low"), text("high"))]
    columns += [text("Seed {n}", n=seed) for seed in comparison.seeds]
    rows = []
    for pair in comparison.pairs:
        of_seed = dict(zip(pair.seeds, pair.differences, strict=True))
        figures = (pair.difference, pair.low, pair.high, pair.items_low, pair.items_high)
        values = (*figures, *(of_seed.get(seed) for seed in comparison.seeds))
        rows.append([f"{names[pair.b]} − {names[pair.a]}", *(None if v is None else round(100 * v, 4) for v in values)])
    return {"columns": columns, "rows": rows}


def tuned_tables(tuned: Tuned, lang: str) -> dict[str, Table]:
    """The tables of arms at their best, by the name that its part of the page has for each: every try, a row each."""
    words, names = translator(lang), names_by_arm(tuned.comparison, lang)
    text = words.text
    fields = [field.name for field in tuned.fields]
    columns = [text("Arm"), *(initial_capital(words.field(name)) for name in fields)]
    columns += [measure_of(tuned.metric, lang).title, text("Runs that trained"), text("Runs")]
    rows = [
        [names[arm.arm], *(one.values.get(name) for name in fields), one.score, one.counted, len(one.runs)]
        for arm in tuned.arms
        for one in arm.tries
    ]
    return {"tuned-differences": _differences(tuned.comparison, lang), "tuning": {"columns": columns, "rows": rows}}


def why_tables(explanation: Explanation, curves: LearningCurves, lang: str) -> dict[str, Table]:
    """The tables of why, by the name that its part of the page has for each."""
    return {
        "interventions": _interventions(explanation, lang),
        "courses": _curves(explanation, curves, lang),
    }


def _interventions(explanation: Explanation, lang: str) -> Table:
    """What was changed on purpose and run, a row each. Accuracies are fractions of validation images."""
    text = translator(lang).text
    columns = [text("Change"), text("Outcome"), text("Without the change"), text("With the change")]
    columns += [
        text("{interval}, {end}", interval=text("With the change"), end=end) for end in (text("low"), text("high"))
    ]
    columns += [text("Length"), text("Confirmed on fresh seeds")]
    told = {True: text("yes"), False: text("no")}
    rows = [
        [
            row.change,
            group.title,
            *(None if v is None else round(v, 6) for v in (row.before, row.after, row.low, row.high)),
            row.length,
            told[row.confirmed],
        ]
        for group in intervention_groups(explanation, lang)
        for row in group.rows
    ]
    return {"columns": columns, "rows": rows}


def _curves(explanation: Explanation, curves: LearningCurves, lang: str) -> Table:
    """The figures of the interventions' curves, a row an epoch. Accuracies are fractions of validation images."""
    words = translator(lang)
    text = words.text
    columns = [text("Change"), text("Outcome"), text("Epoch"), text("Without the change"), text("With the change")]
    known = dict(zip(explanation.tested, curves, strict=False))
    rows = [
        [
            initial_capital(intervention_words(tested.intervention, words.lang)),
            text(title),
            epoch,
            *(round(share, 6) for share in shares),
        ]
        for kind, title in KINDS.items()
        for tested in explanation.of(kind)
        if (curve := known.get(tested)) is not None
        for epoch, shares in enumerate(zip(curve.before, curve.after, strict=True), start=1)
    ]
    return {"columns": columns, "rows": rows}


def _runs(comparison: Comparison, view: ReportView, lang: str) -> Table:
    """Every run, a row each: fractions and nats as they are."""
    text = translator(lang).text
    figures = [measure_of(metric, lang).title for metric in table_metrics(comparison)]
    length, time = [view.lengths] * bool(view.lengths), [text("Time")] * view.timed
    columns = [text("Seed"), text("Arm"), text("State"), *figures, *length, *time, text("Run")]
    rows = []
    for shown in view.runs:
        run = shown.run
        found = [run.last(metric.name) for metric in table_metrics(comparison)]
        lasted = [run.length] * len(length) + [round(run.seconds, 2)] * len(time)
        rows.append([run.seed, shown.arm, shown.state_text, *found, *lasted, one_line(run.id)])
    return {"columns": columns, "rows": rows}
