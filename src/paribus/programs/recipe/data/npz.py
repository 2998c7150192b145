"""`.npz`: NumPy's archive, in the layouts of Keras' mnist.npz and of MedMNIST, or plainly X and y. No pickle is read.

Only the arrays of the data set are read, each no further than its own header announces, and that is bounded by what
the archive can hold: not by what its directory says of itself.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.idx import DEFLATE_LIMIT, MAX_BYTES, shape_text
from paribus.programs.recipe.data.raw import RawSet, Values, left_out, regular
from paribus.programs.recipe.data.roles import four_of, role_of

LAYOUT = ("x_train", "y_train", "x_test", "y_test")  # Keras'
_MEDMNIST = ("train_images", "train_labels", "test_images", "test_labels")
_PLAIN = ("X", "y")
_CHUNK = 1 << 20
_WIDEST = 8  # bytes a value: an archive of float64 is read where its bytes would be


def read_npz(path: Path) -> RawSet:
    """The data set of one archive. Raises DataError, naming the file and the array."""
    regular(path)
    try:
        with zipfile.ZipFile(path) as archive:
            held = {name.removesuffix(".npy"): archive.getinfo(name) for name in archive.namelist()}
            layout = _layout(path, set(held))
            arrays: list[Any] = [_array(archive, held[name], f"{path} ({name})") for name in layout]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError("{path} is a damaged .npz file ({reason}).", path=path, reason=str(error)) from None
    except (OSError, ValueError, KeyError) as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None
    if len(layout) == 2:
        arrays += [None, None]
    one, two, three, four = (f"{path} ({name})" for name in (*layout, *LAYOUT[len(layout) :]))
    notes = left_out(sorted(name for name in held if name not in layout and role_of(name) is not None))
    return RawSet("npz", arrays[0], arrays[1], arrays[2], arrays[3], called=(one, two, three, four), notes=notes)


def _layout(path: Path, held: set[str]) -> tuple[str, ...]:
    """The names of its arrays: four, or two where it has none to test with."""
    if (layout := four_of(held, path)) is not None:
        return layout
    raise DataError(
        "{path} must hold inputs and their labels under names that say so: {choices}, or {others}, or {plain}; it "
        "holds {listed}.",
        path=path,
        choices=LAYOUT,
        others=_MEDMNIST,
        plain=_PLAIN,
        listed=sorted(held)[:12],
    )


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    with archive.open(member) as stream:
        shape, in_columns, kind = _header(stream, name)
        size = math.prod(shape) * kind.itemsize
        most = member.compress_size * (1 if member.compress_type == zipfile.ZIP_STORED else DEFLATE_LIMIT)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataError("{path} is compressed in a way that NumPy does not write.", path=name)
        if math.prod(shape) > MAX_BYTES or size > MAX_BYTES * _WIDEST:
            raise DataError(
                "{path} announces {count:,} values ({shape}); at most {most:,} are read.",
                path=name,
                count=math.prod(shape),
                shape=shape_text(shape),
                most=MAX_BYTES,
            )
        if size == 0 or size > most:
            raise DataError(
                "{path} is too short for its header, which says {shape}.", path=name, shape=shape_text(shape)
            )
        return _values(stream, name, shape, in_columns, kind)


def _values(stream: IO[bytes], name: str, shape: tuple[int, ...], in_columns: bool, kind: np.dtype[Any]) -> Values:
    values = np.empty(math.prod(shape) * kind.itemsize, np.uint8)
    filled = 0
    while filled < len(values):
        part = stream.read(min(_CHUNK, len(values) - filled))
        if not part:
            raise DataError(
                "{path} ends after {count:,} of the {most:,} bytes that its header says ({shape}).",
                path=name,
                count=filled,
                most=len(values),
                shape=shape_text(shape),
            )
        values[filled : filled + len(part)] = np.frombuffer(part, np.uint8)
        filled += len(part)
    if stream.read(1):
        raise DataError("{path} holds more than its header says, which is {shape}.", path=name, shape=shape_text(shape))
    return values.view(kind).reshape(shape, order="F" if in_columns else "C")


def _header(stream: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether it lies column by column, and type. NumPy reads the header as a literal: nothing is executed."""
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, in_columns, kind = read(stream)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise DataError("{path} is not an array of NumPy ({reason}).", path=name, reason=reason_of(error)) from None
    if kind.hasobject:
        raise DataError(
            "{path} holds Python objects (a pickle), which could execute anything when read; it was not read. Save it "
            "as an array of numbers: array.astype(numpy.uint8).",
            path=name,
        )
    if kind.kind not in "buifUS":
        raise DataError("{path} holds values of type {what}; numbers are read.", path=name, what=str(kind))
    if any(size < 0 for size in shape):
        raise DataError("{path} is not an array of NumPy ({reason}).", path=name, reason=shape_text(shape))
    return tuple(shape), bool(in_columns), kind
