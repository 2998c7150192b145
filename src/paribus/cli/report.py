"""`paribus report`: the page of a comparison, written again."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from paribus.cli.command_context import language
from paribus.comparison.compare import load_comparison
from paribus.core.errors import ParibusError
from paribus.terminal.failures import show_left_out
from paribus.terminal.screen import Screen


def report(options: argparse.Namespace) -> None:
    """Write the report again, in the language asked for."""
    result = load_comparison(options.name, options.out).in_language(language(options))
    if options.to is not None and not Path(options.to).parent.is_dir():
        raise ParibusError("--to needs a folder that is there", got=options.to)
    path, left_out = result.report_told(options.to)
    print(path)
    show_left_out(Screen(sys.stderr, os.environ, language(options)), left_out)
