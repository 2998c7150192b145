"""The sections of a report and their order."""

from __future__ import annotations

from paribus.figures.measured import curve_metrics
from paribus.programs.view import ReportParts
from paribus.records.comparison import Comparison
from paribus.report.contents import ReportContents
from paribus.words.translation import translator


def sections_of(
    comparison: Comparison, contents: ReportContents, own: ReportParts, lang: str, following: bool = False
) -> tuple[tuple[str, str], ...]:
    """What there is, in the order of the page, each the template of its name. following: does it end with questions."""
    text = translator(lang).text
    sections = {
        "verdict": text("The verdict"),
        "tuned": text("Each at its best") if contents.tuned is not None else "",
        "asked": text("What was asked"),
        "training": text("How training went") if curve_metrics(comparison) else "",
        "why": text("Why") if contents.explanation is not None else "",
        "lab": text("Try the networks yourself") if contents.lab is not None else "",
        "size": text("How large the difference is, and how sure"),
        "reach": text("How far the verdict reaches") if contents.verdict_map is not None else "",
        **own.titles,
        "runs": text("Every run"),
        "again": text("Reproduce this"),
        "next": text("What to try next") if following else "",
    }
    return tuple((id, title) for id, title in sections.items() if title)
