"""`paribus prune`: what a store can do without."""

from __future__ import annotations

import argparse

from paribus.cli.command_context import screen
from paribus.runs.planning import store_at
from paribus.runs.store import Damage, Store, prune, to_prune
from paribus.terminal.failures import show_unread
from paribus.terminal.screen import Column


def prune_store(options: argparse.Namespace) -> None:
    """Say what would go, or with `--yes` let it go."""
    store, out = Store(store_at(options.out)), screen(options)
    words = out.words
    damage = Damage()
    planned = to_prune(store, runs=options.runs, damage=damage)
    done = prune(store, planned) if options.yes else planned
    what = {"snapshots": words.text("snapshots"), "run": words.text("the whole run")}
    rows = [[p.run_id, what[p.what], f"{p.bytes / 1e6:.1f} MB"] for p in done]
    out.table([words.text("Run"), words.text("What"), Column(words.text("Size"), "right")], rows)
    size = f"{sum(p.bytes for p in done) / 1e6:.1f} MB"
    if options.yes:
        out.paragraph(words.text("{size} freed.", size=size))
    else:
        out.paragraph(words.text("{size} can be freed; nothing was removed. Say --yes to do it.", size=size))
    show_unread(out, damage.faults)
