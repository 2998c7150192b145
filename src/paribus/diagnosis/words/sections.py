"""What an explanation is told in: sections, each with a title, a table if it has one, and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["symptoms", "saturation", "tested", "verdicts", "together", "claims", "effort"]


@dataclass(frozen=True)
class Grid:
    """A table as text: titles of the columns, and rows as long; all columns but the first hold numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A title, and what stands below it. `role`: what it tells of, for pages that lay it out otherwise."""

    title: str
    sentences: tuple[str, ...]
    grid: Grid | None = None
    role: Role = "tested"
