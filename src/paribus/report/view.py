"""The report as a view: every word and figure of the page, in order, before the template lays it out."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.comparison.words.verdict_text import headline, headlines, opening_words, pair_paragraphs
from paribus.figures.arms import names_by_arm
from paribus.paper.datasets_table import datasets_table
from paribus.paper.effects_table import effects_table
from paribus.paper.table import Table
from paribus.programs.view import NextQuestion, ReportParts, program_view, step_unit
from paribus.records.comparison import Comparison, McNemar, PairView
from paribus.report.charts import Charts, charts
from paribus.report.contents import NOTHING, ReportContents
from paribus.report.design import AskedView, asked_view
from paribus.report.methods import FigureRow, pair_figures
from paribus.report.results import ArmCard, RunRow, arm_cards, run_rows, table_metrics
from paribus.report.sections import sections_of
from paribus.words.metric_format import measure_of
from paribus.words.safe_text import one_line
from paribus.words.translation import Lang, translator


@dataclass(frozen=True)
class PairBlock:
    """One pair: its arms as (index, name), its verdict in a line, and all its figures."""

    a: tuple[int, str]
    b: tuple[int, str]
    headline: str
    figures: tuple[FigureRow, ...]
    mcnemar: tuple[McNemar, ...]


@dataclass(frozen=True)
class ReportView:
    """The page, beside what the template takes from the comparison itself. Texts are plain and unescaped; only `charts`
    is markup.

    `opening`: what must be said before any verdict (confounded, a further look), or nothing; `paragraphs`: one a pair;
    `metric` is the one that is judged; `counts`: whether it is told how many runs trained; `own`: the program's own
    parts; `sections`: what there is, as (id, title); `lengths`: what runs' lengths are called, where they have any, and
    `timed` whether it is known how long they took; `next`: what may be asked after it.
    """

    lang: Lang
    headlines: tuple[str, ...]
    opening: str
    paragraphs: tuple[str, ...]
    arms: tuple[ArmCard, ...]
    asked: AskedView
    charts: Charts
    pairs: tuple[PairBlock, ...]
    own: ReportParts
    metrics: tuple[str, ...]
    runs: tuple[RunRow, ...]
    environment: tuple[tuple[str, str], ...]
    metric: str
    counts: bool
    sections: tuple[tuple[str, str], ...]
    lengths: str
    timed: bool
    effects: Table | None
    datasets: Table | None
    next: tuple[NextQuestion, ...]


def report_view(comparison: Comparison, lang: str, contents: ReportContents = NOTHING) -> ReportView:
    """A comparison as the report shows it. Raises ParibusError on an unknown language or damaged images."""
    names = names_by_arm(comparison, lang)
    program = program_view(comparison.program)
    own, following = program.report_parts(comparison, names, lang), program.next_questions(comparison, translator(lang))
    return ReportView(
        lang=translator(lang).lang,
        headlines=headlines(comparison, lang),
        opening=opening_words(comparison, lang),
        paragraphs=pair_paragraphs(comparison, lang),
        arms=arm_cards(comparison, lang),
        asked=asked_view(comparison, lang),
        charts=charts(comparison, lang),
        pairs=_pairs(comparison, names, lang),
        own=own,
        metrics=tuple(measure_of(metric, lang).title for metric in table_metrics(comparison)),
        runs=run_rows(comparison, lang),
        environment=_environment(comparison, lang),
        metric=measure_of(comparison.metric, lang).title,
        counts=any(arm.trained is not None for arm in comparison.arms),
        sections=sections_of(comparison, contents, own, lang, bool(following)),
        lengths=_lengths(comparison, lang),
        effects=None if comparison.factorial is None else effects_table(comparison, lang),
        datasets=None if comparison.datasets is None else datasets_table(comparison, lang),
        timed=any(run.seconds for arm in comparison.arms for run in arm.runs),
        next=following,
    )


def _lengths(comparison: Comparison, lang: str) -> str:
    text, epochs = translator(lang).text, step_unit(comparison.program) == "epoch"
    if not any(run.length for arm in comparison.arms for run in arm.runs):
        return ""
    return text("Epochs") if epochs else text("Steps")


def _pairs(comparison: Comparison, names: dict[str, str], lang: str) -> tuple[PairBlock, ...]:
    """Of several data sets the table has the figures."""
    pairs = () if comparison.datasets is not None else comparison.pairs
    return tuple(_pair(comparison, pair, names, lang) for pair in pairs)


def _pair(comparison: Comparison, pair: PairView, names: dict[str, str], lang: str) -> PairBlock:
    shown = {arm.name: (index, names[arm.name]) for index, arm in enumerate(comparison.arms)}
    return PairBlock(
        a=shown[pair.a],
        b=shown[pair.b],
        headline=headline(comparison, pair, lang),
        figures=pair_figures(comparison, pair, names, lang),
        mcnemar=pair.mcnemar,
    )


def _environment(comparison: Comparison, lang: str) -> tuple[tuple[str, str], ...]:
    words, facts = translator(lang), comparison.environment
    revision = facts.git_revision or ""
    if revision and facts.git_dirty:
        revision = words.text("{revision}, with changes not committed", revision=revision)
    rows = [
        ("Paribus", facts.paribus),
        ("PyTorch", facts.torch),
        ("NumPy", facts.numpy),
        ("Python", facts.python),
        (words.text("Operating system"), facts.platform),
        (words.text("Processor"), facts.processor),
        (words.text("Device"), f"{facts.device} · {facts.device_name}"),
        (words.text("Kernel"), facts.kernel),
        (words.text("Threads in a run"), str(facts.threads)),
        (words.text("Git revision"), revision),
    ]
    return tuple((name, one_line(value, 200)) for name, value in rows if value)
