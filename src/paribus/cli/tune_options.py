"""The command line's words for tuning each arm. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse


def add_tuning(command: argparse.ArgumentParser) -> None:
    """What is tuned, and how."""
    group = command.add_argument_group(
        "each arm at its best", "tuned on other seeds, then compared again: both answers are shown"
    )
    group.add_argument("--tune", action="append", nargs="+", metavar="FIELD=LOW..HIGH|V1,V2",
                       help="give each arm its own best value; repeatable")  # fmt: skip
    group.add_argument("--tune-tries", type=int, metavar="N", help="settings that each arm may try (12)")
    group.add_argument("--tune-seeds", type=int, metavar="N", help="runs of each try (2)")
    group.add_argument("--tune-sampler", metavar="auto|random|tpe",
                       help="what proposes settings; tpe is Optuna's (auto: tpe where it is installed)")  # fmt: skip
