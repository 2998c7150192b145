"""`paribus verify`: whether a store is as it was written."""

from __future__ import annotations

import argparse

from paribus.cli.command_context import screen
from paribus.core.errors import StoreError
from paribus.runs.planning import store_at
from paribus.runs.store import Store
from paribus.runs.store.verifying import verified


def verify_store(options: argparse.Namespace) -> None:
    """Read all that has a digest. Raises StoreError, with every fault, where something is not as it was written."""
    store, out = Store(store_at(options.out)), screen(options)
    found = list(verified(store, None if options.name is None else store.resolve(options.name)))
    faults = [fault.message for one in found for fault in one.faults]
    out.paragraph(
        out.words.text(
            "{n} reads of {total} comparisons, maps and runs; {k} found something that is not as it was written.",
            n=sum(one.files for one in found),
            total=len(found),
            k=len(faults),
        )
    )
    if faults:
        raise StoreError("{path} is damaged:\n{faults:lines}", path=store.root, faults=faults)
