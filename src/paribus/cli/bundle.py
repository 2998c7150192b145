"""`paribus bundle`: a comparison with its runs in one file."""

from __future__ import annotations

import argparse
from pathlib import Path

import paribus
from paribus.comparison.compare import load_comparison
from paribus.core.errors import ParibusError
from paribus.runs.store.bundles import pack
from paribus.runs.store.verifying import check_whole


def bundle(options: argparse.Namespace) -> None:
    """Write the archive, and print where it is."""
    result = load_comparison(options.name, options.out)
    path = Path(options.to) if options.to else Path(f"{result.comparison.id}.zip")
    if not path.parent.is_dir():
        raise ParibusError("--to needs a folder that is there", got=str(path))
    check_whole(result.store, result.comparison.id)
    print(pack(result.store, result.comparison.id, path, paribus.__version__))
