"""`paribus data`, `doctor`, `prune`: what the lab stands on."""

from __future__ import annotations

import argparse

from paribus.cli.doctor import examine
from paribus.cli.session import print_json, screen
from paribus.core.errors import DataError, ParibusError
from paribus.core.messages import Message
from paribus.programs.recipe.data import catalogue, fetch, verify
from paribus.runs.planning import store_at
from paribus.runs.store import Store, prune, to_prune
from paribus.terminal import Column
from paribus.words.errors import message_words


def data(options: argparse.Namespace) -> None:
    """List the data sets, check one against its digests, or fetch one."""
    out = screen(options)
    words = out.words
    if options.action == "list":
        columns = [words.text("Data set"), words.text("Here"), words.text("Licence"), words.text("From")]
        rows = [
            [e.name, words.text(e.where) if e.where else words.text("not here"), e.licence, e.homepage]
            for e in catalogue()
        ]
        out.table(columns, rows)
    elif options.action == "verify":
        checks = verify(options.name or "mnist")
        fine = Message("OK")
        said = [message_words(c.problem or fine, words.lang) for c in checks]
        rows = [[c.file, result, c.sha256 or ""] for c, result in zip(checks, said, strict=True)]
        out.table([words.text("File"), words.text("Result"), "SHA-256"], rows)
        if problems := [c.problem for c in checks if c.problem is not None]:
            raise DataError(
                "{name} is damaged or incomplete: {problems:semicolons}",
                name=options.name or "mnist",
                problems=problems,
            )
    else:
        if not options.name:
            raise ParibusError("data fetch needs a name: {choices}", choices=[e.name for e in catalogue()])
        files = fetch(options.name, out.paragraph)
        for path in files.values():
            out.paragraph(str(path))
        if not files:
            out.paragraph(words.text("{name} ships with Paribus; there is nothing to fetch.", name=options.name))


def doctor(options: argparse.Namespace) -> None:
    """Facts for a bug report."""
    facts = examine(options.out)
    if options.json:
        print_json(facts)
    else:
        screen(options).facts(list(facts.items()))


def prune_store(options: argparse.Namespace) -> None:
    """Say what would go, or with `--yes` let it go."""
    store, out = Store(store_at(options.out)), screen(options)
    words = out.words
    planned = to_prune(store, runs=options.runs)
    done = prune(store, planned) if options.yes else planned
    what = {"snapshots": words.text("snapshots"), "run": words.text("the whole run")}
    rows = [[p.run_id, what[p.what], f"{p.bytes / 1e6:.1f} MB"] for p in done]
    out.table([words.text("Run"), words.text("What"), Column(words.text("Size"), "right")], rows)
    size = f"{sum(p.bytes for p in done) / 1e6:.1f} MB"
    if options.yes:
        out.paragraph(words.text("{size} freed.", size=size))
    else:
        out.paragraph(words.text("{size} can be freed; nothing was removed. Say --yes to do it.", size=size))


COMMANDS = {"data": data, "doctor": doctor, "prune": prune_store}
