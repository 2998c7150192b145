"""What is wrong, in the user's language.

Errors are raised in English, by floors that know of no other language. Their rules are sentences with names and
numbers in them: one that is known here by its form is said again in the user's language, any other stays as it is.
A test reads the source, and finds every sentence that an error may say and no form knows.
"""

from __future__ import annotations

import re
from functools import cache

from paribus.presentation.fault_forms import SENTENCES
from paribus.presentation.labels import field_label
from paribus.presentation.translation import Lang, Words, mark, translator
from paribus.values.recipe import FIELDS

# Rules for the fields of a recipe, and what the page may be told. The more special forms first: the first one that
# fits is taken.
RULES: tuple[str, ...] = (
    mark("{field} must be greater than 0 and at most 100 percentage points"),
    mark("{field} must be at least 0 and at most {most}"),
    mark("{field} must be at most {most} after the split"),
    mark("{field} must be at most {most}, the training images, as drop_last leaves out less"),
    mark("{field} must leave images for training and validation; no {part} image is left of {count}"),
    mark("{field} must be a whole number, or null for the recipe's"),
    mark("{field} must be a list of {least} to 64 whole numbers from 1 to 65536"),
    mark("{field} must be a list of two whole numbers, the channels of both convolutions"),
    mark('{field} must be a finite number, or "default"'),
    mark('{field} must be lenet, or a factory of your own written "package.module:factory"'),
    mark("{field} must be lenet, since a model of your own is code: paribus serve --own-models lets the page run it"),
    mark("{field} must be greater than {bound}"),
    mark("{field} must be at least {bound}"),
    mark("{field} must be less than {bound}"),
    mark("{field} must be at most {bound}"),
    mark("{field} must be one of {choices}"),
    mark("{field} must be a whole number"),
    mark("{field} must be a number"),
    mark("{field} must be true or false"),
    mark("{field} must be a text"),
    mark("{field} must not be empty"),
    mark("{field} must have at most {most} characters"),
    mark("{field} must be finite"),
    mark("{field} must be given"),
    mark("{field} has the same value twice"),
    mark("{field} would change nothing under this recipe: only {other} {first} and {second} use it"),
    mark("{field} would change nothing under this recipe: only {other} {value} uses it"),
    mark("unknown field {name}; did you mean {nearest}?"),
    mark("unknown field {name}; the fields are {choices}"),
    mark("the factor must be a field of the recipe; got {name}; did you mean {nearest}?"),
    mark("the factor must be a field of the recipe; got {name}; the fields are {choices}"),
    mark("a factor needs two values or more: {factor}=V1,V2"),
    mark("a factor needs 2 to {most} values, {factor}=V1,V2; got {count} ({values})"),
    mark(
        "arms are paired image by image, so all must have the same dataset; to see whether a verdict holds on another "
        "one, make the same comparison there: --set dataset=NAME"
    ),
    mark("its model is code of somebody's own: paribus serve --own-models lets the page run it"),
    mark("the queue holds at most {most} jobs that are not at their end; stop one of them"),
    mark("the job has changed since: its revision is {now}; got {given}"),
    mark("the process that trains ended with code {code}; the server's terminal says why"),
    mark("the report could not be made; the server's terminal says why"),
    mark("{place}: the report cannot be written here; {reason}"),
    mark("{place}: it is of other arms than the comparison beside it"),
    mark("{place}: not a valid Explanation: {reason}"),
    mark("nobody has asked why of {name} yet"),
    mark("at most {most} estimates are made at once; ask again in a moment"),
    mark("this store has no comparison {name}"),
    mark("the data set {name} is not on this machine"),
    mark("something went wrong that should not; the server's terminal says what"),
)

