"""What is wrong with the words of a command line that could not be parsed. Loads the rest only then."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Sequence

from paribus.core.errors import Fault, did_you_mean, nearest
from paribus.core.messages import Message, mark
from paribus.words.languages import LANGUAGES, Lang, language_from_locale

# What argparse says: it has no values for us, but its sentences.
_ARGPARSE = (
    mark("argument {name}: invalid choice: {value} (choose from {choices})"),
    mark("argument {name}: invalid int value: {value}"),
    mark("argument {name}: invalid float value: {value}"),
    mark("argument {name}: expected one argument"),
    mark("argument {name}: expected at least one argument"),
    mark("the following arguments are required: {choices}"),
    mark("unrecognized arguments: {choices}"),
)


def said_of_usage(message: str, given: Sequence[str], options: Sequence[str] = ()) -> str:
    """argparse's `message` with what was likely meant, in the user's language.

    `given`: the words of the command. `options`: all that it has.
    """
    from paribus.words.errors import message_words

    lang, rule = language_asked(given), _known(message)
    said = message_words(Fault(rule, hint=_hint(rule, given, options)).message, lang)
    return f"error: {said}" if lang == "en" else said


def _known(message: str) -> Message:
    for form in _ARGPARSE:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(form))
        if (found := re.fullmatch(pattern, message, re.DOTALL)) is not None:
            return Message(form, **found.groupdict())
    return Message(message)


def _hint(rule: Message, given: Sequence[str], options: Sequence[str]) -> Message | None:
    if "value" in rule.values and "choices" in rule.values:
        choices = [choice.strip("'") for choice in rule.values["choices"].split(", ")]
        return nearest(rule.values["value"].strip("'"), choices)
    if rule.id != _ARGPARSE[-1]:
        return None
    unknown = [word.partition("=")[0] for word in rule.values["choices"].split() if word.startswith("--")]
    if unknown:
        longer = [option for option in options if option.startswith(unknown[0])]
        return did_you_mean(min(longer, key=len)) if longer else nearest(unknown[0], options)
    parted = [f"{a}{b}" for a, b in itertools.pairwise(given) if a.endswith(",") or b.startswith(",")]
    return Message("without the space: {word}", word=parted[0]) if parted else None


def language_asked(given: Sequence[str]) -> Lang:
    """As `--lang` says among words that need not be parsed, else as the locale does."""
    words = " ".join(given).replace("--lang ", "--lang=").split()
    return next((lang for lang in LANGUAGES if f"--lang={lang}" in words), language_from_locale(os.environ))
