"""One run of a command: what it is told, what it prints, and the figures in that."""

from __future__ import annotations

import errno
import math
import shlex
import signal
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from paribus.core.errors import ParibusError, StoreError, reason_of
from paribus.core.messages import Message
from paribus.programs.command import process
from paribus.programs.command.command_environment import told
from paribus.programs.command.meter import Meter
from paribus.programs.command.metric_files import rows_of
from paribus.programs.command.printed_metrics import GROUP, Curve, Cut, Lines, Printed, Row
from paribus.programs.command.sealed_metrics import write_sealed_figures
from paribus.programs.command.template import Template
from paribus.programs.kept_output import Kept
from paribus.programs.metrics import MOST_EPOCHS, figures_fault
from paribus.records.program import Epoch, Fields, ProgramInfo
from paribus.runs.failing import RunFailed
from paribus.runs.program_protocol import Outcome
from paribus.runs.store import RunWriter
from paribus.runs.store.files import writing
from paribus.runs.task import How
from paribus.runs.time_limit import TIME_LIMIT, out_of_time

STDOUT, STDERR = "stdout.txt", "stderr.txt"
_SHELL = ("/bin/sh", "-c")
_NOT_NOW = (errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT)
_CLOCKS = 2.0  # seconds by which a file system's time may be behind ours
_KILLED = (-signal.SIGKILL, -signal.SIGTERM, 128 + signal.SIGKILL)  # by the system, or a shell's word for that


