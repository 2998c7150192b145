"""What every command needs: where to print, in which language, and the user's words as values."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from paribus.comparison.words.json_view import strict
from paribus.core.assignment import assigned
from paribus.core.errors import ErrorCollector, ParibusError, did_you_mean, shown
from paribus.core.messages import Message
from paribus.runs.planning import Settings, store_at
from paribus.runs.program_protocol import Program
from paribus.runs.tracking import Tracking
from paribus.terminal.screen import Screen
from paribus.terminal.waiting import Waiting
from paribus.words.errors import message_words
from paribus.words.translation import Lang, field_called, language_from_locale

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def language(options: argparse.Namespace) -> Lang:
    """`--lang`, else the locale's."""
    chosen: Lang | None = options.lang
    return chosen or language_from_locale(os.environ)


def screen(options: argparse.Namespace) -> Screen:
    """Stdout for people; a document that is asked for has stdout for itself, so people read stderr."""
    taken = any(getattr(options, name, None) for name in ("json", "format", "methods"))
    return Screen(sys.stderr if taken else sys.stdout, os.environ, language(options))


def print_json(value: Any) -> None:
    """One JSON document on stdout: strict, readable, in UTF-8 whatever the locale."""
    print_text(json.dumps(strict(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def print_long_json(head: Mapping[str, Any], name: str, records: Iterable[Any]) -> None:
    """As `print_json`, of very many: `head`, and under `name` a record a line, written as it is made."""
    first = json.dumps(strict(dict(head)), ensure_ascii=False, allow_nan=False)
    sys.stdout.buffer.write(f'{first[:-1]}, "{name}": ['.encode())
    for number, record in enumerate(records):
        line = json.dumps(strict(record), ensure_ascii=False, allow_nan=False)
        sys.stdout.buffer.write(f"{',' if number else ''}\n{line}".encode())
    sys.stdout.buffer.write(b"\n]}\n")
    sys.stdout.flush()


def print_text(text: str) -> None:
    """A document on stdout, in UTF-8 whatever the locale."""
    sys.stdout.buffer.write(text.encode())
    sys.stdout.flush()


def measuring(options: argparse.Namespace, wanted: bool = True) -> Waiting:
    """A line that says why nothing comes yet, on a terminal's stderr, while a trial tells how long a run takes."""
    out = Screen(sys.stderr, os.environ, language(options))
    return Waiting(out, out.words.text("Measuring how long a run takes …"), quiet=options.quiet or not wanted)


def stopped(out: Screen) -> None:
    """After Ctrl-C: what is kept, and the command that goes on."""
    out.paragraph(out.words.text("Stopped. Everything but the epochs in progress is kept."))
    out.verbatim(out.words.text("To go on:"), this_command())


def tell_of_logs(tracking: Tracking, out: Screen) -> None:
    """Which trackers could not be told any more, and why."""
    for said in tracking.failed:
        out.paragraph(message_words(said, out.words.lang), style="yellow")


def this_command() -> str:
    """The command as it was given, for a shell."""
    return shlex.join(["paribus", *sys.argv[1:]])


def assignment(word: str, program: Program) -> tuple[str, list[Any]]:
    """`field=v1,v2` as a field and its values. What people call a field is answered with the field's own name."""
    spelling, texts = assigned(word)
    named = [program.own_name(spelling, program.value(spelling, text)) for text in texts]
    if named[0][0] not in program.specifications and (own := field_called(spelling)) is not None:
        raise ParibusError("unknown field {name!q}", name=spelling, hint=did_you_mean(own))
    return named[0][0], [value for _, value in named]


def settings(words: Sequence[str], program: Program, epochs: int | None = None) -> dict[str, Any]:
    """`--set field=value`, repeated. A value of several commas belongs to a factor, not here.

    `epochs`: what `--epochs` says, which is one of these fields in other words.
    """
    changed: dict[str, Any] = {}
    errors = ErrorCollector(Message("{name}", name="--set"))
    for word in words:
        with errors:
            field, values = assignment(word, program)
            if len(values) != 1:
                raise ParibusError("--set takes one value a field (a list is written [120,84])", got=word)
            if changed.get(field, values[0]) != values[0]:
                raise ParibusError(
                    "--set {word!q} gives {factor} a second value; it has {earlier!q}",
                    word=word,
                    factor=field,
                    earlier=changed[field],
                )
            changed[field] = values[0]
    with errors:
        length = program.info.length or "epochs"
        if epochs is not None and changed.get(length, epochs) != epochs:
            raise ParibusError(
                "--epochs={given} and --set epochs={other_value!q} give one field two values; leave one of them out",
                given=epochs,
                other_value=changed[length],
            )
    errors.raise_all()
    return changed


def seconds(text: str | None, option: str = "--budget") -> float | None:
    """A span of time as it is written: `90`, `90s`, `5m`, `1.5h`. None for None. Raises ParibusError."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if match is None or float(match[1]) == 0:
        raise ParibusError("{option} is a time greater than 0, written 90s, 5m or 1h", option=option, got=text)
    return float(match[1]) * _UNITS[match[2]]


def run_settings(options: argparse.Namespace) -> Settings:
    """How the command's runs are made."""
    return Settings(
        store_at(options.out), options.device, getattr(options, "workers", 1), options.probes, options.kernel
    )


def value_text(value: Any) -> str:
    """A field's value in a table; nothing where there is none."""
    return "" if value is None else value if isinstance(value, str) else shown(value)
