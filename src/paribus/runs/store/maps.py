"""Maps of verdicts on disk: ROOT/maps/ID/map.json, beside it the runs that a map needs while it is made."""

from __future__ import annotations

from pathlib import Path

from paribus.core.errors import StoreError
from paribus.core.messages import Message, mark
from paribus.records.map import VerdictMap
from paribus.runs.store import files
from paribus.runs.store.documents import read_of_folder, to_json
from paribus.runs.store.names import find, not_found, safe_name

MAP = "map.json"
LARGEST_MAP = 1 << 26  # bytes


def map_folder(root: Path, map_id: str) -> Path:
    """Where a map lies, or will lie."""
    return root / "maps" / safe_name(map_id, "map")


def save_map(root: Path, made: VerdictMap) -> Path:
    """Write the map in one step; an earlier one of the same id is replaced. Returns the file."""
    folder = map_folder(root, made.id)
    files.make_folder(folder)
    files.write_whole(folder / MAP, to_json(made))
    return folder / MAP


def load_map(root: Path, name: str) -> VerdictMap:
    """A map by its id, or by the beginning of that. Raises StoreError where there is none, or it is not valid."""
    known = _ids(root)
    found = find(name, known)
    if found is None:
        raise not_found("map", name, known, root)
    return _read(map_folder(root, found))


def is_map(root: Path, name: str) -> bool:
    """Whether a name means a map of this store. Raises StoreError where it begins several."""
    return find(name, _ids(root)) is not None


def maps_of(root: Path) -> tuple[tuple[VerdictMap, ...], tuple[StoreError, ...]]:
    """All maps, in the order in which they were made, and what is wrong with those that cannot be read."""
    found, faults = [], []
    for map_id in _ids(root):
        try:
            found.append(_read(map_folder(root, map_id)))
        except StoreError as fault:
            faults.append(fault)
    return tuple(sorted(found, key=lambda made: (made.created, made.id))), tuple(faults)


def _ids(root: Path) -> list[str]:
    """Of the maps that were ended: one under way has a folder, but no map in it yet."""
    folder = root / "maps"
    if folder.is_symlink():
        files.check_folder(folder)
    return [name for name in files.subfolders(folder) if (folder / name / MAP).is_file()]


def _read(folder: Path) -> VerdictMap:
    files.check_folder(folder)
    return read_of_folder(folder / MAP, VerdictMap, LARGEST_MAP, mark("{path}: missing"), _incoherent)


def _incoherent(made: VerdictMap) -> Message | None:
    """What in a map refers to something that is not in it, or None: drawings rely on that."""
    names = {arm.name for arm in made.arms}
    if not 1 <= len(made.axes) <= 2 or not all(axis.values for axis in made.axes) or len(names) < 2:
        return Message("it must have two arms or more, and one or two axes with values")
    sizes = 1
    for axis in made.axes:
        sizes *= len(axis.values)
    if len(made.cells) != sizes or len({cell.at for cell in made.cells}) != sizes:
        return Message("it must have a cell for each point of its axes")
    for cell in made.cells:
        if len(cell.at) != len(made.axes):
            return Message("a cell must have a value for each axis")
        if any(value not in axis.values for value, axis in zip(cell.at, made.axes, strict=True)):
            return Message("a cell must lie on the axes")
        told = {cell.winner or "", *(arm.name for arm in cell.arms), *(n for p in cell.pairs for n in (p.a, p.b))}
        if not told <= names | {""} or (cell.state == "better") != (cell.winner is not None):
            return Message("a cell must name arms of the map, and a winner where one is better")
    return None
