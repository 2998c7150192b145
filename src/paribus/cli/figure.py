"""`paribus figure`: a comparison, a map or a run as a figure for a paper."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.cli.command_context import language
from paribus.comparison.compare import load_comparison
from paribus.core.errors import ParibusError, nearest, reason_of
from paribus.figures.kinds import RUN_KINDS, check_kind
from paribus.figures.measured import curve_metrics
from paribus.maps.run_map import load_map
from paribus.runs.planning import store_at
from paribus.runs.store import Store
from paribus.runs.train_one import load_run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("svg", "pdf", "png")


def figure(options: argparse.Namespace) -> None:
    """Draw, write, and print where the file is."""
    target = None if options.to is None else Path(options.to)
    kind = _format(options.format, target)
    if options.kind is not None and options.kind not in RUN_KINDS:
        check_kind(options.kind)
    if target is not None and not target.parent.is_dir():
        raise ParibusError("--to needs a folder that is there", got=options.to)
    drawn, folder, name = _drawn(options)
    path = target or folder / f"{name}.{kind}"
    try:
        drawn.savefig(path, format=kind)
    except OSError as error:
        raise ParibusError("{path}: cannot be written: {reason}", path=path, reason=reason_of(error)) from None
    print(path)


def _drawn(options: argparse.Namespace) -> tuple[Figure, Path, str]:
    """The figure, and where it goes unless the user says so."""
    store, lang = Store(store_at(options.out)), language(options)
    if store.is_map(options.name):
        if options.kind not in (None, "map"):
            raise ParibusError(
                "{name!q} is a map, of which there is --kind=map; got {value}", name=options.name, value=options.kind
            )
        made = load_map(options.name, options.out).in_language(lang)
        return made.figure(), made.folder, "map"
    if store.resolve(options.name).kind == "run":
        run, kind = load_run(options.name, options.out), options.kind or "curves"
        return run.figure(kind, image=options.image, lang=lang), run.folder.path, kind
    result = load_comparison(options.name, options.out).in_language(lang)
    kind = options.kind or ("curves" if curve_metrics(result.comparison) else "differences")
    return result.figure(kind, seed=options.seed, image=options.image), result.folder, kind


def _format(given: str | None, target: Path | None) -> str:
    """As the user says, else as the file is called, else SVG."""
    if given is not None or target is None:
        return given or FORMATS[0]
    ending = target.suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        raise ParibusError(
            "--to must end in one of {choices}, or --format say which it is",
            choices=["." + form for form in FORMATS],
            got=str(target),
            hint=nearest(ending, FORMATS),
        )
    return ending
