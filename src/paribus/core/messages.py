"""What people are told, as values: a sentence's id, and what goes into its places.

The id is the English sentence itself, so English needs no catalogue; gettext translates ids (`words.translation`).
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, TypeAlias, Union

Value: TypeAlias = Union[bool, int, float, str, PurePath, "Message", Sequence["Value"], None]


def mark(msgid: str) -> str:
    """Says that `msgid` is to be translated where it is shown: for tables built at import."""
    return msgid


@dataclass(frozen=True, init=False)
class Message:
    """A sentence with values in its places: `Message("{path}: not a file", path=path)`. `str` is its English.

    A place is filled as `str.format` does, and besides: `{name!q}` as a user would write it, in quotes; a sequence as
    a list with commas, with `{names:lines}` one on a line, with `{sentences:semicolons}` with semicolons; a message
    as itself. Places called `field` or `..._field` hold names of fields, which other languages call by their labels.
    Without values nothing is filled: braces stay.
    """

    id: str
    values: Mapping[str, Any] = field(hash=False)

    def __init__(self, id: str, /, **values: Value) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return _ENGLISH.filled(self.id, self.values)

    def with_values(self, **values: Value) -> Message:
        """The same sentence with more values, or others."""
        return Message(self.id, **{**self.values, **values})

    def json(self) -> dict[str, Any]:
        """Id and values as JSON has them; `message_of` reads them back."""
        return {"id": self.id, "values": {name: _plain(value) for name, value in self.values.items()}}


def message_of(data: Any) -> Message:
    """The message that `json` wrote. Raises ValueError for what is none."""
    found = _read(data)
    if not isinstance(found, Message):
        raise ValueError("a message has an id and values")
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.json()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    return str(value)


def _read(data: Any) -> Any:
    if isinstance(data, Mapping) and isinstance(data.get("id"), str) and isinstance(data.get("values"), Mapping):
        sentence, values = data["id"], data["values"]
        return Message(sentence, **{str(name): _read(value) for name, value in values.items()})
    return [_read(item) for item in data] if isinstance(data, list) else data


class Phrasing(string.Formatter):
    """How a sentence's places are filled; a language adds to it what it needs."""

    def say(self, message: Message) -> str:
        """A message as a text."""
        return self.filled(message.id, message.values)

    def filled(self, sentence: str, values: Mapping[str, Any]) -> str:
        """The sentence with its places filled; as it is, braces and all, where there are no values."""
        return self.vformat(sentence, (), values) if values else sentence

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The value of a place, which has a name; one that was forgotten shows as its place."""
        return kwargs.get(str(key), f"{{{key}}}")

    def convert_field(self, value: Any, conversion: Any) -> Any:
        """`!q`: as a user would write it."""
        return shown(value) if conversion == "q" else super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        """A message is said; a sequence is listed."""
        if isinstance(value, Message):
            return str(format(self.say(value), format_spec))
        if isinstance(value, Sequence) and not isinstance(value, str):
            before, between = _LISTS.get(format_spec, ("", ", "))
            rest = "" if format_spec in _LISTS else format_spec
            return between.join(before + self.format_field(item, rest) for item in value)
        return str(format(value, format_spec))


_LISTS = {"lines": ("  - ", "\n"), "semicolons": ("", "; ")}
_ENGLISH = Phrasing()


def shown(value: object) -> str:
    """A value as a user would write it: TOML-like, cut to one short line of what can be printed."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    return text if len(text) <= 80 else text[:77] + "..."
