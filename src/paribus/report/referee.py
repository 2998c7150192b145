"""The report of a loop of edits as a file, page or Markdown."""

from __future__ import annotations

from pathlib import Path

from paribus.core.errors import ParibusError
from paribus.figures.svg import svg
from paribus.figures.tries import NARROW, WIDE, tries_figure
from paribus.referee.words.report import LoopReport, markdown
from paribus.report.page import policy, style_sheet, template, write_file

KINDS = (".html", ".md")


def write_loop_report(report: LoopReport, path: Path, lang: str) -> Path:
    """Write it, as the file's name says. Raises ParibusError for another kind, or where it cannot be written."""
    if path.suffix not in KINDS:
        raise ParibusError("a report is a page or Markdown: {choices}", choices=KINDS, got=str(path))
    write_file(path, markdown(report) if path.suffix == ".md" else _page(report, lang))
    return path


def _page(report: LoopReport, lang: str) -> str:
    style = style_sheet(2)
    narrow, wide = (tries_figure(report.marks, report.measure, width) for width in (NARROW, WIDE))
    drawn = {"heading": wide.title, "narrow": svg(narrow, "tries"), "wide": svg(wide, "tries-wide")}
    return template("referee.html.j2").render(report=report, lang=lang, style=style, policy=policy(style, ""), **drawn)