# What may follow any sentence after a semicolon.
TAILS: tuple[str, ...] = (
    mark("{rule}; got {value}; did you mean {nearest}?"),
    mark("{rule}; got {value}; the fields are {choices}"),
    mark("{rule}; got {value}; without the space: {word}"),
    mark("{rule}; got {value}"),
    mark("{rule}; did you mean {nearest}?"),
    mark("{rule}; the fields are {choices}"),
    mark("{rule}; without the space: {word}"),
    mark("{rule}; there are {count}, see paribus list"),
    mark("{rule}; it has none"),
)

# What a rule begins with that is no field of the recipe.
SUBJECTS: dict[str, str] = {
    "seeds": mark("the number of seeds"),
    "the first seed": mark("the first seed"),
    "margin": mark("the margin"),
    "values": mark("the list of values"),
    "factor": mark("the factor"),
    "budget": mark("the time allowed"),
    "workers": mark("the number of workers"),
}

# Reasons of the operating system, which says them in English whatever the locale of Python's messages.
REASONS: tuple[str, ...] = (
    mark("No such file or directory"),
    mark("Permission denied"),
    mark("No space left on device"),
    mark("Is a directory"),
    mark("Not a directory"),
    mark("Read-only file system"),
    mark("File exists"),
)

# Things and states that sentences name, one or several.
NAMES: tuple[str, ...] = (
    *(mark("comparison"), mark("run"), mark("map"), mark("checkpoint"), mark("run record")),
    *(mark("waiting"), mark("running"), mark("pausing"), mark("resuming"), mark("stopping"), mark("paused")),
    *(mark("finished"), mark("diverged"), mark("failed"), mark("stopped")),
    *(mark("data"), mark("code, versions, kernel or device")),
)

# Places that hold sentences themselves, and those that hold names.
_SENTENCES = ("problem", "reason")
_NAMED = ("kind", "status", "state", "allowed", "what")


def rule_words(rule: str, lang: Lang, *, codes: bool = False) -> str:
    """The rule of a fault in this language; in English where it has no form that is known.

    `codes`: name fields with what a command calls them, `학습률(learning_rate)`.
    """
    if lang == "en":
        return rule
    said = _known(rule, translator(lang), codes)
    return rule if said is None else said


def _known(rule: str, words: Words, codes: bool) -> str | None:
    """The rule in this language; None where it has no form that is known."""
    if rule in REASONS:
        return words.text(rule)
    for cut in re.finditer("; ", rule):  # tails first: the forms' places would take them in
        for message, form in _tails():
            if (found := form.fullmatch(rule, cut.start())) is None:
                continue
            if (head := _in_form(rule[: cut.start()], words, codes)) is not None:
                return words.text(message, rule=head.removesuffix("."), **found.groupdict())
            break
    return _in_form(rule, words, codes)


def _in_form(rule: str, words: Words, codes: bool) -> str | None:
    for message, form in _forms():
        if (found := form.fullmatch(rule)) is not None:
            parts = {name: _part(name, part, words, codes) for name, part in found.groupdict().items()}
            return words.text(message, **parts) if parts else words.text(message)
    return None


def _part(kind: str, part: str, words: Words, codes: bool) -> str:
    if kind in _SENTENCES:
        return _known(part, words, codes) or part
    if kind == "problems":  # sentences with their full stops
        return "; ".join(_known(one, words, codes) or one for one in re.split(r"(?<=\.); ", part))
    if kind in _NAMED:
        listed = (part,) if part in NAMES else part.split(", ")
        return ", ".join(words.text(name) if name in NAMES else name for name in listed)
    if kind not in ("field", "other"):
        return part
    if part in SUBJECTS:
        return words.text(SUBJECTS[part])
    if part not in FIELDS:
        return part
    label = field_label(part, words.lang)
    return f"{label}({part})" if codes else label


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((message, _form(message)) for message in (*SENTENCES, *RULES))


@cache
def _tails() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((message, _form(message.removeprefix("{rule}"))) for message in TAILS)


def _form(message: str) -> re.Pattern[str]:
    """What the sentence looks like with anything in its places."""
    pieces = re.split(r"\{(\w+)\}", message)
    named = [f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)]
    return re.compile("".join(named), re.DOTALL)
