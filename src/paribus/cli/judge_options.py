"""The command line's words for `paribus judge`. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse
from typing import Any

from paribus.cli.build_options import add_gate, add_paper

JUDGE_EXAMPLES = """\
examples:
  paribus judge results.csv --arm-column model --pair-by seed --metric test_accuracy
  paribus judge losses.csv --arms adam,sgd --metric loss:min --margin 0.01
  paribus judge a.csv b.csv --predictions
  paribus judge nightly.csv --baseline main --fail-if worse
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
    judge.add_argument("--arm-column", default="", metavar="COLUMN", help="says which arm a row is of")
    judge.add_argument("--arms", default="", metavar="A,B",
                       help="the columns that have the arms' figures, one each; else which arms to take")  # fmt: skip
    judge.add_argument("--pair-by", default="", metavar="COLUMN", help="the seed: runs that have the same are paired")
    judge.add_argument("--paired", action="store_true", help="pair the runs of a table without seeds by their order")
    judge.add_argument("--unpaired", action="store_true", help="pair nothing: compare all runs of both arms (Welch)")
    judge.add_argument("--metric", action="append", default=[], metavar="NAME:max|NAME:min",
                       help="the column that is judged; repeatable, the first decides")  # fmt: skip
    judge.add_argument("--claim-all", action="store_true", help="judge by every metric, corrected for their number")
    judge.add_argument("--epoch-column", default="", metavar="COLUMN",
                       help="of a table with rows for every epoch; the last row is taken")  # fmt: skip
    judge.add_argument("--margin", type=float, metavar="SIZE",
                       help="practically equal is within this difference, in the metric's unit; percentage points of "
                       "an accuracy (0.1 of an accuracy, else none)")  # fmt: skip
    judge.add_argument("--resolution", type=float, metavar="STEP", help="the least step a figure can show (its digits)")
    judge.add_argument("--trained", default="", metavar="CONDITION", help="when a run trained: 'val_acc>0.2' (always)")
    judge.add_argument("--look", type=int, default=1, metavar="N", help="which look at these arms this is, 1 to 3 (1)")
    add_gate(judge)
    add_paper(judge)
    judge.add_argument("--predictions", action="store_true",
                       help="rows are items: item, label, prediction; or item, correct")  # fmt: skip
    judge.add_argument("--to", metavar="FILE.html", help="also write a report")
    return judge
