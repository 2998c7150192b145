"""The command line's words. Few imports here, so that `paribus --help` answers at once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from paribus.cli.common_options import (
    add_budget,
    add_cluster,
    add_language,
    add_machine,
    add_output,
    add_recipe,
    add_settings,
    add_shared,
    add_store,
    add_training,
    add_workers,
)
from paribus.cli.demand_options import add_gate, add_rule
from paribus.cli.judge_options import add_judge
from paribus.cli.lesson_options import add_lesson
from paribus.cli.power_options import add_power
from paribus.cli.program_options import add_program_options
from paribus.cli.referee_options import add_referee
from paribus.cli.store_options import add_inspection, add_upkeep
from paribus.cli.tag_options import add_tag
from paribus.cli.tune_options import add_tuning
from paribus.cli.usage import language_asked, said_of_usage
from paribus.words.languages import SOURCE

COMPARE_EXAMPLES = """\
examples:
  paribus compare activation=sigmoid,relu
  paribus compare weight_decay=0,1e-4,1e-2,0.1 --recipe fair --seeds 8
  paribus compare optimizer=adam,adamw --set activation=sigmoid --epochs 5
  paribus compare activation=sigmoid,relu weight_decay=0,0.1 --factorial
  paribus compare mine.toml theirs.toml
  paribus compare mytrain:train optimizer=adam,sgd --metric accuracy
  paribus compare act=relu,gelu --metric val_acc -- python train.py --act {act} --seed {seed}
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors guess what was meant, in the user's language. Those of its commands are of this class.

    Options are written whole: `--seed 6` is no short form of `--seeds 6`, since it may mean something else elsewhere.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def format_help(self) -> str:
        """In the user's language."""
        self._say()
        return super().format_help()

    def format_usage(self) -> str:
        """In the user's language; an error begins with it."""
        self._say()
        return super().format_usage()

    def _say(self) -> None:
        """For another language than English more is loaded."""
        lang = language_asked(sys.argv[1:])
        if lang != SOURCE:
            from paribus.cli.help_words import say

            say(self, lang)

    def error(self, message: str) -> NoReturn:
        """Say how the command is used and what is wrong, and leave."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {said_of_usage(message, sys.argv[1:], self._options(sys.argv[1:]))}\n")

    def _options(self, given: Sequence[str]) -> list[str]:
        """Those of the command that is given, or of this one."""
        for commands in self._actions:
            if isinstance(commands, argparse._SubParsersAction):
                named = next((commands.choices[word] for word in given if word in commands.choices), self)
                return list(named._option_string_actions)
        return list(self._option_string_actions)


def make_parser(version: str, command: str = "") -> argparse.ArgumentParser:
    """The whole command line. command: the one that is given; the referee's alone is made in a fifth of the time."""
    parser = _Parser(
        prog="paribus",
        description="I changed one thing in my network. Does it matter, how much, and how sure are we?",
    )
    parser.add_argument("--version", action="version", version=f"paribus {version}")
    add_language(parser)
    parser.set_defaults(lang=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    if command == "referee":
        add_referee(commands, add_shared)
        return parser
    _add_compare(commands)
    _add_train(commands)
    judge = add_judge(commands)
    add_language(judge)
    add_output(judge)
    power = add_power(commands)
    add_store(power)
    add_language(power)
    add_output(power)
    _add_why(commands)
    add_lesson(commands)
    add_referee(commands, add_shared)
    add_language(commands.add_parser("mcp", help="the referee and judging as tools for agents (MCP, on stdin/stdout)"))
    _add_map(commands)
    _add_serve(commands)
    add_inspection(commands)
    add_tag(commands)
    add_upkeep(commands)
    return parser


def _add_compare(commands: argparse._SubParsersAction[_Parser]) -> None:
    compare = commands.add_parser(
        "compare",
        help="train arms that differ in one factor, paired seed by seed, and end with a verdict",
        description="Train arms that differ in one factor, paired seed by seed, and end with a verdict. "
        "Given again, the command resumes what was interrupted and reuses every finished run.",
        epilog=COMPARE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.add_argument(
        "what",
        nargs="*",
        metavar="[MODULE:FUNCTION] FIELD=V1,V2 | A.toml B.toml",
        help="the factor and its values, or two recipe files; before them a function of your own",
    )
    compare.add_argument("--seeds", type=int, metavar="N", help="paired replicates (6)")
    compare.add_argument("--until-decided", action="store_true",
                         help="in place of --seeds: add seeds one by one until it is decided")  # fmt: skip
    compare.add_argument("--max-seeds", type=int, metavar="N", help="with --until-decided: at most so many (30)")
    compare.add_argument("--first-seed", type=int, default=0, metavar="K",
                         help="the seeds are K, K+1, ...; another K is another comparison (0)")  # fmt: skip
    compare.add_argument("--margin", type=float, metavar="POINTS",
                         help="practically equal is within this many percentage points (0.1); of a figure that is no "
                         "share in its unit (none: nothing is called equal)")  # fmt: skip
    compare.add_argument("--factorial", action="store_true",
                         help="two factors, each level of one with each of the other: A=V1,V2 B=W1,W2")  # fmt: skip
    compare.add_argument("--confounded", action="store_true",
                         help="allow more than one differing field, and mark every output so")  # fmt: skip
    add_gate(compare)
    add_rule(compare)
    add_tuning(compare)
    add_training(compare)
    add_cluster(compare)
    compare.add_argument("--yes", action="store_true", help="do not ask before a long comparison")
    compare.add_argument("--why", action="store_true", help="then explain the worse arm, as `paribus why` does")
    compare.add_argument("--budget", metavar="TIME",
                         help="with --until-decided or --why: bound the new runs of each: 90s, 5m, 1h")  # fmt: skip
    compare.add_argument("--dry-run", action="store_true", help="show the plan and an estimate of time; train nothing")
    add_program_options(compare)


def _add_train(commands: argparse._SubParsersAction[_Parser]) -> None:
    train = commands.add_parser("train", help="train one recipe with one seed")
    train.add_argument("what", nargs="?", metavar="MODULE:FUNCTION", help="a function of your own (the recipe)")
    train.add_argument("--seed", type=int, default=0, metavar="K", help="the replicate (0)")
    add_training(train)
    train.add_argument("--figure", metavar="KIND",
                       help="then draw it, as `paribus figure` does a run: units, curves, ...")  # fmt: skip
    add_program_options(train)


def _add_why(commands: argparse._SubParsersAction[_Parser]) -> None:
    why = commands.add_parser(
        "why",
        help="find and test what keeps a recipe from training",
        description="Read what the probes saw, test interventions with short runs, and confirm at full length on "
        "fresh seeds what restores training. Of a comparison the worse arm is explained. Given again, the command "
        "goes on where it was stopped.",
    )
    why.add_argument("what", nargs="?", metavar="COMPARISON|RUN|RECIPE|MODULE:FUNCTION",
                     help="what to explain (last comparison)")  # fmt: skip
    add_settings(why)
    add_budget(why)
    add_cluster(why)
    why.add_argument("--dry-run", action="store_true", help="show what would be tested; train nothing")
    add_machine(why)
    add_store(why)
    add_language(why)
    add_output(why)
    add_program_options(why)


def _add_map(commands: argparse._SubParsersAction[_Parser]) -> None:
    drawn = commands.add_parser(
        "map",
        help="how far a verdict reaches: a small comparison in each cell of a grid of recipes",
        description="Compare the arms under each recipe of a grid, briefly, and draw where which arm wins, where they "
        "are practically equal, where neither trains, and where nothing is established. A cell that is decided stops. "
        "Given again, the command goes on where it was stopped.",
    )
    drawn.add_argument("what", nargs="*", metavar="[MODULE:FUNCTION] FIELD=V1,V2",
                       help="the factor and its values; before them a function of your own")  # fmt: skip
    drawn.add_argument("--over", action="append", required=True, metavar="FIELD=V1,V2",
                       help="an axis of the map and its values; once or twice")  # fmt: skip
    add_recipe(drawn)
    add_settings(drawn)
    drawn.add_argument("--seeds", type=int, default=8, metavar="N", help="the most that a cell may get (8)")
    drawn.add_argument("--first-seed", type=int, default=0, metavar="K", help="the seeds are K, K+1, ... (0)")
    drawn.add_argument("--epochs", type=int, metavar="N",
                       help="epochs of a run (a third of the recipe's; all of them where no run trained)")  # fmt: skip
    drawn.add_argument("--margin", type=float, metavar="POINTS",
                       help="practically equal is within this many percentage points (1); of a figure that is no "
                       "share in its unit (none)")  # fmt: skip
    add_budget(drawn)
    add_cluster(drawn)
    drawn.add_argument("--dry-run", action="store_true", help="show an estimate of runs and time; train nothing")
    add_machine(drawn)
    add_store(drawn)
    add_language(drawn)
    add_output(drawn)
    add_program_options(drawn)


def _add_serve(commands: argparse._SubParsersAction[_Parser]) -> None:
    serve = commands.add_parser(
        "serve",
        help="the lab as a page: compare, watch, and ask why in a browser",
        description="Serve the lab as a page on this machine: choose what to compare, watch it train, read the verdict "
        "and ask why. Comparisons queue; closing the page stops nothing, and a stopped server goes on where it was.",
    )
    serve.add_argument("--port", type=int, metavar="N", help="where to listen; 0 for any port (8321, or the next free)")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS",
                       help="0.0.0.0 lets other machines in, with the token (127.0.0.1)")  # fmt: skip
    add_workers(serve)
    serve.add_argument("--own-models", action="store_true",
                       help="let the page run models that are code of your own")  # fmt: skip
    serve.add_argument("--no-browser", action="store_true", help="do not open the page")
    add_store(serve)
    add_language(serve)
