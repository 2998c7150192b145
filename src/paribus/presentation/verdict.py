"""The verdict in plain words: what is better, by how much, how sure, and what the test cannot say.

Nothing is computed here; every figure is the comparison's own. The order is fixed: *confounded* first, then the look,
then a paragraph a pair, which leads with the trained counts where the arms differ in them.
"""

from __future__ import annotations

from paribus.presentation.translation import Words, translator
from paribus.values.comparison import Comparison, PairView


def verdict_words(comparison: Comparison, lang: str) -> str:
    """The whole verdict in plain words: a paragraph a pair, parted by blank lines."""
    raise NotImplementedError


def pair_words(comparison: Comparison, pair: PairView, lang: str) -> str:
    """One pair's paragraph."""
    raise NotImplementedError


def headline(comparison: Comparison, pair: PairView, lang: str) -> str:
    """One pair's verdict in a short line, for tables and titles."""
    raise NotImplementedError
