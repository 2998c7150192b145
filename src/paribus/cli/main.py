"""`paribus`: parse, call, show. A user's mistake ends with a message and exit code 2, never with a traceback."""

from __future__ import annotations

import argparse
import atexit
import contextlib
import errno
import gc
import importlib
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, TextIO

import paribus
from paribus.cli.parser import make_parser
from paribus.cli.program_options import RUNNING, names_program
from paribus.core.errors import ParibusError, refused_by_system
from paribus.core.exit_codes import BROKEN_PIPE, DONE, INTERRUPTED, ended_by
from paribus.core.extras import lab_missing
from paribus.core.field_text import cut
from paribus.core.messages import Message

if TYPE_CHECKING:
    from paribus.words.translation import Lang

# Taken as Ctrl-C is: by `timeout` and schedulers, and by a terminal that is closed (which Windows has not).
ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: one of `core.exit_codes`."""
    given = sys.argv[1:] if argv is None else argv
    options = parsed(given)
    came: list[int] = []
    try:
        code = run(options, came)
    except KeyboardInterrupt:  # one more, while it was leaving
        code = INTERRUPTED
    if came:
        code = ended_by(next((number for number in came if number in ENDING), signal.SIGINT)) if code else code
    atexit.register(gc.freeze)  # so that nobody waits for the last, vain search for garbage
    sys.exit(code)


def parsed(given: Sequence[str]) -> argparse.Namespace:
    """The options of a command line; `program_words` are those behind `--`. Leaves where it is none."""
    parser = make_parser(paribus.__version__, given[0] if given else "")
    if not given:  # somebody who does not know the commands yet
        parser.print_help(sys.stderr)
        sys.exit(ParibusError.exit_code)
    own, words = cut(given)
    options = parser.parse_args(own)
    if words and options.command not in RUNNING and getattr(options, "verb", "") != "start":
        parser.error(f"unrecognized arguments: {' '.join(words)}")
    if options.command in ("compare", "map") and not (options.what or options.arm):
        parser.error("the following arguments are required: FIELD=V1,V2")
    options.program_words = words
    return options


def run(options: argparse.Namespace, came: list[int]) -> int:
    """One command's exit code. Each command's module is imported only when it is asked for. `came`: gets signals."""
    with _noticed(options.command, came):
        try:
            code = _dispatch(options)
            sys.stdout.flush()
            return code
        except ParibusError as error:
            if error.exit_code == INTERRUPTED:  # of which the command has told, with what is kept
                came.append(signal.SIGINT)
            else:
                from paribus.words.errors import error_words

                _tell(error_words(error, _language(options)))
            return error.exit_code
        except (KeyboardInterrupt, Exception) as error:
            if _is_deaf(error):
                return BROKEN_PIPE
            if not came:
                if (told := lab_missing(error) or refused_by_system(error, _unwritten())) is None:
                    raise
                from paribus.words.errors import error_words

                _tell(error_words(told, _language(options)))
                return told.exit_code
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            said = "stopped"
            with contextlib.suppress(Exception):  # what was interrupted as it loaded may not load again
                from paribus.words.translation import translator

                said = translator(_language(options)).text("stopped")
            _tell(said)
            return INTERRUPTED


def _tell(text: str) -> None:
    """To people, if any are left."""
    try:
        print(f"paribus: {text}", file=sys.stderr, flush=True)
    except OSError:
        _unwritten()


def _is_deaf(error: BaseException) -> bool:
    """Whether nobody reads any more (`| head`, a closed terminal); then what is still said goes nowhere."""
    if not isinstance(error, OSError) or error.errno not in (errno.EPIPE, errno.EIO) or error.filename is not None:
        return False
    if error.errno == errno.EIO and not any(map(_is_terminal, (sys.stdout, sys.stderr))):  # a disk says that too
        return False
    _unwritten()
    return True


def _is_terminal(stream: TextIO) -> bool:
    """Also one that is closed, which `isatty` denies."""
    with contextlib.suppress(OSError, ValueError):
        return stat.S_ISCHR(os.fstat(stream.fileno()).st_mode)
    return False


def _unwritten() -> Message | None:
    """Which stream takes nothing, its disk being full, say; what is left in it goes nowhere."""
    found = None
    for stream, name in ((sys.stderr, Message("standard error")), (sys.stdout, Message("standard output"))):
        with contextlib.suppress(OSError):
            stream.flush()
            continue
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        found = name
    return found


def _language(options: argparse.Namespace) -> Lang:
    from paribus.words.translation import language_from_locale

    return options.lang or language_from_locale(os.environ)


@contextlib.contextmanager
def _noticed(command: str, came: list[int]) -> Iterator[None]:
    """Whatever ends the command is added to `came`: loading torch may turn a KeyboardInterrupt into another error.

    SIGTERM and SIGHUP are taken as Ctrl-C is, so that workers end with the command, and what is kept is said. The
    server's loop has its own way with them; `nohup` ignores them, and so do we then.
    """

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if getattr(sys.exception(), "exit_code", None) != INTERRUPTED:  # else what was asked for is being done
            raise KeyboardInterrupt

    def stop(number: int, frame: FrameType | None) -> None:
        came.append(number)
        signal.raise_signal(signal.SIGINT)  # for whoever has taken it over, as those who wait for workers do

    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, note)
    taken = [number for number in ENDING if command != "serve" and signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, stop)
    try:
        yield
    finally:
        # On the way out another Ctrl-C has nothing left to stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN if came else before)
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


# The function of each command, in a module that is imported only when it is asked for.
COMMANDS = {
    "bundle": "bundle.bundle",
    "data": "data.data",
    "diff": "diff.diff",
    "doctor": "doctor.doctor",
    "export": "export.export_to",
    "figure": "figure.figure",
    "judge": "judge.judge_table",
    "lesson": "lesson.lesson",
    "list": "list_store.list_store",
    "mcp": "mcp.serve_tools",
    "power": "power.show_seeds",
    "prune": "prune.prune_store",
    "recipes": "recipes.recipes",
    "report": "report.report",
    "reproduce": "reproduce.reproduce",
    "serve": "serve.serve_lab",
    "show": "show.show",
    "tag": "tag.tag",
    "verify": "verify.verify_store",
    "why": "why.why",
}


def _dispatch(options: argparse.Namespace) -> int:
    """The exit code of a command that ended well: what the referee says is in it."""
    if options.command == "referee":
        from paribus.cli.referee import referee

        return referee(options)
    if options.command in ("compare", "train", "map"):
        _call_training(options)
        return DONE
    module, function = COMMANDS[options.command].split(".")
    call = getattr(importlib.import_module(f"paribus.cli.{module}"), function)
    call(options, main) if options.command == "mcp" else call(options)
    return DONE


def _call_training(options: argparse.Namespace) -> None:
    if not (getattr(options, "dry_run", False) or names_program(options)):
        from paribus.programs.recipe import PRELOAD
        from paribus.runs.pool import warm_up

        warm_up(PRELOAD)  # before anything else: it takes longest, in a process of its own
    if options.command == "map":
        from paribus.cli.map import draw_up

        draw_up(options)
    elif options.command == "train":
        from paribus.cli.train import train

        train(options)
    else:
        from paribus.cli.compare import compare

        compare(options)
