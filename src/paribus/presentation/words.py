"""Every word that people read comes from here, in Korean and English. This module gathers what the others offer."""

<<<<<<< HEAD
from paribus.presentation.labels import (
    arm_label,
    arm_name,
    field_label,
    field_meaning,
    metric_label,
    recipe_meaning,
    status_label,
    value_label,
    value_name,
)
=======
>>>>>>> da0cfda (Words is one object: sentences, numbers with their signs, names of things in one language; no loose functions by language)
from paribus.presentation.numbers import (
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
from paribus.presentation.translation import LANGUAGES, Lang, Words, language_from_locale, mark, translator
from paribus.presentation.verdict import headline, pair_words, trained_note, verdict_words

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
    "trained_note",
    "translator",
<<<<<<< HEAD
    "value_label",
    "value_name",
=======
>>>>>>> da0cfda (Words is one object: sentences, numbers with their signs, names of things in one language; no loose functions by language)
    "verdict_words",
]
