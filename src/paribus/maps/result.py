"""A map as the workflow hands it out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.records.map import VerdictMap
from paribus.runs.store import Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class MapResult:
    """Where which arm wins. In Jupyter it shows itself as a drawing; elsewhere as text."""

    map: VerdictMap
    store: Store
    lang: str = "en"

    def in_language(self, lang: str) -> MapResult:
        """The same map, shown in `ko` or `en`."""
        return MapResult(self.map, self.store, lang)

    @property
    def verdict(self) -> str:
        """What the map shows, in plain words."""
        from paribus.maps.words.map_words import map_words

        return map_words(self.map, self.lang)

    def to_dict(self) -> dict[str, Any]:
        """The object of docs/json.md, as `paribus map --json` prints it."""
        from paribus.maps.words.map_words import map_json

        return map_json(self.map)

    def figure(self) -> Figure:
        """The map drawn by matplotlib."""
        from paribus.figures.kinds import map_figure

        return map_figure(self.map, self.lang)

    @property
    def folder(self) -> Path:
        """Where the store keeps this map."""
        return self.store.root / "maps" / self.map.id

    def _repr_png_(self) -> bytes:
        from paribus.figures.matplotlib_backend import png_bytes

        return png_bytes(self.figure())

    def __str__(self) -> str:
        from paribus.maps.words.map_words import map_text

        return map_text(self.map, self.lang)

    __repr__ = __str__
