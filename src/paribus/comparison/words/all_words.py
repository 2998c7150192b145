"""Every word that people read comes from here, in Korean and English. This module gathers what the others offer."""

from paribus.comparison.words.verdict import headline, pair_words, verdict_words
from paribus.words.numbers import (
    alpha_text,
    bytes_text,
    decimals,
    loss,
    margin_text,
    p_number,
    p_text,
    points,
    signed_points,
)
from paribus.words.translation import LANGUAGES, Lang, Words, language_from_locale, mark, translator

__all__ = [
    "LANGUAGES",
    "Lang",
    "Words",
    "alpha_text",
    "bytes_text",
    "decimals",
    "headline",
    "language_from_locale",
    "loss",
    "margin_text",
    "mark",
    "p_number",
    "p_text",
    "pair_words",
    "points",
    "signed_points",
    "translator",
    "verdict_words",
]
