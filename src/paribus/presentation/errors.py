"""Whole errors in the user's language: the subject, and every fault."""

from __future__ import annotations

import re

from paribus.presentation.faults import rule_words
from paribus.presentation.labels import field_label
from paribus.presentation.translation import Lang, Words, mark, translator
from paribus.values.errors import Fault, FaultsError, ParibusError, shown
from paribus.values.recipe import FIELDS

# Of what faults are reported together; other subjects are names of files, fields and options.
SUBJECTS: tuple[str, ...] = (
    mark("the command"),
    mark("the comparison"),
    mark("the explanation"),
    mark("the factor"),
    mark("the map"),
    mark("the map's axes"),
    mark("the plan"),
    mark("the run"),
    mark("recipe"),
    mark("what the recipe asks of the data"),
)


def error_words(error: ParibusError, lang: Lang) -> str:
    """What `str(error)` says, in this language; English stays letter for letter."""
    if lang == "en":
        return str(error)
    if not isinstance(error, FaultsError):
        return rule_words(str(error), lang, codes=True)
    words = translator(lang)
    subject = _subject(error.subject, words)
    said = [_fault(fault, words) for fault in error.faults]
    if len(said) == 1:
        return f"{subject}: {said[0]}"
    head = words.text("{subject} has {n} faults:", subject=subject, n=len(said))
    return "\n".join([head, *(f"  - {fault}" for fault in said)])


def _fault(fault: Fault, words: Words) -> str:
    said = rule_words(fault.rule, words.lang, codes=True)
    if fault.has_value:
        said = words.text("{rule}; got {value}", rule=said, value=shown(fault.got))
    return words.text("{rule}; did you mean {nearest}?", rule=said, nearest=fault.meant) if fault.meant else said


def _subject(subject: str, words: Words) -> str:
    if subject in SUBJECTS:
        return words.text(subject)
    found = re.fullmatch(r"the (comparison of|factor) (\w+)", subject)
    if found is None or found[2] not in FIELDS:
        return subject
    field = f"{field_label(found[2], words.lang)}({found[2]})"
    if found[1] == "factor":
        return words.text("the factor {field}", field=field)
    return words.text("the comparison of {field}", field=field)
