"""The command line's words for builds and papers. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse

DEMANDS = ("worse", "maybe-worse", "not-better")
EDITIONS = ("second", "first")
FORMATS = ("markdown", "latex", "csv")


def add_gate(command: argparse.ArgumentParser) -> None:
    """The baseline, and when the exit code is 1."""
    command.add_argument("--baseline", default="", metavar="ARM", help="judge each other arm against this one alone")
    command.add_argument(
        "--fail-if",
        choices=DEMANDS,
        help="exit code 1 where an arm is established worse than the baseline; or may be worse by more than the "
        "margin; or is not established better",
    )


def add_rule(command: argparse.ArgumentParser) -> None:
    """The edition of the decision rule."""
    command.add_argument("--rule", choices=EDITIONS, default=EDITIONS[0],
                         help="the decision rule's edition; `first` as up to version 0.1.0 (second)")  # fmt: skip


def add_paper(command: argparse.ArgumentParser) -> None:
    """Tables and the methods section."""
    command.add_argument("--format", choices=FORMATS, help="print the tables so on stdout, and nothing else there")
    command.add_argument("--table", default="", dest="which", metavar="NAME",
                         help="with --format: arms, pairs, datasets, metrics, runs, claims, effects (all)")  # fmt: skip
    command.add_argument("--methods", action="store_true",
                         help="print a methods section with its citations; with --format latex as LaTeX")  # fmt: skip
