"""`paribus power`: how many seeds show something, and what a number of seeds can show."""

from __future__ import annotations

import argparse
from pathlib import Path

from paribus.cli.command_context import print_json, screen
from paribus.cli.judge_options import table_read
from paribus.comparison.judge import judge
from paribus.comparison.power.seeds_needed import power
from paribus.core.errors import ParibusError
from paribus.records.comparison import Comparison
from paribus.runs.planning import store_at
from paribus.runs.store import Store
from paribus.terminal.power import show_power


def show_seeds(options: argparse.Namespace) -> None:
    """Read the pilot, ask, show."""
    pilot = _pilot(options)
    scale = 1.0 if pilot is None else pilot.metric.scale
    asked = {name: getattr(options, name) for name in ("spread", "difference", "margin")}
    found = power(
        pilot,
        **{name: value if value is None else value / scale for name, value in asked.items()},
        seeds=options.seeds,
        arms=int(options.arms) if options.arms.isdigit() else None,
        paired=False if options.unpaired and pilot is None else None,
        look=options.look,
        fails=_shares(options.fails) if options.fails else None,
    )
    show_power(screen(options), found, options.quiet)
    if options.json:
        print_json(found.to_dict())


def _shares(text: str) -> list[float]:
    """`5%` or `0.05`, for both arms or one for each."""
    try:
        shares = [float(word.strip().removesuffix("%")) / (100 if "%" in word else 1) for word in text.split(",")]
    except ValueError:
        raise ParibusError(
            "--fails is a share of runs, 5% or 0.05, or one for each of two arms: 5%,0", got=text
        ) from None
    return shares * 2 if len(shares) == 1 else shares


def _pilot(options: argparse.Namespace) -> Comparison | None:
    """A table where there is one of that name, else a comparison of the store."""
    read = table_read(options, "" if options.arms.isdigit() else options.arms)
    if options.pilot is None:
        if names := [name for name, value in read.items() if value and name != "paired"]:
            raise ParibusError("there is no table to read; got {names}", names=names)
        return None
    if Path(options.pilot).exists() or "://" in options.pilot:
        return judge(options.pilot, **read).comparison
    return Store(store_at(options.out)).load_comparison(options.pilot)
