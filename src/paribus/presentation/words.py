"""Every word that people read comes from here, in Korean and English. This module gathers what the others offer."""

from paribus.presentation.labels import arm_label, arm_name, field_label, metric_label, value_label, value_name
from paribus.presentation.numbers import (
    alpha_text,
    decimals,
    level_text,
    loss,
    margin_text,
    p_number,
    p_text,
    percent,
    points,
    signed_points,
)
from paribus.presentation.translation import LANGUAGES, Lang, Words, language_from_locale, mark, translator
from paribus.presentation.verdict import headline, pair_words, trained_note, verdict_words

__all__ = [
    "LANGUAGES",
    "Lang",
    "Words",
    "alpha_text",
    "arm_label",
    "arm_name",
    "decimals",
    "field_label",
    "headline",
    "language_from_locale",
    "level_text",
    "loss",
    "margin_text",
    "mark",
    "metric_label",
    "p_number",
    "p_text",
    "pair_words",
    "percent",
    "points",
    "signed_points",
    "trained_note",
    "translator",
    "value_label",
    "value_name",
    "verdict_words",
]
