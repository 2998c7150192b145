"""What was asked: the arms, the one difference, and all that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from paribus.figures.arms import arm_names, short_names
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison
from paribus.words.labels import initial_capital, is_named, plain_value
from paribus.words.translation import translator


@dataclass(frozen=True)
class SettingRow:
    """One recipe field: how people call it, its name in recipes, its value in each arm (one, of what all share)."""

    label: str
    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class AskedView:
    """The question. `names`: the arms as shown; `sentence`: what they share; `differing` and `shared`: settings."""

    title: str
    eyebrow: str
    names: tuple[str, ...]
    sentences: tuple[str, ...]
    differing: tuple[SettingRow, ...]
    shared: tuple[SettingRow, ...]


def asked_view(comparison: Comparison, lang: str) -> AskedView:
    """What a comparison asks, in words and settings."""
    words, names = translator(lang), arm_names(comparison, lang)
    known = comparison.arms[0].fields
    fields = [field for field in (comparison.factor, *comparison.differences) if field in known]
    differing = tuple(dict.fromkeys(fields))
    factor = words.field(comparison.factor)
    arms = _or(short_names(comparison, lang), lang)
    view = program_view(comparison.program)
    told = [setting(field, known[field], lang) for field in view.eyebrow(comparison)]
    eyebrow = " · ".join(told) or view.title(comparison, words)
    return AskedView(
        title=words.text("{factor}: {arms}", factor=initial_capital(factor), arms=arms),
        eyebrow=eyebrow,
        names=names,
        sentences=_sentences(comparison, factor, lang),
        differing=tuple(_row(comparison, field, lang) for field in differing),
        shared=tuple(_row(comparison, field, lang, shared=True) for field in known if field not in differing),
    )


def setting(field: str, value: Any, lang: str) -> str:
    """A field's value in a table of settings, where the field's name stands beside it."""
    words = translator(lang)
    if isinstance(value, bool):
        return words.text("yes") if value else words.text("no")
    if is_named(field, value):
        return words.value_label(field, value)
    return plain_value(value)


def _or(names: tuple[str, ...], lang: str) -> str:
    words = translator(lang)
    if len(names) < 2:
        return "".join(names)
    return words.text("{most} or {last}?", most=", ".join(names[:-1]), last=names[-1])


def _sentences(comparison: Comparison, factor: str, lang: str) -> tuple[str, ...]:
    words = translator(lang)
    first = program_view(comparison.program).arms_are(comparison, words)
    sizes = [arm.size for arm in comparison.arms]
    if not comparison.paired or len(set(sizes)) > 1:
        first = words.text("Runs of each arm: {sizes}.", sizes=", ".join(map(str, sizes)))
    if comparison.confounded:
        fields = words.join([words.field(field) for field in comparison.differences])
        second = words.text(
            "The arms differ in more than one thing: {fields}. What comes out cannot be put down to any one of them.",
            fields=fields,
        )
    elif comparison.tuned_fields:
        fields = words.join([words.field(field) for field in comparison.tuned_fields])
        second = words.text("The arms differ in {factor}, and each has its own best {fields}.", factor=factor,
                            fields=fields)  # fmt: skip
    else:
        second = program_view(comparison.program).only_difference(factor, words)
    if not comparison.paired:
        return first, second, words.text("All runs of one arm are compared with all runs of the other.")
    return first, second, program_view(comparison.program).pairing(words)


def _row(comparison: Comparison, field: str, lang: str, *, shared: bool = False) -> SettingRow:
    arms = comparison.arms[:1] if shared else comparison.arms
    values = tuple(setting(field, arm.fields[field], lang) for arm in arms)
    label = translator(lang).field(field)
    return SettingRow(initial_capital(label), field, values)
