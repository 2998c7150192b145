"""What must be right of a command before it is a program. Everything raises ParibusError."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from paribus.core.errors import Fault, FaultsError, ParibusError, nearest
from paribus.core.messages import mark
from paribus.programs.command import versions
from paribus.programs.command.command_identity import VERSION
from paribus.programs.command.template import Template


def check_words(words: Sequence[str], metrics_from: str, unpaired: bool, versioned: bool) -> None:
    """The words, and where the figures are."""
    if os.name != "posix":
        raise ParibusError("commands are run on Linux and macOS only")
    if not words or not words[0].strip():
        example = "paribus compare act=relu,gelu --metric acc -- python train.py --act {act} --seed {seed}"
        raise ParibusError("a command follows --: {example}", example=example)
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise ParibusError("the words of a command must be UTF-8", got=ascii(word)) from None
    template, file = Template.of(words), Template.of([metrics_from], "--metrics-from")
    faults = []
    if "seed" not in template.names and not unpaired:
        near = nearest("seed", template.fields)
        faults.append(
            Fault("a command needs {place}, unless it draws luck of its own (--unpaired)", place="{seed}", hint=near)
        )
    if metrics_from and "folder" not in file.names and not {"seed", *template.fields} <= set(file.names):
        rule = mark("every run needs a file of its own for its figures: --metrics-from takes {place}")
        faults.append(Fault(rule, metrics_from, place="{folder}"))
    if versioned and VERSION in template.fields:
        faults.append(Fault("with --arm NAME=GITREV the field {field} is which of them runs", field=VERSION))
    if faults:
        raise FaultsError("the command", faults)


def check_patterns(patterns: Mapping[str, str]) -> None:
    """Regular expressions."""
    for name, pattern in patterns.items():
        try:
            re.compile(pattern)
        except re.error as error:
            raise ParibusError(
                "the pattern of {name} is no regular expression: {reason}", name=name, reason=str(error), got=pattern
            ) from None


def check_files(place: Path, names: Sequence[str]) -> None:
    """What must be there."""
    if missing := [Fault("{path}: no such file or folder", path=name) for name in names if not (place / name).exists()]:
        raise FaultsError("the command", missing)


def commits_of(place: Path, revisions: Mapping[str, str]) -> dict[str, str]:
    """The commits of git revisions, by name."""
    found = {name: versions.commit_of(place, revision) for name, revision in revisions.items()}
    if faults := [fault for fault in found.values() if isinstance(fault, Fault)]:
        raise FaultsError("the versions", faults)
    return {name: str(commit) for name, commit in found.items()}