class Running:
    """A command and how it is read."""

    def __init__(self, info: ProgramInfo, template: Template, file: Template) -> None:
        self._info, self._template, self._file = info, template, file
        self._patterns: Mapping[str, str] = info.source.get("patterns", {})
        self._from_file = file.words != ("",)
        self._sealed: Sequence[str] = info.source.get("sealed", ())
        self._meter = Meter() if info.source.get("measured") else None

    def run(self, fields: Fields, seed: int, folder: RunWriter, how: How, place: Path, temporary: str) -> Outcome:
        """Run it in the folder `place`. Raises RunFailed where it gives no figures."""
        values = {**fields, "seed": str(seed), "folder": str(folder.path), "device": how.device}
        names = [metric.name for metric in self._info.metrics]
        epochs = _Epochs(folder)
        curve = Curve(self._info, epochs.row)
        printed = Printed([] if self._from_file else names, self._patterns, curve.row, self._sealed)
        begun = time.time()
        try:
            code = self._process(values, folder, place, told(seed, str(folder.path), how), printed, temporary)
            if code:
                raise RunFailed(_said(code), printed.tail(), "killed" if code in _KILLED else "error")
            found = printed.names()
            if self._from_file:
                found = self._read(place / self._file.filled(values)[0], begun, printed)
        finally:  # what came of a curve is kept of a run that fails too
            curve.end()
            epochs.end()
        figures = curve.figures()
        if printed.sealed:
            write_sealed_figures(folder.path, printed.sealed)
        measured = {} if self._meter is None else self._meter.figures()
        if not self._info.at_best:  # also what the same run may be judged by another time
            figures |= {name: value for name, value in printed.all.items() if name not in names}
        for name, (found_there, whole) in printed.cut_short.items():
            raise RunFailed(self._cut_short(name, found_there, whole), printed.tail(), "figure")
        others = dict.fromkeys((name for name in found if name not in names), 0.0)
        if fault := figures_fault({**others, **figures}, self._info):
            missing = next((name for name in names if name not in figures), "")
            if missing and (hint := self._unread(missing, found, printed.no_number.get(missing))):
                fault = Message("{rule}; {hint}", rule=fault, hint=hint)
            raise RunFailed(fault, printed.tail(), "figure")
        needed = (self._info.steers, self._info.judged)
        figures |= measured
        return Outcome({name: value for name, value in figures.items() if name in needed or math.isfinite(value)})

    def _unread(self, name: str, found: Collection[str], no_number: str | None) -> Message | None:
        """Why a figure was not read, as far as that can be seen. no_number: what its pattern found."""
        if pattern := self._patterns.get(name):
            if no_number is None:
                return Message("no line matches the pattern {pattern!q}", pattern=pattern)
            return Message(
                "the pattern found {found!q}, which is no number: the figure is its first group, in parentheses",
                found=no_number,
            )
        if name not in found:
            return None
        metric = next(one for one in self._info.metrics if one.name == name)
        return Message(
            "{name} is printed, but in no line of JSON: --metric {metric} reads it by a pattern",
            name=name,
            metric=shlex.quote(f"{metric.text}={name}[=: ]+{GROUP}"),
        )

    def _cut_short(self, name: str, found: str, whole: str) -> Message:
        return Message(
            "the pattern {pattern!q} reads {found} where {whole} is printed: write its group as {group}, which reads "
            "every number",
            pattern=self._patterns[name],
            found=found,
            whole=whole,
            group=GROUP,
        )

    def _process(
        self,
        values: Mapping[str, str],
        folder: RunWriter,
        place: Path,
        environment: Mapping[str, str],
        printed: Printed,
        temporary: str,
    ) -> int:
        """Its exit code."""
        out, err, cut = Lines(printed.of_stdout), Lines(printed.of_stderr), Cut(self._sealed)
        limit = self._info.source.get(TIME_LIMIT)
        with Kept(folder.path / STDOUT) as kept_out, Kept(folder.path / STDERR) as kept_err:

            def keep(kept: Kept, name: str) -> Callable[[bytes], None]:
                def write(data: bytes) -> None:
                    with writing(folder.path / name):
                        kept.write(data)

                return Lines(lambda line: write(cut.of(line) + b"\n")).feed if cut.names else write

            keep_out, keep_err = keep(kept_out, STDOUT), keep(kept_err, STDERR)

            def of_stdout(data: bytes) -> None:
                keep_out(data)
                out.feed(data)

            def of_stderr(data: bytes) -> None:
                keep_err(data)
                err.feed(data)

            try:
                code = process.run(
                    self._words(values), place, environment, of_stdout, of_stderr, limit, temporary, self._meter
                )
            except OSError as error:
                if error.errno in _NOT_NOW:  # no fault of the command's
                    raise StoreError("no run can be started now: {reason}", reason=reason_of(error)) from error
                raise RunFailed(Message("it could not be started: {reason}", reason=reason_of(error))) from None
            out.end()
            err.end()
        if code is None:
            raise RunFailed(out_of_time(limit or 0.0).said, printed.tail(), "time")
        return code

    def _words(self, values: Mapping[str, str]) -> tuple[str, ...]:
        if not self._info.source.get("shell"):
            return self._template.filled(values)
        return (*_SHELL, " ".join(self._template.filled(values, shlex.quote)))

    def _read(self, path: Path, begun: float, printed: Printed) -> tuple[str, ...]:
        """The file's figures into the curve; the names that it has."""
        try:
            rows = rows_of(path)
            if path.stat().st_mtime < begun - _CLOCKS:
                raise ParibusError("{path}: is from before this run, which did not write it", path=path)
        except ParibusError as error:
            raise RunFailed(error.message, printed.tail()) from None
        if self._sealed:
            path.unlink(missing_ok=True)
        names = [metric.name for metric in self._info.metrics if metric.name not in self._patterns]
        for row in rows:
            printed.take(row, names)
        return tuple(dict.fromkeys(name for row in rows for name in row))


def _said(code: int) -> Message:
    if code > 0:
        return Message("the command ended with exit code {code}", code=code)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return Message("the command was ended by the signal {name}", name=name)


class _Epochs:
    """Writes a curve into the run's folder as it comes; of a curve of one row nothing, for it is no curve."""

    def __init__(self, folder: RunWriter) -> None:
        self._folder, self._count, self._begun = folder, 0, time.monotonic()
        self._held: Epoch | None = None

    def row(self, row: Row) -> None:
        """One more."""
        now = time.monotonic()
        if self._count < MOST_EPOCHS:
            if self._held is not None:
                self._folder.append_epoch(self._held, durable=False)
            self._count += 1
            self._held = Epoch(epoch=self._count, figures=dict(row), seconds=now - self._begun)
        self._begun = now

    def end(self) -> None:
        """The last one makes all of them durable."""
        if self._held is not None and self._count > 1:
            self._folder.append_epoch(self._held, durable=True)
