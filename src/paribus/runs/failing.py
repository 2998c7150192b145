"""A run that came to no figures: it raised, hung, was killed, or gave none. It is data, as a collapsed run is."""

from __future__ import annotations

import traceback
from collections.abc import Collection
from pathlib import Path

import paribus
from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.records.program import Metric, ProgramInfo
from paribus.records.run import Cause, Failure, RunRecord
from paribus.runs.store import RunFolder
from paribus.words.safe_text import one_line, printable

TIME_LIMIT = "time_limit"  # of a run, in seconds: what a program's source has it under, where there is one
LAST_LINES = 15  # of what a failed run leaves, that are shown
_LONGEST_NOTE = 200
_WANT_OF_MEMORY = ("MemoryError", "OutOfMemoryError")  # Python's, and torch's on any device


class RunFailed(Exception):
    """Raised by `Program.run` where a run gives no figures.

    Args:
        said: why, in one line. With `tail` it goes into the run's record and folder.
        tail: the traceback, or the last lines of what was printed.
        cause: `figure` where it came to its end without the one that is asked for; `killed` where the system ended it,
            or there was no memory for it; `time` at the end of its time limit.
    """

    def __init__(self, said: Message, tail: str = "", cause: Cause = "error") -> None:
        super().__init__(said, tail, cause)
        self.said, self.tail, self.cause = said, tail, cause

    @property
    def failure(self) -> Failure:
        """What the record says of it."""
        return Failure(cause=self.cause, said=self.said.json())


def failed(error: BaseException) -> RunFailed:
    """What a program's own code raised, as a failed run: its kind and text, with the traceback below our own code."""
    if isinstance(error, RunFailed):
        return error
    try:
        text = one_line(str(error), _LONGEST_NOTE)
    except Exception:  # somebody else's class, whose own words fail
        text = ""
    name = type(error).__name__
    said = Message("{subject}: {fault}", subject=name, fault=text) if text else Message(name)
    memory = any(kind.__name__ in _WANT_OF_MEMORY for kind in type(error).__mro__)
    return RunFailed(said, _traceback(error), "killed" if memory else "error")


def check_time_limit(limit: float | None) -> None:
    """Raise ParibusError unless it is a number of seconds that a run may take, or None."""
    if limit is not None and not 0 < limit < float("inf"):
        raise ParibusError("{field} must be greater than {limit}", field=TIME_LIMIT, limit=0, got=limit)


def out_of_time(limit: float) -> RunFailed:
    """A run that took longer than `limit` seconds."""
    return RunFailed(Message("it took longer than its time limit of {seconds} s", seconds=f"{limit:g}"), cause="time")


def stands(record: RunRecord, program: ProgramInfo) -> bool:
    """Whether an ended run is not made again by the command that asks for it.

    Figures stand, and so do failures of the program's own. One that the machine brought about does not: the same
    command tries again. One that ran out of time is tried again where it may now take longer. One that was made to be
    judged by another metric stands where it came to its end with the figures that are asked for now.
    """
    if {(one.name, one.unit) for one in _asked(program)} != {(one.name, one.unit) for one in _asked(record.program)}:
        return record.status == "finished" and all(_is_there(one, record) for one in _asked(program))
    if record.failure is None or record.failure.cause in ("error", "figure"):
        return True
    if record.failure.cause == "killed":
        return False
    now, then = (info.source.get(TIME_LIMIT) for info in (program, record.program))
    return now is not None and then is not None and now <= then


def _asked(program: ProgramInfo) -> tuple[Metric, Metric]:
    return program.judging, program.steering


def _is_there(metric: Metric, record: RunRecord) -> bool:
    value = record.figures.get(metric.name)
    return value is not None and (metric.unit != "share" or 0 <= value <= 1)


def no_figure(name: str, found: Collection[str]) -> Message:
    """That a run lacks the figure that is asked for. found: the names of those that it gave."""
    said = Message("the run gave no figure {name!q}", name=name)
    hint = nearest(name, found, Message("the figures are {choices}", choices=tuple(found)) if found else None)
    return said if hint is None else Message("{rule}; {hint}", rule=said, hint=hint)


def last_words(folder: RunFolder, before: str = "") -> str:
    """The last lines that a failed run left, after `before`; nothing where it left none."""
    lines = printable(folder.error()).splitlines()[-LAST_LINES:]
    return before + "\n".join(lines) if lines else ""


def _traceback(error: BaseException) -> str:
    """From the first frame that is not our own code."""
    own, frame = str(Path(paribus.__file__).parent), error.__traceback__
    while frame is not None and frame.tb_next is not None and frame.tb_frame.f_code.co_filename.startswith(own):
        frame = frame.tb_next
    return "".join(traceback.format_exception(type(error), error, frame))
