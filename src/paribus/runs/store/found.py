"""What a name of something in a store means."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from paribus.runs.store.comparisons import COMPARISON
from paribus.runs.store.run_folder import RECORD


@dataclass(frozen=True)
class Found:
    """What a name means: a run's folder or a comparison's."""

    kind: Literal["run", "comparison"]
    path: Path

    @property
    def id(self) -> str:
        """The full name."""
        return self.path.name


def at(path: str) -> Found | None:
    """The run or comparison whose folder lies at a path, or None."""
    try:
        folder = Path(path).absolute()
        if (folder / RECORD).is_file():
            return Found("run", folder)
        if (folder / COMPARISON).is_file():
            return Found("comparison", folder)
    except (OSError, ValueError):  # a name too long for a path, or with a NUL in it
        pass
    return None
