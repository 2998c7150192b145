"""Maps of verdicts on disk: ROOT/maps/ID/map.json, beside it the runs that a map needs while it is made."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.core.errors import StoreError
from paribus.core.messages import Message, mark
from paribus.runs.store import files
from paribus.runs.store.comparisons import save_plan
from paribus.runs.store.documents import read_of_folder, write_document
from paribus.runs.store.safe_names import find, not_found, safe_name

if TYPE_CHECKING:
    from paribus.records.map import VerdictMap

MAP = "map.json"
LARGEST_MAP = 1 << 26  # bytes


class Maps(files.Folders):
    """The maps of a store."""

    def map_folder(self, map_id: str) -> Path:
        """Where a map lies, or will lie."""
        return self.below("maps") / safe_name(map_id, "map")

    def record_map_plan(self, map_id: str, run_ids: Iterable[str]) -> None:
        """Remember which runs a map needs, as `record_plan` does for a comparison."""
        save_plan(self.map_folder(map_id), run_ids)

    def save_map(self, made: VerdictMap) -> Path:
        """Write map.json in one step, in place of an earlier one of the same id. Returns the file."""
        folder = self.map_folder(made.id)
        files.make_folder(folder)
        write_document(folder / MAP, made, LARGEST_MAP)
        return folder / MAP

    def load_map(self, name: str) -> VerdictMap:
        """A map by its id, or by the beginning of that. Raises StoreError where there is none, or it is not valid."""
        known = self._map_ids()
        found = find(name, known)
        if found is None:
            raise not_found("map", name, known, self.root)
        return self._read_map(found)

    def is_map(self, name: str) -> bool:
        """Whether a name means a map of this store. Raises StoreError where it begins several."""
        return find(name, self._map_ids()) is not None

    def map_survey(self) -> tuple[tuple[VerdictMap, ...], tuple[StoreError, ...]]:
        """All maps that were ended, in the order in which they were made, and what is wrong with the others."""
        ended = self._map_ids()
        read = self._read_map
        return self.survey_of("maps", lambda n: read(n) if n in ended else None, lambda made: (made.created, made.id))

    def _map_ids(self) -> list[str]:
        """Of the maps that were ended: one under way has a folder, but no map in it yet."""
        folder = self.below("maps")
        return [name for name in files.subfolders(folder) if (folder / name / MAP).is_file()]

    def _read_map(self, name: str) -> VerdictMap:
        folder = self.map_folder(name)
        files.check_folder(folder)
        from paribus.records.map import VerdictMap

        return read_of_folder(folder / MAP, VerdictMap, LARGEST_MAP, mark("{path}: missing"), _incoherent)


def _incoherent(made: VerdictMap) -> Message | None:
    """What in a map refers to something that is not in it, or None: drawings rely on that."""
    names = {arm.name for arm in made.arms}
    if not 1 <= len(made.axes) <= 2 or not all(axis.values for axis in made.axes) or len(names) < 2:
        return Message("it must have two arms or more, and one or two axes with values")
    sizes = math.prod(len(axis.values) for axis in made.axes)
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
