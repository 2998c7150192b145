"""Whether what is read back was damaged, or changed by hand, since it was written: its digest is not the one noted.

Every document has one of itself, every line one of all before it (`lines`), and a run's record those of its files.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from paribus.core.errors import StoreError
from paribus.runs.store.migrations import Json

_STAMP = re.compile(rb"<!-- sha256 ([0-9a-f]{64}) -->\n")
_STAMP_BYTES = len(f"<!-- sha256 {'0' * 64} -->\n")
_UNSTAMPED = b"</html>"  # how a page of version 0.1.0 ends


def stamped(page: bytes) -> bytes:
    """A page with its own digest behind it, as a comment."""
    return page + f"<!-- sha256 {hashlib.sha256(page).hexdigest()} -->\n".encode()


def check_page(path: Path, page: bytes) -> None:
    """Raise StoreError where a page has not the digest that stands behind it."""
    body, stamp = page[:-_STAMP_BYTES], _STAMP.fullmatch(page[-_STAMP_BYTES:])
    whole = page.rstrip().endswith(_UNSTAMPED) if stamp is None else stamped(body) == page
    if not whole:
        raise changed(path)


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
