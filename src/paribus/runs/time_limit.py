"""The time limit of a run: what it may be, and how a run ends that took longer.

A command is then ended by `programs/command/process.py`, a function by `programs/function/run_process.py`.
"""

from __future__ import annotations

from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.runs.failing import RunFailed

TIME_LIMIT = "time_limit"  # of a run, in seconds: what a program's source has it under, where there is one


def check_time_limit(limit: float | None) -> None:
    """Raise ParibusError unless it is a number of seconds that a run may take, or None."""
    if limit is not None and not 0 < limit < float("inf"):
        raise ParibusError("{field} must be greater than {limit}", field=TIME_LIMIT, limit=0, got=limit)


def out_of_time(limit: float) -> RunFailed:
    """A run that took longer than `limit` seconds."""
    return RunFailed(Message("it took longer than its time limit of {seconds} s", seconds=f"{limit:g}"), cause="time")
