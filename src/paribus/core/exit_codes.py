"""The exit codes of the command line: nobody else names a number."""

from __future__ import annotations

DONE = 0  # of `paribus referee try`: keep the edit
FAILED = 1  # the first run of somebody's program, all runs of an arm, or what --fail-if demands; also of a traceback
MISTAKE = 2  # the user's, or a circumstance that they can mend; argparse leaves with it too
DISCARD = 10  # of `paribus referee try`: undo the edit, it is established worse
OPEN = 20  # of `paribus referee try`: undo the edit, nothing is established, or the budget is spent
INTERRUPTED = 130  # what shells report after SIGINT
BROKEN_PIPE = 141  # and for a program that SIGPIPE ended


def ended_by(signal: int) -> int:
    """What shells report of a command that a signal ended."""
    return 128 + signal
