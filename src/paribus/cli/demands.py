"""For builds and papers: the exit code by a verdict, tables, and the methods section."""

from __future__ import annotations

import argparse
import sys

from paribus.cli.command_context import language, print_text
from paribus.comparison.baseline import known_arm
from paribus.core.errors import ParibusError
from paribus.core.exit_codes import FAILED
from paribus.paper.export import InPaper
from paribus.records.comparison import Comparison


class DemandUnmet(ParibusError):
    """An arm falls short of what --fail-if demands: said when all else has been told."""

    exit_code = FAILED


def check_gate(options: argparse.Namespace, arms: list[str]) -> None:
    """Raise ParibusError, before anything runs, where --fail-if or --baseline cannot be followed."""
    if options.baseline:
        known_arm(options.baseline, arms)
    elif options.fail_if:
        raise ParibusError("--fail-if needs --baseline: the arm that the others are held against")
    if getattr(options, "which", "") and not options.format:
        raise ParibusError("--table chooses what --format prints; got --table alone")


def gate(comparison: Comparison, options: argparse.Namespace) -> None:
    """Raise DemandUnmet where --fail-if says so; say on stderr what passed without being decided."""
    if options.fail_if is None:
        return
    from paribus.comparison.build_demands import short_of, standings  # SciPy is slow to load
    from paribus.comparison.words.build_demands import standing_words

    lang = language(options)
    margin = comparison.margin if options.fail_if == "maybe-worse" else None
    if short := short_of(comparison, options.fail_if):
        told = [standing_words(comparison, standing, lang, margin) for standing in short]
        raise DemandUnmet("--fail-if {demand} holds: {told}", demand=options.fail_if, told="\n".join(told))
    for standing in standings(comparison):
        if standing.verdict == "open" and options.fail_if == "worse":
            print(standing_words(comparison, standing, lang), file=sys.stderr)


def print_paper(found: InPaper, options: argparse.Namespace) -> None:
    """What --methods and --format ask for."""
    if options.methods:
        print_text(f"{found.methods(latex=options.format == 'latex')}\n\n{found.bibtex()}")
    elif options.format:
        write = {"markdown": found.to_markdown, "latex": found.to_latex, "csv": found.to_csv}[options.format]
        print_text(write(options.which))
