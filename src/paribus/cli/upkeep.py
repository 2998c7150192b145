"""`paribus data`, `doctor`, `prune`, `verify`: what the lab stands on."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from pathlib import Path

import paribus
from paribus.cli.command_context import print_json, screen
from paribus.core.errors import DataError, ParibusError, StoreError
from paribus.core.messages import Message
from paribus.programs.recipe.data import DataLook, catalogue, fetch, look, verify
from paribus.runs.planning import store_at
from paribus.runs.store import Damage, Store, prune, to_prune
from paribus.runs.store.verifying import verified
from paribus.runs.worker_count import usable_cores
from paribus.terminal.failures import show_unread
from paribus.terminal.half_blocks import half_blocks
from paribus.terminal.screen import Column, Screen
from paribus.words.errors import message_words
from paribus.words.translation import Words

_MOST_ROWS = 60  # of classes that are listed

PACKAGES = ("torch", "numpy", "scipy", "pydantic", "rich", "safetensors", "matplotlib", "pandas")


def examine(out: str | Path | None = None) -> dict[str, str]:
    """Facts by name, in the order in which they are shown. Reads only; takes as long as importing torch."""
    from paribus.programs.recipe.data import cache_root, catalogue
    from paribus.programs.recipe.kernels import PLAIN, native_kernel
    from paribus.runs.device_choice import choose_place
    from paribus.runs.environment import describe, package_version

    kernel = native_kernel() or PLAIN
    here = describe(*choose_place("auto"), kernel, 1)
    root = store_at(out)
    facts = {
        "paribus": f"{paribus.__version__} in {Path(paribus.__file__).parent}",
        "git revision": _git(here.git_revision, here.git_dirty),
        "python": f"{platform.python_version()} in {sys.executable}",
        **{name: package_version(name) or "not installed" for name in PACKAGES},
        "platform": here.platform,
        "processor": here.processor,
        "cores": f"{usable_cores()} usable; one run takes one core and one thread",
        "device": f"{here.device} ({here.device_name}); CUDA and MPS paths are not tested by this project",
        "kernel": _kernel(kernel),
        "cache": f"{cache_root()}, {_free(cache_root())} free",
        "store": f"{root}, {'there' if (root / 'runs').is_dir() else 'not made yet'}, {_free(root)} free",
    }
    sets = {f"data: {entry.name}": "here" if entry.available else "not here" for entry in catalogue()}
    return {**facts, **sets}


def _kernel(name: str) -> str:
    if name.startswith("native"):
        return (
            f"{name}: a network's whole gradient in one call; fused convolutions or PyTorch where an arm cannot use it"
        )
    return f"{name}: plain PyTorch operations; the native kernels were not built (they need a C++ compiler at install)"


def _git(revision: str | None, dirty: bool | None) -> str:
    return "not a checkout" if revision is None else revision + (", with changes" if dirty else "")


def _free(path: Path) -> str:
    there = next(p for p in [path, *path.resolve().parents] if p.exists())
    return f"{shutil.disk_usage(there).free / 1e9:.0f} GB"


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


COMMANDS = {"data": data, "doctor": doctor, "prune": prune_store, "verify": verify_store}
