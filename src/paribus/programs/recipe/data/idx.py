"""IDX, the format of MNIST's files: two zero bytes, a type code, the number of dimensions, the sizes, the bytes.

Format: the table "THE IDX FILE FORMAT" of Y. LeCun's MNIST page. Type 0x08, unsigned bytes, is what most data sets
have. A file may be plain or gzipped; its first two bytes say which, not its name.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import stat
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError, reason_of
from paribus.core.messages import Message

MAX_BYTES = 1 << 30  # a file may hold 1 GiB of values: 1.3 million images of MNIST's size
_CHUNK = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
DEFLATE_LIMIT = (
    1032  # the most bytes that one byte of deflate can stand for (zlib's documentation, "Technical Details")
)

# By the type code: values lie with their highest byte first.
_CODES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
TYPES = {code: np.dtype(kind) for code, kind in _CODES.items()}

Bytes = NDArray[np.uint8]


def read_idx(path: Path | str, max_bytes: int = MAX_BYTES) -> Bytes:
    """The array in one IDX file, plain or gzipped; of unsigned bytes, or of another type that says so itself.

    Memory is bounded by what the header announces, and that by `max_bytes` and by the size of the file.
    Raises DataError, naming the file, where it is missing, unreadable, damaged, of another type, or holds more or
    less than its header says.
    """
    path = Path(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DataError("{path} is not a regular file.", path=path)
        with path.open("rb") as file:
            zipped = file.read(2) == _GZIP_MAGIC
            file.seek(0)
            if not zipped:
                return read_from(file, path, min(max_bytes, status.st_size), max_bytes)
            with gzip.GzipFile(fileobj=file) as stream:
                return read_from(stream, path, min(max_bytes, status.st_size * DEFLATE_LIMIT), max_bytes)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            "{path} is a truncated or corrupt gzip file ({reason}).", path=path, reason=str(error)
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None


def read_from(stream: BinaryIO | gzip.GzipFile, name: Path | str, possible: int, max_bytes: int = MAX_BYTES) -> Bytes:
    """The array of an IDX file that is all of `stream`, which cannot hold more than `possible` bytes."""
    array = read_one(stream, name, possible, max_bytes)
    if stream.read(1):
        raise DataError(
            "{path} holds more than its header says, which is {shape}.", path=name, shape=shape_text(array.shape)
        )
    return array


def read_one(stream: BinaryIO | gzip.GzipFile, name: Path | str, possible: int, max_bytes: int = MAX_BYTES) -> Bytes:
    """The next IDX array of `stream`, which may go on after it."""
    shape, kind = _header(stream, name)
    size = math.prod(shape) * kind.itemsize
    if size == 0:
        raise DataError("{path} is empty: its header says {shape}.", path=name, shape=shape_text(shape))
    if size > max_bytes:
        raise DataError(
            "{path} announces {count:,} bytes ({shape}); at most {most:,} are read.",
            path=name,
            count=size,
            shape=shape_text(shape),
            most=max_bytes,
        )
    if size > possible:
        raise DataError("{path} is too short for its header, which says {shape}.", path=name, shape=shape_text(shape))
    values = np.empty(size, np.uint8)
    filled, view = 0, values.data
    while filled < size:
        count = stream.readinto(view[filled : filled + _CHUNK])  # type: ignore[union-attr]
        if not count:
            raise DataError(
                "{path} ends after {count:,} of the {most:,} bytes that its header says ({shape}).",
                path=name,
                count=filled,
                most=size,
                shape=shape_text(shape),
            )
        filled += count
    return values.view(kind).reshape(shape)


def _header(stream: BinaryIO | gzip.GzipFile, name: Path | str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or not 1 <= magic[3] <= 4:
        raise DataError(
            "{path} is not an IDX file: it begins with {what}, not with 00 00 08 and 1 to 4.",
            path=name,
            what=magic.hex(" ") or Message("nothing"),
        )
    if magic[2] not in TYPES:
        raise DataError(
            "{path} holds IDX values of type {number:#04x}; the types are {choices}.",
            path=name,
            number=magic[2],
            choices=[f"{code:#04x}" for code in TYPES],
        )
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise DataError("{path} ends within its header.", path=name)
    return tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, len(sizes), 4)), TYPES[magic[2]]


def idx_header(shape: tuple[int, ...], code: int = 8) -> bytes:
    """The bytes before the values, for a shape and a type: unsigned bytes, unless the code says otherwise."""
    return bytes([0, 0, code, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)


def idx_sha256(array: NDArray[Any]) -> str:
    """SHA-256 (hex) of the uncompressed IDX file that holds `array`: header and values.

    Floats are of four bytes there; whole numbers of one byte where they fit into it, else of four.
    """
    kind = _kind_in_idx(array)
    digest = hashlib.sha256(idx_header(array.shape, next(code for code, one in TYPES.items() if one == kind)))
    rows = max(1, _CHUNK // max(1, math.prod(array.shape[1:])))
    for start in range(0, len(array), rows):
        digest.update(np.ascontiguousarray(array[start : start + rows], dtype=kind).data)
    return digest.hexdigest()


def _kind_in_idx(array: NDArray[Any]) -> np.dtype[Any]:
    if array.dtype.kind == "f":
        return np.dtype(">f4")
    byte = array.dtype == np.uint8 or (array.size and 0 <= array.min() <= array.max() < 1 << 8)
    return np.dtype("u1") if byte else np.dtype(">i4")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as `60,000 x 28 x 28`."""
    return " x ".join(f"{size:,}" for size in shape)
