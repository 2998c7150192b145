"""Messages of errors in the user's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.programs.fields import known_fields
from paribus.words.translation import SOURCE, Lang, Words, mark

# What rules are about that is no field of the recipe.
PARTS: dict[str, str] = {
    "seeds": mark("the number of seeds"),
    "margin": mark("the margin"),
    "values": mark("the list of values"),
    "factor": mark("the factor"),
    "workers": mark("the number of workers"),
}
# Things, states and reasons of the operating system that messages name by `Message(name)`.
TERMS: tuple[str, ...] = (
    *(mark("comparison"), mark("run"), mark("map"), mark("checkpoint"), mark("run record"), mark("run or comparison")),
    *(mark("recipe"), mark("function"), mark("command")),
    *(mark("waiting"), mark("running"), mark("pausing"), mark("resuming"), mark("stopping"), mark("paused")),
    *(mark("finished"), mark("diverged"), mark("failed"), mark("stopped")),
    *(mark("data"), mark("code, versions, kernel or device")),
    *(mark("No such file or directory"), mark("Permission denied"), mark("No space left on device")),
    *(mark("Is a directory"), mark("Not a directory"), mark("Read-only file system"), mark("File exists")),
)


class _Messages(Words):
    """Messages in one language, with fields by their labels. `codes`: with what a command calls them as well."""

    def __init__(self, lang: Lang, codes: bool) -> None:
        super().__init__(lang)
        self._codes = codes

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        value = super().get_value(key, args, kwargs)
        if not isinstance(value, str) or not (key == "field" or str(key).endswith("_field")):
            return value
        if value in PARTS:
            return self.say(Message(PARTS[value]))
        label = self.field(value)
        return f"{label}({value})" if self._codes and value in known_fields() else label


def message_words(message: Message, lang: Lang, *, codes: bool = False) -> str:
    """The message in this language. `codes`: fields with what a command calls them as well, 학습률(learning_rate)."""
    if lang == SOURCE:
        return str(message)
    return _Messages(lang, codes).say(message)


def error_words(error: ParibusError, lang: Lang) -> str:
    """What `str(error)` says, in this language; English stays letter for letter."""
    return message_words(error.message, lang, codes=True)
