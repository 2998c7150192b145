"""`paribus export`: a run or a comparison as a file for another program."""

from __future__ import annotations

import argparse

from paribus.cli.command_context import language
from paribus.comparison.compare import load_comparison
from paribus.programs.exporting import export
from paribus.results import ComparisonResult, Run
from paribus.runs.planning import store_at
from paribus.runs.store import Store
from paribus.runs.train_one import load_run
from paribus.words.errors import message_words


def export_to(options: argparse.Namespace) -> None:
    """Write it, and print where the file is and what was checked of it."""
    found: Run | ComparisonResult
    if Store(store_at(options.out)).resolve(options.name).kind == "run":
        found = load_run(options.name, options.out)
    else:
        found = load_comparison(options.name, options.out)
    path, checked = export(found.runs_by_arm(), found.place, options.what, options.to, options.trust)
    print(path)
    if checked is not None:
        print(message_words(checked, language(options)))
