"""Arrays as safetensors: names, shapes and numbers, and never code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from paribus.core.errors import StoreError
from paribus.runs.store.digests import changed_since
from paribus.runs.store.files import check_size, read_bytes, write_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays: TypeAlias = "dict[str, NDArray[Any]]"  # NumPy is slow to load: only what handles arrays does

LARGEST_HEADER = 1 << 20  # bytes: some 10,000 tensors; ten times as many take the library a minute
_DTYPES = {"F64", "F32", "F16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"}
_MOST_DIMENSIONS = 8


def write_tensors(path: Path, tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str], limit: int) -> str:
    """Put arrays and their description in place in one step. Returns the file's SHA-256 (hex).

    Raises StoreError for what `read_tensors` would refuse: more than `limit` bytes, or too many arrays.
    """
    import numpy as np
    from safetensors.numpy import save

    # order="C", not ascontiguousarray, which would make a scalar an array of one
    data = _settled(save({name: np.asarray(array, order="C") for name, array in tensors.items()}, dict(meta)))
    check_size(path, len(data), limit)
    if int.from_bytes(data[:8], "little") > LARGEST_HEADER:
        raise StoreError(
            "{path}: must hold fewer arrays: their list has more than {most} bytes",
            path=path,
            most=LARGEST_HEADER,
            got=len(tensors),
        )
    write_whole(path, data)
    return hashlib.sha256(data).hexdigest()


def _settled(data: bytes) -> bytes:
    """The same file with its header in order, which the library leaves to chance: equal contents are equal bytes."""
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8:end]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[end:]


def read_tensors(path: Path, limit: int, digest: str | None = None) -> tuple[Arrays, dict[str, str]] | None:
    """Arrays by name and the file's description; None where there is no file. `digest`: the SHA-256 that it must have.

    The file is read into memory, not mapped: one that another process cuts short cannot crash the reader.
    Raises StoreError for a file of more than `limit` bytes, and for anything that is not safetensors.
    """
    data = read_bytes(path, limit)
    if data is None:
        return None
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        meta, arrays = _check_header(data), load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError, MemoryError, RecursionError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        reason = reason.encode("unicode_escape").decode()  # it may quote the file, and that may hold control codes
        raise StoreError("{path}: not valid safetensors: {fault}", path=path, fault=reason) from None
    if digest is not None and (fault := changed_since(path, data, digest)):
        raise fault
    return arrays, meta


def _check_header(data: bytes) -> dict[str, str]:
    """The description in the header. What the library would trip over later is a ValueError here."""
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(LARGEST_HEADER, len(data) - 8):
        raise ValueError(f"a header of {size} bytes in a file of {len(data)}")
    header = json.loads(data[8 : 8 + size])
    if not isinstance(header, dict):
        raise ValueError("the header is no object")
    meta = header.pop("__metadata__", {})
    if not isinstance(meta, dict) or not all(isinstance(value, str) for value in meta.values()):
        raise ValueError("the description is no mapping of texts")
    for entry in header.values():
        dtype, shape = entry["dtype"], entry["shape"]
        if dtype not in _DTYPES:
            raise ValueError(f"numbers must be of a type in {', '.join(sorted(_DTYPES))}")
        if not isinstance(shape, list) or len(shape) > _MOST_DIMENSIONS or not all(type(n) is int for n in shape):
            raise ValueError(f"a shape must be at most {_MOST_DIMENSIONS} whole numbers")
    return dict(meta)
