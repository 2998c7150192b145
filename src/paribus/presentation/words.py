"""Every word that people read comes from here, in Korean and English. This module gathers what the others offer."""

from paribus.presentation.labels import arm_label, field_label, metric_label, value_label
from paribus.presentation.numbers import decimals, level_text, loss, p_number, p_text, percent, points, signed_points
from paribus.presentation.translation import LANGUAGES, Lang, Words, language_from_locale, mark, translator
from paribus.presentation.verdict import headline, pair_words, verdict_words

__all__ = [
    "LANGUAGES",
    "Lang",
    "Words",
    "arm_label",
    "decimals",
    "field_label",
    "headline",
    "language_from_locale",
    "level_text",
    "loss",
    "mark",
    "metric_label",
    "p_number",
    "p_text",
    "pair_words",
    "percent",
    "points",
    "signed_points",
    "translator",
    "value_label",
    "verdict_words",
]
