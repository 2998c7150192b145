"""Whether what is read back was damaged, or changed by hand, since it was written: its digest is not the one noted.

Every document has one of itself, every line one of all before it (`lines`), and a run's record those of its files.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from paribus.core.errors import StoreError
from paribus.runs.store.migrations import Json


def digest_of(content: Json) -> str:
    """SHA-256 (hex) of a document's fields: JSON without spaces, names in order."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def changed_since(path: Path, data: bytes | None, digest: str) -> StoreError | None:
    """What is wrong where the bytes have not the SHA-256 that was noted, or None."""
    if data is None:
        return StoreError("{path}: missing", path=path)
    return None if hashlib.sha256(data).hexdigest() == digest else changed(path)


def changed(path: Path) -> StoreError:
    """What is wrong with a file that has not the digest which it should have."""
    return StoreError(
        "{path}: was damaged, or changed since it was written: its digest is not that of its content", path=path
    )
