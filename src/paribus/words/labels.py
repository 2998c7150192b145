"""What people call states and values of fields, as message ids; and values as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from paribus.core.messages import mark
from paribus.programs.fields import known_fields
from paribus.records.run import Status
from paribus.words.numbers import number
from paribus.words.safe_text import one_line

STATUS_LABELS: dict[Status, str] = {
    "running": mark("running"),
    "finished": mark("finished"),
    "diverged": mark("diverged"),
    "failed": mark("failed"),
}


_BARE = re.compile(r"[-+]?[\d.]+(e[-+]?\d+)?|true|false|none|inf|nan", re.IGNORECASE)  # says nothing by itself


class Name(str):
    """What people call a thing inside a sentence; `initial`: the same where a sentence begins with it."""

    initial: str

    def __new__(cls, name: str, initial: str) -> Name:
        """A text that knows how it is written as a first word."""
        made = super().__new__(cls, name)
        made.initial = initial
        return made


def own_name(text: str) -> Name:
    """A name that its user gave: it gets no capital of ours."""
    return Name(text, text)


def led(first: str, text: str) -> str:
    """`text`, which begins with `first`: where that is a name, it is known how a sentence begins with all of it."""
    return Name(text, first.initial + text[len(first) :]) if isinstance(first, Name) else text


def value_names(field: str) -> Mapping[str, str]:
    """The values of a field that have names of their own, with them."""
    spec = known_fields().get(field)
    return {} if spec is None else spec.choices


def is_bare(value: str) -> bool:
    """Whether it is a number or the like, which says nothing by itself."""
    return _BARE.fullmatch(value) is not None


def is_named(field: str, value: Any) -> bool:
    """Whether the value is a text that has a name of its own, which says by itself what it is."""
    return isinstance(value, str) and value in value_names(field)


def capitalised(text: str, field: str, value: Any) -> str:
    """`text` with a capital first letter, unless it begins with a user's own name."""
    own = isinstance(value, str) and not is_named(field, value)
    return text if own else initial_capital(text)


def initial_capital(text: str) -> str:
    """A capital first letter; of Latin letters only, for β₁ is not Β₁, and as it is known of names."""
    if isinstance(text, Name):
        return text.initial
    return text[:1].upper() + text[1:] if text[:1].isascii() else text


def own_arm_name(name: str, factor: str) -> Name:
    """An arm of somebody else's program: its value as it was written, with the factor where that is a bare number."""
    written = one_line(name)
    return own_name(f"{one_line(factor)}={written}" if factor and _BARE.fullmatch(written) else written)


def plain_value(value: Any) -> str:
    """A value as one would write it in a recipe, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(plain_value(v) for v in value) + "]"
    return one_line(str(value))
