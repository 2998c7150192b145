"""`paribus`: parse, call, show. A user's mistake ends with a message and exit code 2, never with a traceback."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING

import paribus
from paribus.cli.parser import make_parser
from paribus.values.errors import ParibusError

if TYPE_CHECKING:
    from paribus.presentation.translation import Lang

INTERRUPTED = 130  # what shells report after SIGINT
TERMINATED = 143  # and after SIGTERM
BROKEN_PIPE = 141  # what shells report for a program that SIGPIPE ended


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 2 a user's mistake, 130 or 143 interrupted."""
    parser = make_parser(paribus.__version__)
    given = sys.argv[1:] if argv is None else argv
    if not given:  # somebody who does not know the commands yet
        parser.print_help(sys.stderr)
        sys.exit(ParibusError.exit_code)
    options = parser.parse_args(given)
    code = run(options)
    if code in (INTERRUPTED, TERMINATED):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # on the way out another Ctrl-C has nothing left to stop
    sys.exit(code)


def run(options: argparse.Namespace) -> int:
    """One command's exit code. Each command's module is imported only when it is asked for."""
    with _noticed(options.command) as came:
        try:
            _dispatch(options)
            sys.stdout.flush()
        except ParibusError as error:
            if error.exit_code != INTERRUPTED:  # of which the command has told, with what is kept
                from paribus.presentation.errors import error_words

                print(f"paribus: {error_words(error, _language(options))}", file=sys.stderr)
            return TERMINATED if signal.SIGTERM in came else error.exit_code
        except BrokenPipeError:  # `paribus list | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return BROKEN_PIPE
        except (KeyboardInterrupt, Exception):
            if not came:
                raise
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            from paribus.presentation.translation import translator

            print(f"paribus: {translator(_language(options)).text('stopped')}", file=sys.stderr)
            return TERMINATED if signal.SIGTERM in came else INTERRUPTED
    return 0


def _language(options: argparse.Namespace) -> Lang:
    from paribus.presentation.translation import language_from_locale

    return options.lang or language_from_locale(os.environ)


@contextlib.contextmanager
def _noticed(command: str) -> Iterator[list[int]]:
    """What comes is a list that Ctrl-C adds to: loading torch may turn a KeyboardInterrupt into another error.

    SIGTERM is taken as Ctrl-C is: a command that it ended at once would leave its workers' semaphores behind, of which
    Python's resource tracker then warns. The server's loop has its own way with it.
    """
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    def stop(number: int, frame: FrameType | None) -> None:
        came.append(number)
        signal.raise_signal(signal.SIGINT)  # for whoever has taken it over, as those who wait for workers do

    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield came
        return
    signal.signal(signal.SIGINT, note)
    taken = command != "serve" and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if taken:
        signal.signal(signal.SIGTERM, stop)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, before)
        if taken:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _dispatch(options: argparse.Namespace) -> None:
    if options.command in ("compare", "train", "map"):
        from paribus.experiment.pool import warm_up

        warm_up()  # before anything else: it takes longest, in a process of its own
        if options.command == "map":
            from paribus.cli.map import draw_up

            draw_up(options)
            return
        from paribus.cli import training

        {"compare": training.compare, "train": training.train}[options.command](options)
    elif options.command in ("list", "show", "diff", "report", "recipes"):
        from paribus.cli import inspection

        inspection.COMMANDS[options.command](options)
    elif options.command == "figure":
        from paribus.cli.figure import figure

        figure(options)
    elif options.command == "why":
        from paribus.cli.why import why

        why(options)
    elif options.command == "serve":
        from paribus.cli.serve import serve_lab

        serve_lab(options)
    else:
        from paribus.cli import upkeep

        upkeep.COMMANDS[options.command](options)
