"""`paribus data`: list, show, verify or fetch data sets."""

from __future__ import annotations

import argparse
import os
import sys

from paribus.cli.command_context import print_json, screen
from paribus.core.errors import DataError, ParibusError
from paribus.core.messages import Message
from paribus.programs.recipe.data import DataLook, catalogue, fetch, look, verify
from paribus.terminal.half_blocks import half_blocks
from paribus.terminal.screen import Screen
from paribus.words.errors import message_words
from paribus.words.translation import Words

_MOST_ROWS = 60  # of classes that are listed


def data(options: argparse.Namespace) -> None:
    """List the data sets, check one against its digests, or fetch one."""
    out = screen(options)
    words = out.words
    if options.action == "list":
        columns = [words.text("Data set"), words.text("Here"), words.text("Licence"), words.text("From")]
        rows = [
            [e.name, words.text(e.where) if e.where else words.text("not here"), words.text(e.licence), e.homepage]
            for e in catalogue()
        ]
        out.table(columns, rows)
    elif options.action == "show":
        _show_data(out, look(options.name or "mnist"), options.json)
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


def _show_data(out: Screen, seen: DataLook, as_json: bool) -> None:
    """What a data set is, what is odd about it, and sixteen of its images where the terminal has colours."""
    words, held = out.words, seen.dataset
    odd = [message_words(said, words.lang) for said in seen.odd]
    channels, height, width = seen.shape
    if as_json:
        classes = [{"name": one.name, "train": one.train, "test": one.test} for one in seen.classes]
        pixels = dict.fromkeys(("channels", "height", "width")) if held.is_table else {}
        pixels = pixels or {"channels": channels, "height": height, "width": width}
        pixels |= {"features": width if held.is_table else None}
        found = [dict(zip(("least", "highest", "mean", "std"), one, strict=True)) for one in seen.targets]
        targets = found if len(found) > 1 else found[0] if found else None
        read = {"mean": held.mean, "format": seen.format, "labels": list(seen.renamed), "std": held.std}
        print_json(
            {
                "name": held.name,
                **pixels,
                **read,
                "digest": held.digest,
                "classes": classes,
                "targets": targets,
                "odd": odd,
            }
        )
        return
    size = f"{height} x {width}" if channels == 1 else f"{channels} x {height} x {width}"
    kind = (words.text("Features"), str(width)) if held.is_table else (words.text("Image size"), size)
    facts = [(words.text("Data set"), held.name), kind, ("SHA-256", held.digest)]
    facts += [(words.text("Targets"), _range(targets, words)) for targets in seen.targets]
    out.facts(facts)
    rows = [[str(label), one.name, f"{one.train:,}", f"{one.test:,}"] for label, one in enumerate(seen.classes)]
    if len(rows) > _MOST_ROWS:
        rows = [*rows[: _MOST_ROWS - 1], ["...", "...", "", ""], rows[-1]]
    rows.append(["", words.text("Total"), f"{len(held.train_labels):,}", f"{len(held.test_labels):,}"])
    out.table([words.text("Label"), words.text("Class"), words.text("Training"), words.text("Test")], rows)
    for said in odd:
        out.paragraph(said)
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        for first in range(0, len(seen.images), 2):
            drawn = [half_blocks(image) for image in seen.images[first : first + 2]]
            out.paragraph("  ".join(seen.labels[first : first + 2]))
            for line in zip(*drawn, strict=True):
                sys.stdout.write("  ".join(line) + "\n")


def _range(targets: tuple[float, float, float, float], words: Words) -> str:
    least, highest, mean, deviation = (f"{value:.4g}" for value in targets)
    return words.text(
        "numbers from {least} to {highest}, mean {mean}, deviation {deviation}",
        least=least,
        highest=highest,
        mean=mean,
        deviation=deviation,
    )
