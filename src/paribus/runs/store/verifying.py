"""Whether a store is as it was written: every file that has a digest is read, and held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from paribus.core.errors import StoreError
from paribus.core.field_text import fields_to_toml
from paribus.records.program import Fields
from paribus.runs.store import comparisons, files, looks
from paribus.runs.store.damage import Damage
from paribus.runs.store.digests import changed, check_page
from paribus.runs.store.run_folder import CHECKPOINTS, RECIPE, RunFolder
from paribus.runs.store.safe_names import recipe_file
from paribus.runs.store.store import Found, Store

REPORT = "report.html"
LARGEST_RECIPE = 1 << 20  # bytes
LARGEST_REPORT = 1 << 28


def check_whole(store: Store, comparison_id: str) -> None:
    """Raise StoreError, with every fault, where something of a comparison or its runs is not as it was written."""
    folder = store.comparison_folder(comparison_id)
    faults = [fault.message for one in verified(store, Found("comparison", folder)) for fault in one.faults]
    if faults:
        raise StoreError("{path} is damaged:\n{faults:lines}", path=folder, faults=faults)


@dataclass(frozen=True)
class Verified:
    """What was found of a run, a comparison or a map. files: how many were read; faults: what is wrong with others."""

    name: str
    files: int
    faults: tuple[StoreError, ...]


def verified(store: Store, only: Found | None = None) -> Iterator[Verified]:
    """Each comparison, map and run of a store in turn; or one of them, a comparison with its runs."""
    if only is None:
        for name in files.subfolders(store.below("comparisons")):
            yield _of_comparison(store, store.comparison_folder(name))
        for name in files.subfolders(store.below("maps")):
            yield _of_map(store, name)
        for name in files.subfolders(store.below("runs")):
            if any(store.run_folder(name).iterdir()):  # a kill may leave a folder that nothing was written into
                yield _of_run(store.run_folder(name))
    elif only.kind == "run":
        yield _of_run(only.path)
    else:
        yield _of_comparison(store, only.path)
        for arm in comparisons.load(only.path).arms:
            yield from (_of_run(store.run_folder(run.id)) for run in arm.runs if store.has_run(run.id))


class _Checks:
    """Reads one thing after another, and keeps what is wrong with each."""

    def __init__(self) -> None:
        self.files, self._damage = 0, Damage()

    def __call__(self, read: Callable[[], object], path: Path | None = None) -> None:
        """Read what lies at a path, if it is there."""
        if path is not None and not path.exists():
            return
        self.files += 1
        with self._damage.left_out():
            read()

    def of(self, name: str) -> Verified:
        """What came of them."""
        return Verified(name, self.files, self._damage.faults)


def _of_comparison(store: Store, folder: Path) -> Verified:
    check, name, beside = _Checks(), folder.name, Store(folder.parent.parent)
    if (folder / comparisons.COMPARISON).exists():
        check(lambda: comparisons.load(folder))
        check(lambda: _recipes(folder))
    check(lambda: beside.explanation(name), folder / comparisons.EXPLANATION)
    check(lambda: beside.tuned(name), folder / comparisons.TUNED)
    check(lambda: comparisons.load_plan(folder), folder / comparisons.PLAN)
    check(lambda: beside.tags(name), folder / comparisons.TAGS)
    check(lambda: _report(folder / REPORT), folder / REPORT)
    for kept in (looks.LOOKS, looks.OLDER_LOOKS):
        check(lambda: beside.looks(name), folder / kept)
    return check.of(name)


def _report(path: Path) -> None:
    check_page(path, files.read_bytes(path, LARGEST_REPORT) or b"")


def _recipes(folder: Path) -> None:
    for arm in comparisons.load(folder).arms:
        _recipe(folder / recipe_file(arm.name), arm.fields)


def _recipe(path: Path, fields: Fields) -> None:
    """A file of fields has no digest: it is what its record says in other words."""
    data = files.read_bytes(path, LARGEST_RECIPE)
    if data is not None and data != fields_to_toml(fields).encode():
        raise changed(path)


def _of_map(store: Store, name: str) -> Verified:
    check, folder = _Checks(), store.map_folder(name)
    check(lambda: store.load_map(name), folder / "map.json")
    check(lambda: comparisons.load_plan(folder), folder / comparisons.PLAN)
    return check.of(name)


def _of_run(path: Path) -> Verified:
    check = _Checks()

    def open_run() -> None:
        folder = RunFolder(path)
        check(folder.record)
        for read in (folder.result, folder.trace, folder.error, folder.read_state, folder.checkpoints):
            check(read)
        check(lambda: _recipe(path / RECIPE, folder.record().fields), path / RECIPE)
        for kept in files.names_in(path / CHECKPOINTS, ".json") if (path / CHECKPOINTS).exists() else ():
            check(lambda kept=kept: folder.read_checkpoint(kept))  # type: ignore[misc]

    check(open_run)
    return check.of(path.name)
