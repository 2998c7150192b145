"""The command line's words for `paribus judge`. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse
from typing import Any

from paribus.cli.demand_options import add_gate, add_paper, add_rule
from paribus.core.errors import ParibusError

JUDGE_EXAMPLES = """\
examples:
  paribus judge results.csv --arm-column model --pair-by seed --metric test_accuracy
  paribus judge losses.csv --arms adam,sgd --metric loss:min --margin 0.01
  paribus judge a.csv b.csv --predictions
  paribus judge nightly.csv --baseline main --fail-if worse
  paribus judge trees.csv --dataset-column dataset --metric AUC
"""


def add_judge(commands: Any) -> argparse.ArgumentParser:
    """The command, to be given what all commands have."""
    judge: argparse.ArgumentParser = commands.add_parser(
        "judge",
        help="a verdict on results that exist already: a table with a row for each run",
        description="Judge results that exist already, whatever made them: a table (CSV, TSV, JSON lines, Parquet) "
        "with a row for each run, or a column for each arm; or files of predictions over one test set. Nothing is "
        "trained.",
        epilog=JUDGE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    judge.add_argument("table", nargs="+", metavar="TABLE", help="the file; with --predictions one for each arm")
    add_table_options(judge)
    judge.add_argument("--arms", default="", metavar="A,B",
                       help="the columns that have the arms' figures, one each; else which arms to take")  # fmt: skip
    judge.add_argument("--factors", default="", metavar="A,B",
                       help="two columns: what each does, alone and together with the other")  # fmt: skip
    judge.add_argument("--dataset-column", default="", metavar="COLUMN",
                       help="says which data set a row is of: a verdict over data sets")  # fmt: skip
    judge.add_argument("--claim-all", action="store_true", help="judge by every metric, corrected for their number")
    judge.add_argument("--margin", type=float, metavar="SIZE",
                       help="practically equal is within this difference, in the metric's unit; percentage points of "
                       "an accuracy (0.1 of an accuracy, else none)")  # fmt: skip
    add_gate(judge)
    add_rule(judge)
    add_paper(judge)
    judge.add_argument("--tune", nargs="*", help=argparse.SUPPRESS)  # is refused in words
    judge.add_argument("--predictions", action="store_true",
                       help="rows are items: item, label, prediction; or item, correct")  # fmt: skip
    judge.add_argument("--to", metavar="FILE.html", help="also write a report")
    return judge


def add_table_options(command: argparse.ArgumentParser) -> None:
    """How a table is read, and what of it."""
    add = command.add_argument
    add("--arm-column", default="", metavar="COLUMN", help="says which arm a row is of")
    add("--pair-by", default="", metavar="COLUMN", help="the seed: runs that have the same are paired")
    add("--paired", action="store_true", help="pair the runs of a table without seeds by their order")
    add("--unpaired", action="store_true", help="pair nothing: compare all runs of both arms (Welch)")
    add("--metric", action="append", default=[], metavar="NAME:max|NAME:min",
        help="the column that is judged; repeatable, the first decides")  # fmt: skip
    add("--epoch-column", default="", metavar="COLUMN",
        help="of a table with rows for every epoch; the last row is taken")  # fmt: skip
    add("--resolution", type=float, metavar="STEP", help="the least step a figure can show (its digits)")
    add("--trained", default="", metavar="CONDITION", help="when a run trained: 'val_acc>0.2' (always)")
    add("--look", type=int, default=1, metavar="N", help="which look at these arms this is, 1 to 3 (1)")


def table_read(options: argparse.Namespace, arms: str) -> dict[str, Any]:
    """The same as `judge` in Python has it. Raises ParibusError."""
    if options.paired and options.unpaired:
        raise ParibusError("--paired and --unpaired say opposite things; leave one of them out")
    return {
        "metric": options.metric,
        "resolution": options.resolution,
        "trained": options.trained,
        "paired": True if options.paired else False if options.unpaired else None,
        "arm_column": options.arm_column,
        "pair_by": options.pair_by,
        "arms": [arm.strip() for arm in arms.split(",") if arm.strip()],
        "epoch_column": options.epoch_column,
    }
