"""Which program a command line names, and what it says of it: the same options for all verbs that run one."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ComparisonError, ErrorCollector, ParibusError

if TYPE_CHECKING:
    from paribus.programs.resolve_program import ProgramOptions
    from paribus.runs.program_protocol import Program

RUNNING = ("compare", "train", "map", "why")  # the verbs that run a program


def add_program_options(command: argparse.ArgumentParser) -> None:
    """What may be said of a function (`module:function`) or a command (`-- WORD ...`)."""
    group = command.add_argument_group(
        "a program of your own", "module:function, or a command behind `--`: paribus compare ... -- python train.py"
    )
    many: dict[str, Any] = {"action": "append", "default": []}
    group.add_argument("--metric", **many, metavar="NAME:min|max", help="a figure that it gives; the first is judged; "
                       "NAME:max:percent of one from 0 to 100; of a command also NAME:min=PATTERN")  # fmt: skip
    group.add_argument("--steer", default="", metavar="NAME:min|max", help="the metric to choose by (the judged one)")
    group.add_argument("--metrics-from", default="", metavar="FILE", help="where a command writes its figures (stdout)")
    group.add_argument("--depends", **many, metavar="FILE", help="what its figures depend on besides the code")
    group.add_argument("--time-limit", metavar="TIME", help="after which a run is ended, and has failed: 90s, 5m, 1h")
    group.add_argument("--unpaired", action="store_true", help="its runs draw their own luck, whatever the seed")
    group.add_argument("--no-repeat-check", action="store_true", help="do not make the first run twice")
    group.add_argument("--trained", default="", metavar="NAME>NUMBER", help="what a run must reach to have trained")
    group.add_argument("--at", choices=("last", "best"), default="last",
                       help="which of a curve's figures counts; the best is that by the steering metric")  # fmt: skip
    group.add_argument("--fresh", action="store_true", help="make all runs anew")
    group.add_argument("--arm", **many, metavar="NAME=GITREV", help="compare versions of the code; one for each arm")
    group.add_argument("--link", **many, metavar="PATH", help="with --arm: what git ignores and each version has too")
    group.add_argument("--shell", action="store_true", help="let a shell read the command")


def named_program(options: argparse.Namespace) -> str | list[str] | None:
    """What names the program: the words behind `--`, or `module:function` before all else, which is taken away.

    None for the recipe. Raises ParibusError where both are given.
    """
    function = _function(options)
    if function is None:
        return options.program_words or None
    if options.program_words:
        raise ParibusError("a program is a function or a command; got both", got=function)
    if isinstance(options.what, str):
        options.what = None
    else:
        del options.what[0]
    if (here := os.getcwd()) not in sys.path:  # noqa: PTH109 - as Python puts it there itself
        sys.path.insert(0, here)
    return function


def names_program(options: argparse.Namespace) -> bool:
    """Whether it is another program than the recipe."""
    return bool(options.program_words or _function(options))


def _function(options: argparse.Namespace) -> str | None:
    words = _words(options)
    first = words[0] if words else ""
    return first if ":" in first and "=" not in first and not first.endswith(".toml") else None


def _words(options: argparse.Namespace) -> list[str]:
    return [options.what] if isinstance(options.what, str) else options.what or []


def read_program(options: argparse.Namespace) -> Program:
    """The program of a command line. Raises ParibusError with all faults of its options."""
    from paribus.programs.resolve_program import program_named

    return program_named(named_program(options), given_options(options))


def given_options(options: argparse.Namespace) -> ProgramOptions:
    """The options as `program_named` takes them. Raises ParibusError."""
    from paribus.cli.command_context import seconds

    errors = ErrorCollector("the command")
    limit, arms = None, {}
    with errors:
        limit = seconds(options.time_limit, "--time-limit")
    for word in options.arm:
        with errors:
            name, equals, revision = word.partition("=")
            if not (name and equals and revision):
                raise ParibusError("--arm takes a name and a git revision, NAME=GITREV", got=word)
            if name in arms:
                raise ParibusError("--arm names {name!q} twice", name=name)
            arms[name] = revision
    errors.raise_all()
    return {
        "metric": options.metric,
        "steer": options.steer,
        "metrics_from": options.metrics_from,
        "depends": options.depends,
        "time_limit": limit,
        "unpaired": options.unpaired,
        "repeat_check": not options.no_repeat_check,
        "trained": options.trained,
        "at": options.at,
        "fresh": options.fresh,
        "link": options.link,
        "arms": arms,
        "shell": options.shell,
    }


def own_factor(program: Program) -> tuple[str, list[Any]]:
    """The factor where the command names none. Raises ComparisonError where the program has none of its own."""
    if program.own_factor is None:
        raise ComparisonError("a comparison needs a factor and its values: FIELD=V1,V2")
    field, values = program.own_factor
    return field, list(values)
