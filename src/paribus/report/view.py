"""The report as a view: every word and figure of the page, in order, before the template lays it out."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from paribus.comparison.words.verdict import headline, opening_words, pair_words
from paribus.figures.arms import names_by_arm
from paribus.figures.measured import curve_metrics
from paribus.figures.svg import svg
from paribus.programs.recipe.evidence import evidence_of
from paribus.programs.recipe.figures.confusion import ConfusionView, confusion_figure, confusion_views
from paribus.programs.recipe.figures.disagreements import DisagreementView, disagreement_views
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison, McNemar, PairView
from paribus.report.charts import Charts, charts
from paribus.report.contents import NOTHING, ReportContents
from paribus.report.design import AskedView, asked_view
from paribus.report.methods import FigureRow, pair_figures
from paribus.report.results import ArmCard, RunRow, arm_cards, run_rows, table_metrics
from paribus.words.measure import measure_of
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
class ConfusionBlock:
    """One arm's confusion matrix, and what is shown of it.

    `cells[true][predicted]`: (text, level 0 to 10, count); `notes` are sentences. `picture`: the same as a figure, to
    be saved.
    """

    name: str
    matrix: ConfusionView
    cells: tuple[tuple[tuple[str, int, int], ...], ...]
    notes: tuple[str, ...]
    picture: Markup


@dataclass(frozen=True)
class ReportView:
    """The page, beside what the template takes from the comparison itself. Texts are plain and unescaped; only `charts`
    is markup.

    `opening`: what must be said before any verdict (confounded, a further look), or nothing; `paragraphs`: one a pair;
    `metric` is the one that is judged, `items` what it counts; `counts`: whether it is told how many
    runs trained; `sections`: what there is, as (id, title).
    """

    lang: Lang
    headlines: tuple[str, ...]
    opening: str
    paragraphs: tuple[str, ...]
    arms: tuple[ArmCard, ...]
    asked: AskedView
    charts: Charts
    pairs: tuple[PairBlock, ...]
    confusions: tuple[ConfusionBlock, ...]
    disagreements: tuple[DisagreementView, ...]
    metrics: tuple[str, ...]
    runs: tuple[RunRow, ...]
    environment: tuple[tuple[str, str], ...]
    metric: str
    items: str
    counts: bool
    sections: tuple[tuple[str, str], ...]


def report_view(comparison: Comparison, lang: str, contents: ReportContents = NOTHING) -> ReportView:
    """A comparison as the report shows it. Raises ParibusError on an unknown language or damaged images."""
    words, program = translator(lang), program_view(comparison.program)
    asked = asked_view(comparison, lang)
    names = names_by_arm(comparison, lang)
    return ReportView(
        lang=words.lang,
        headlines=tuple(headline(comparison, pair, lang) for pair in comparison.pairs),
        opening=opening_words(comparison, lang),
        paragraphs=tuple(pair_words(comparison, pair, lang) for pair in comparison.pairs),
        arms=arm_cards(comparison, lang),
        asked=asked,
        charts=charts(comparison, lang),
        pairs=tuple(_pair(comparison, pair, names, lang) for pair in comparison.pairs),
        confusions=tuple(_confusion(view, names, lang) for view in confusion_views(comparison)),
        disagreements=disagreement_views(comparison),
        metrics=tuple(measure_of(metric, lang).title for metric in table_metrics(comparison)),
        runs=run_rows(comparison, lang),
        environment=_environment(comparison, lang),
        metric=measure_of(comparison.metric, lang).title,
        items=program.items(words),
        counts=any(arm.trained is not None for arm in comparison.arms),
        sections=_sections(comparison, contents, lang),
    )


def _sections(comparison: Comparison, contents: ReportContents, lang: str) -> tuple[tuple[str, str], ...]:
    text, evidence = translator(lang).text, evidence_of(comparison)
    sections = {
        "verdict": text("The verdict"),
        "asked": text("What was asked"),
        "training": text("How training went") if curve_metrics(comparison) else "",
        "why": text("Why") if contents.explanation is not None else "",
        "lab": text("Try the networks yourself") if contents.lab is not None else "",
        "size": text("How large the difference is, and how sure"),
        "reach": text("How far the verdict reaches") if contents.verdict_map is not None else "",
        "mistakes": text("Confusion matrix") if evidence is not None else "",
        "disagree": text("Where the arms disagree most") if evidence is not None and evidence.disagreements else "",
        "runs": text("Every run"),
        "again": text("Reproduce this"),
    }
    return tuple((id, title) for id, title in sections.items() if title)


def _pair(comparison: Comparison, pair: PairView, names: dict[str, str], lang: str) -> PairBlock:
    shown = {arm.name: (index, names[arm.name]) for index, arm in enumerate(comparison.arms)}
    return PairBlock(
        a=shown[pair.a],
        b=shown[pair.b],
        headline=headline(comparison, pair, lang),
        figures=pair_figures(comparison, pair, names, lang),
        mcnemar=pair.mcnemar,
    )


def _confusion(view: ConfusionView, names: dict[str, str], lang: str) -> ConfusionBlock:
    words = translator(lang)
    rows = zip(view.shares, view.counts, strict=True)
    cells = tuple(tuple(_cell(share, n) for share, n in zip(*row, strict=True)) for row in rows)
    if view.single is not None:
        notes: tuple[str, ...] = (words.text("Calls nearly every image {name}.", name=view.classes[view.single]),)
    elif view.blind:
        given = ", ".join(view.classes[number] for number in view.blind)
        notes = (
            words.text(
                "Gives the same answer whatever the image; which one differs from run to run: {given}.", given=given
            ),
        )
    else:
        notes = tuple(
            words.text(
                "{share} of {true} are called {predicted}",
                share=words.percent(mistake.share),
                true=view.classes[mistake.true],
                predicted=view.classes[mistake.predicted],
            )
            for mistake in view.mistakes
        )
    picture = svg(confusion_figure((view,), list(names.values()), lang))
    return ConfusionBlock(names[view.name], view, cells, notes, picture)


def _cell(share: float, count: int) -> tuple[str, int, int]:
    """Per cent of the row. Square roots set the shade, so that a class confused in 1 of 100 images is still seen."""
    value = 100 * share
    text = "" if not count else "·" if value < 0.05 else f"{value:.1f}" if value < 0.95 else f"{value:.0f}"
    return text, min(10, max(1, round(10 * share**0.5))) if count else 0, count


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
