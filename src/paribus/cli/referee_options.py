"""The command line's words for `paribus referee`. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from paribus.cli.program_options import add_program_options

EXAMPLES = """\
examples:
  paribus referee start --metric val_loss:min --budget-per-try 10m -- python train.py --seed {seed}
  paribus referee try -m "rotary positions"
  paribus referee report

exit codes of try: 0 keep, 10 discard, 20 open, 2 a mistake of yours, 1 the referee broke and nothing was decided
"""


def add_referee(commands: Any, shared: Callable[[argparse.ArgumentParser], None]) -> None:
    """The command and its verbs. shared: adds what all commands have."""
    referee = commands.add_parser(
        "referee",
        help="in a loop of edits: keep what is real, discard what is noise",
        description="In place of the `if` of a loop that edits a training script, runs it and keeps what went up: each "
        "edit is run against what stands, paired by seed, until it is decided.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = referee.add_subparsers(dest="verb", metavar="VERB", required=True)
    start = verbs.add_parser("start", help="commit to metric, rule and budgets, and run the baseline a few times")
    _add_start(start)
    tried = verbs.add_parser("try", help="run the working tree against the baseline, and say keep, discard or open")
    tried.add_argument("-m", "--message", default="", metavar="WORDS", help="what the edit is")
    tried.add_argument("--candidate", metavar="GITREV", help="a revision in place of the working tree")
    tried.add_argument("--commit", action="store_true", help="commit the edit to the branch if it is kept")
    tried.add_argument("--allow-ruler", action="store_true", help="try an edit that changes the ruler all the same")
    report = verbs.add_parser("report", help="the path of the loop: a page and Markdown")
    report.add_argument("--to", metavar="FILE", help="where the page goes: FILE.html or FILE.md (the state's folder)")
    report.add_argument("--audit", action="store_true",
                        help="run start against end on fresh seeds, and each kept edit taken out again")  # fmt: skip
    report.add_argument("--unseal", action="store_true", help="read the sealed figures, which ends the loop")
    rules = verbs.add_parser("rules", help="a page for an agent's instructions")
    for verb in (start, tried, report, rules):
        shared(verb)


def _add_start(start: argparse.ArgumentParser) -> None:
    start.set_defaults(what=None)
    start.add_argument("--keep-if", choices=("better", "not-worse"), default="better",
                       help="what an edit must be shown to be (better)")  # fmt: skip
    start.add_argument("--margin", type=float, metavar="SIZE",
                       help="with --keep-if not-worse: the loss that is accepted, in the metric's unit")  # fmt: skip
    start.add_argument("--error", type=float, default=0.05, metavar="SHARE",
                       help="the chance that a loop of edits that do nothing keeps one (0.05)")  # fmt: skip
    start.add_argument("--tries", type=int, metavar="N", help="how many tries there will be; said now it buys power")
    start.add_argument("--pairs", type=int, default=60, metavar="N", help="the most pairs of runs of one try (60)")
    start.add_argument("--budget-per-try", metavar="TIME", help="for the runs of one try: 90s, 10m, 1h (none)")
    start.add_argument("--budget", metavar="TIME", help="for the runs of all tries (none)")
    start.add_argument("--guard", action="append", default=[], metavar="WHAT+SHARE%",
                       help="must not get worse by more: memory+5%%, time+3%%, cpu+3%%; repeatable")  # fmt: skip
    start.add_argument("--ruler", nargs="+", action="extend", default=[], metavar="FILE",
                       help="files and folders that no edit may touch: what measures, and on what")  # fmt: skip
    start.add_argument("--sealed", action="append", default=[], metavar="NAME",
                       help="a figure that nobody sees before the end; repeatable")  # fmt: skip
    start.add_argument("--first-seed", type=int, metavar="K", help="take the seeds K, K+1, ... (drawn at random)")
    start.add_argument("--set", action="append", default=[], dest="settings", metavar="FIELD=VALUE",
                       help="the value of a place in the command; repeatable")  # fmt: skip
    start.add_argument("--workers", type=int, default=1, metavar="N", help="runs at once (1)")
    start.add_argument("--new", action="store_true", help="put the loop that is there aside, and start another")
    add_program_options(start)
