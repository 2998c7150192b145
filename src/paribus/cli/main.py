"""`paribus`: parse, call, show. A user's mistake ends with a message and exit code 2, never with a traceback."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import paribus
from paribus.cli.parser import make_parser
from paribus.values.errors import ParibusError

BROKEN_PIPE = 141  # what shells report for a program that SIGPIPE ended


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 2 a user's mistake, 130 interrupted."""
    options = make_parser(paribus.__version__).parse_args(argv)
    sys.exit(run(options))


def run(options: argparse.Namespace) -> int:
    """One command's exit code. Each command's module is imported only when it is asked for."""
    try:
        _dispatch(options)
        sys.stdout.flush()
    except ParibusError as error:
        print(f"paribus: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("paribus: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `paribus list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return 0


def _dispatch(options: argparse.Namespace) -> None:
    if options.command in ("compare", "train"):
        from paribus.cli import training

        {"compare": training.compare, "train": training.train}[options.command](options)
    elif options.command in ("list", "show", "diff", "report", "recipes"):
        from paribus.cli import inspection

        inspection.COMMANDS[options.command](options)
    else:
        from paribus.cli import upkeep

        upkeep.COMMANDS[options.command](options)
