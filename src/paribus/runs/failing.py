"""A run that came to no figures: it raised, hung, was killed, or gave none. It is data, as a collapsed run is."""

from __future__ import annotations

import traceback
from collections.abc import Collection
from pathlib import Path

import paribus
from paribus.core.errors import nearest
from paribus.core.messages import Message
from paribus.records.run import Cause, Failure
from paribus.runs.store import RunFolder
from paribus.words.safe_text import one_line, printable

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
