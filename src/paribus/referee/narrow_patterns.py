"""Patterns that read the baseline's figure and would misread a better one: no loop is started with them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from paribus.core.errors import Fault, FaultsError
from paribus.programs.command.printed_metrics import GROUP, clean, figure_group
from paribus.programs.command.running import STDERR, STDOUT
from paribus.records.program import ProgramInfo

_TRIED = "-4.42e-05"  # what an edit may bring a figure to
_NEVER_SO = ("share", "percent")  # units of figures that are neither negative nor so small


def refuse_narrow(info: ProgramInfo, folder: Path) -> None:
    """Raise FaultsError where a pattern reads a number of what a run printed, and not another one in its place."""
    left = {m.name: m for m in info.metrics if m.name in info.source.get("patterns", {}) and m.unit not in _NEVER_SO}
    faults = []
    for line in _lines(folder) if left else ():
        for name in list(left):
            text = info.source["patterns"][name]
            pattern = re.compile(text)
            group = figure_group(pattern)
            for match in pattern.finditer(line):
                begin, end = match.span(group)
                other = f"{line[:begin]}{_TRIED}{line[end:]}"
                if not any(found[group] == _TRIED for found in pattern.finditer(other)):
                    faults.append(
                        Fault(
                            "it reads {found}, and would misread {other}, to which an edit may bring it: write its "
                            "group as {group}, which reads every number",
                            text,
                            found=match[group],
                            other=_TRIED,
                            group=GROUP,
                        )
                    )
                left.pop(name, None)
                break
    if faults:
        raise FaultsError("the pattern", faults)


def _lines(folder: Path) -> Iterator[str]:
    for name in (STDOUT, STDERR):
        with contextlib.suppress(FileNotFoundError), (folder / name).open("rb") as file:
            for line in file:
                for part in line.split(b"\r"):
                    yield clean(part)
