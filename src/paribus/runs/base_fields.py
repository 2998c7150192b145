"""What a user starts from: a file of fields, with some of them changed; and what that is called."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.core.bounded_read import read_file
from paribus.core.errors import Fault, FaultsError, ParibusError, RecipeError, reason_of, shown
from paribus.core.field_text import ExcessiveValue, toml_values
from paribus.core.messages import Message
from paribus.records.program import Fields

if TYPE_CHECKING:
    from paribus.runs.program_protocol import Program

LARGEST_FILE = 1 << 16  # bytes; a file of every field takes less than four KiB


def start_values(start: Any, usual: str) -> tuple[Mapping[str, Any], str]:
    """The values of a start, and its name; none, and the usual name, where nothing is given."""
    if start is None or isinstance(start, Fields):
        return start or {}, usual
    path = Path(start)
    if path.suffix != ".toml":
        raise ParibusError("what to start from must be a file ending in .toml", got=str(start))
    subject = Message("{name}", name=path)
    try:
        return toml_values(file_text(path)), path.stem
    except tomllib.TOMLDecodeError as error:
        raise FaultsError(subject, [Fault("not TOML: {reason}", reason=str(error))]) from None
    except ExcessiveValue as error:
        raise FaultsError(subject, [Fault(error.rule)]) from None


def file_text(path: Path) -> str:
    """The text of a file of fields. Raises ParibusError, naming it."""
    try:
        data = read_file(path, LARGEST_FILE)
    except (OSError, ValueError) as error:
        raise ParibusError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None
    if data is None:
        raise ParibusError("{path}: not a file", path=path)
    if len(data) > LARGEST_FILE:
        raise ParibusError("{path}: a recipe has at most {most} bytes", path=path, most=LARGEST_FILE)
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise RecipeError(Message("{name}", name=path), [Fault("must be text in UTF-8")]) from None


def with_epochs(program: Program, settings: Mapping[str, Any], epochs: int | None) -> Mapping[str, Any]:
    """The settings, with the program's length where one is given by itself."""
    return settings if epochs is None else {**settings, program.info.length or "epochs": epochs}


def sound(program: Program, settings: Mapping[str, Any]) -> Fields:
    """Fields with those settings that are right by themselves."""
    kept: dict[str, Any] = {}
    for field, value in settings.items():
        with contextlib.suppress(FaultsError):
            program.fields({**kept, field: value})
            kept[field] = value
    return program.fields(kept)


def changes_words(changes: Mapping[str, Any]) -> str:
    """What was changed, behind a name: `, lr=0.1, act=relu`."""
    return "".join(f", {field}={_plain(value)}" for field, value in changes.items())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else shown(list(value) if isinstance(value, tuple) else value)
