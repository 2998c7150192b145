"""The report of a loop of edits as a file, page or Markdown."""

from __future__ import annotations

from pathlib import Path

from paribus.core import atomic
from paribus.core.errors import ParibusError, StoreError, reason_of
from paribus.figures.svg import svg
from paribus.figures.tries import NARROW, WIDE, tries_figure
from paribus.referee.words.report import LoopReport, markdown
from paribus.report.page import policy, style_sheet, template

KINDS = (".html", ".md")


def write_loop_report(report: LoopReport, path: Path, lang: str) -> Path:
    """Write it, as the file's name says. Raises ParibusError for another kind, or where it cannot be written."""
    if path.suffix not in KINDS:
        raise ParibusError("a report is a page or Markdown: {choices}", choices=KINDS, got=str(path))
    text = markdown(report) if path.suffix == ".md" else _page(report, lang)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_whole(path, text.encode())
    except OSError as error:
        raise StoreError(
            "{path}: the report cannot be written here; {reason}", path=path, reason=reason_of(error)
        ) from None
    return path


def _page(report: LoopReport, lang: str) -> str:
    style = style_sheet(2)
    narrow, wide = (tries_figure(report.marks, report.measure, width) for width in (NARROW, WIDE))
    drawn = {"heading": wide.title, "narrow": svg(narrow, "tries"), "wide": svg(wide, "tries-wide")}
    return template("referee.html.j2").render(report=report, lang=lang, style=style, policy=policy(style, ""), **drawn)
