"""Why as a piece of HTML, for a page that shows it without the rest of the report."""

from __future__ import annotations

from typing import Any

from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.report.contents import LearningCurves
from paribus.report.data import why_tables
from paribus.report.page import template
from paribus.report.why import why_view
from paribus.words.translation import translator


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
