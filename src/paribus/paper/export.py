"""What a comparison's results offer for a paper: tables in three forms, a methods section, its citations."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.paper.claims_table import claims_table
from paribus.paper.comparison_tables import comparison_tables
from paribus.paper.datasets_table import datasets_table
from paribus.paper.effects_table import effects_table
from paribus.paper.methods import bibtex, methods_text
from paribus.paper.table import Table
from paribus.paper.writers import WRITERS
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation


def tables_of(comparison: Comparison, explanation: Explanation | None, lang: str, name: str = "") -> list[Table]:
    """All tables, or the one of that name. Raises ParibusError with the names that there are."""
    found = [*comparison_tables(comparison, lang)]
    if comparison.factorial is not None:
        found.insert(1, effects_table(comparison, lang))
    if comparison.datasets is not None:
        found.insert(1, datasets_table(comparison, lang))
    if explanation is not None and explanation.claims:
        found.append(claims_table(explanation, comparison, lang))
    named = [table for table in found if name in ("", table.name)]
    if not named:
        names = [table.name for table in found]
        others = Message("the tables are {choices}", choices=names)
        raise ParibusError("this comparison has no table {name!q}", name=name, hint=nearest(name, names, others))
    return named


class InPaper:
    """Mixed into what holds a comparison and a language: `to_markdown`, `to_latex`, `to_csv`, `methods`, `bibtex`."""

    comparison: Comparison
    lang: str

    def to_markdown(self, table: str = "") -> str:
        """All tables as Markdown, or the one called `table`: arms, pairs, datasets, metrics, runs, claims, effects."""
        return WRITERS["markdown"](self._tables(table))

    def to_latex(self, table: str = "") -> str:
        """The same as LaTeX floats, with booktabs; Korean words need kotex."""
        return WRITERS["latex"](self._tables(table))

    def to_csv(self, table: str = "") -> str:
        """The same as CSV with figures in full; several tables are parted by an empty line."""
        return WRITERS["csv"](self._tables(table))

    def methods(self, lang: str | None = None, *, latex: bool = False) -> str:
        """What was compared and how it was judged, for a methods section; with `latex` its citations are `\\cite`."""
        return methods_text(self.comparison, lang or self.lang, latex=latex)

    def bibtex(self) -> str:
        """The sources that the methods section cites."""
        return bibtex(self.comparison)

    def _tables(self, name: str) -> Sequence[Table]:
        return tables_of(self.comparison, getattr(self, "explanation", None), self.lang, name)
