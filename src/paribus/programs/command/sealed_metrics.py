"""Sealed figures of a run: kept in a file of their own, written so that nobody reads them by accident.

Whoever means to read the disk can: it is a seal, and no lock.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from paribus.core.errors import ParibusError
from paribus.runs.store import files

SEALED = "sealed"
_LARGEST = 1 << 16  # bytes


def write_sealed_figures(folder: Path, figures: Mapping[str, float]) -> None:
    """Keep a run's sealed figures in its folder."""
    files.write_whole(folder / SEALED, base64.b64encode(json.dumps(dict(figures)).encode()), durable=False)


def read_sealed(folder: Path) -> dict[str, float]:
    """A run's sealed figures; none where it gave none."""
    with contextlib.suppress(ValueError):
        found = json.loads(base64.b64decode(files.read_bytes(folder / SEALED, _LARGEST) or b""))
        return {str(name): float(value) for name, value in found.items()}
    return {}


def refuse_unread(names: Collection[str], there: Mapping[str, float]) -> None:
    """Raise ParibusError where a run gave no such figure: it would be found out as the seal is broken, at the end."""
    if missing := [name for name in names if name not in there]:
        raise ParibusError(
            "the baseline gives no figure {name}, which is to be sealed: print it in a line of JSON, or as {name}=0.5",
            name=missing[0],
        )
