"""The values of fields as text, and from text: TOML, and words of a command line."""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from paribus.core.assignment import assigned
from paribus.core.errors import BrokenRule, ParibusError


def parse_value(text: str) -> Any:
    """One value as TOML has it; what is not TOML is a text, so `relu` needs no quotes."""
    try:
        return toml_values(f"v = {text}")["v"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        return text
    except ExcessiveValue as error:
        raise ParibusError(error.rule, got=text) from None


def cut(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words for Paribus, and those of the command behind the first `--`: no option is looked for in them."""
    place = list(words).index("--") if "--" in words else len(words)
    return list(words[:place]), list(words[place + 1 :])


# Of a text of fields, numbers' too: a key of dots takes the parser time with their square, 4 s for 16,000.
MOST_DOTS = 4096


class ExcessiveValue(BrokenRule):
    """TOML that Python will not hold or write out."""


def toml_values(text: str) -> dict[str, Any]:
    """TOML's fields. Raises TOMLDecodeError or ExcessiveValue."""
    if text.count(".") > MOST_DOTS:
        raise ExcessiveValue("a text of fields must not have so many dots")
    try:
        fields = tomllib.loads(text)
        repr(fields)  # whole numbers in hexadecimal pass the parser at any length, and no message could show them
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise ExcessiveValue("a value must not have so many brackets within brackets") from None
    except ValueError:
        raise ExcessiveValue("a value must not be a number of so many digits") from None
    return fields


def fields_to_toml(fields: Mapping[str, Any]) -> str:
    """Fields as TOML, one a line; those without a value are left out, for TOML has no word for that."""
    return "".join(f"{field} = {_toml(value)}\n" for field, value in fields.items() if value is not None)


def value_word(value: Any) -> str:
    """A value as `parse_assignment` reads it back, also among others: texts that look like more are quoted."""
    if isinstance(value, str) and re.fullmatch(r"[\w./~:-]+", value) and parse_value(value) == value:
        return value
    return _toml(value) if isinstance(value, str) else _toml(value).replace(" ", "")


def unquoted(text: str) -> str:
    """The text, without quotes where it stands in them."""
    value = parse_value(text) if text[:1] in ("'", '"') else text
    return value if isinstance(value, str) else text


def quoted(text: str) -> str:
    """A text as it stands among others between commas, and `unquoted` reads back: in quotes where it must be."""
    plain = text == text.strip() and unquoted(text) == text
    with contextlib.suppress(ParibusError):
        if plain and assigned(f"v={text}")[1] == [text]:
            return text
    return _toml(text)


def _toml(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    text = json.dumps(value, ensure_ascii=False)  # JSON's strings, numbers, booleans and arrays are TOML's
    return text.replace("\x7f", "\\u007F")
