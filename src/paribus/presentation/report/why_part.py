"""Why as a piece of HTML, for a page that shows it without the rest of the report."""

from __future__ import annotations

from typing import Any

from paribus.presentation.page.words_charts import save_words
from paribus.presentation.report.contents import LearningCurves
from paribus.presentation.report.data import why_tables
from paribus.presentation.report.page import template
from paribus.presentation.report.why import why_view
from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison
from paribus.values.explanation import Explanation


def why_part(explanation: Explanation, comparison: Comparison, curves: LearningCurves, lang: str) -> dict[str, Any]:
    """`html`: the report's own section, with the answer as the page's heading; names in it are escaped.

    The rest is what `saveable.js` takes: `tables`, `words` of the buttons, and `name`, how files begin.
    """
    why = why_view(explanation, comparison, lang, curves)
    return {
        "html": template("why.j2").render(why=why, text=translator(lang).text, alone=True),
        "tables": why_tables(explanation, curves, lang),
        "words": save_words(lang),
        "name": comparison.id,
    }
