"""The command line's words for `paribus power`. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse
from typing import Any

from paribus.cli.judge_options import add_table_options

POWER_EXAMPLES = """\
examples:
  paribus power --seeds 8
  paribus power --spread 0.2 --difference 0.3
  paribus power --seeds 12 --difference 1 --fails 5%
  paribus power pilot.csv --arm-column model --pair-by seed --difference 0.01
"""


def add_power(commands: Any) -> argparse.ArgumentParser:
    """The command, to be given what all commands have."""
    power: argparse.ArgumentParser = commands.add_parser(
        "power",
        help="how many seeds a question needs, and what a number of seeds can show",
        description="How many seeds find a difference, or show that there is none, four times in five by the decision "
        "rule; and what a number of seeds can show. The spread is given, or taken from a pilot with its uncertainty; "
        "without one everything is in spreads. Nothing is trained.",
        epilog=POWER_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    power.add_argument("pilot", nargs="?", metavar="COMPARISON|TABLE",
                       help="a comparison of the store, or a table as `paribus judge` reads it")  # fmt: skip
    power.add_argument("--spread", type=float, metavar="SIZE",
                       help="the standard deviation of the paired differences; of an arm's runs, unpaired")  # fmt: skip
    power.add_argument("--difference", type=float, metavar="SIZE",
                       help="the least that would matter, in the unit of the spread; percentage points of an "
                       "accuracy")  # fmt: skip
    power.add_argument("--margin", type=float, metavar="SIZE", help="practically equal is within this difference")
    power.add_argument("--seeds", type=int, metavar="N", help="what so many seeds can show")
    power.add_argument("--fails", default="", metavar="SHARE[,SHARE]",
                       help="how often a run does not train, 5%% say: of both arms, or of the one and of the other "
                       "(never, or as the pilot)")  # fmt: skip
    power.add_argument(
        "--arms", default="", metavar="N|A,B", help="how many arms (2, or the pilot's), or which of a table"
    )
    add_table_options(power)
    return power
