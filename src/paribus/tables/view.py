"""What a table does not say is not said of it."""

from __future__ import annotations

from paribus.programs.view import ProgramView
from paribus.records.comparison import Comparison
from paribus.words.translation import Words


class TableView(ProgramView):
    """Of results that exist already nobody knows here how they were made."""

    makes_runs = False

    def title(self, comparison: Comparison, words: Words) -> str:
        """That the figures were there before."""
        return words.text("results from elsewhere")

    def only_difference(self, factor: str, words: Words) -> str:
        """What the arms differ in."""
        return words.text(
            "The arms differ in the {factor}; whether in nothing else, the table does not say.", factor=factor
        )


VIEW = TableView()
