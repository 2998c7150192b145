"""MNIST as the package ships it: its four original IDX files, one after another, in one xz stream.

LZMA2 with lc=4, lp=0, pb=0 is the smallest that a codec of Python's standard library makes of it: 9.1 MB against
11.6 MB for the four original gzip files and 9.8 MB for bz2. Sorting the images by class saves another 1.4 %, which
is not worth files that are no longer the original bytes.
"""

from __future__ import annotations

import lzma
from importlib import resources
from typing import BinaryIO, cast

from paribus.core.errors import DataError
from paribus.programs.recipe.data.idx import Bytes, idx_sha256, read_one
from paribus.programs.recipe.data.known import MNIST, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS

# The order in which the files lie in the shipped one.
PACKED_FILES = (TRAIN_IMAGES, TEST_IMAGES, TRAIN_LABELS, TEST_LABELS)
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]
PACKED_NAME = "mnist.idx.xz"


def read_shipped(check: bool = True) -> dict[str, Bytes]:
    """The four arrays by standard name, checked against their digests unless `check` is False. Raises DataError."""
    source = resources.files("paribus.programs.recipe.data").joinpath("mnist", PACKED_NAME)
    try:
        with source.open("rb") as file, lzma.open(file) as stream:
            return read_packed(cast(BinaryIO, stream), str(source), check)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise DataError(
            "{path}, the MNIST that Paribus ships, cannot be read ({reason}). Install it anew.",
            path=str(source),
            reason=str(error),
        ) from None


def read_packed(stream: BinaryIO, name: str, check: bool = True) -> dict[str, Bytes]:
    """The four arrays in an unpacked stream called `name`, as `read_shipped` gives them."""
    arrays = {}
    for file in PACKED_FILES:
        arrays[file] = read_one(stream, f"{name} ({file})", possible=60_000 * 28 * 28)
        if check and (found := idx_sha256(arrays[file])) != (digest := MNIST.idx_sha256[file]):
            raise DataError(
                "{name} ({path}) is damaged: its SHA-256 must be {digest}; got {given}. Install it anew.",
                name=name,
                path=file,
                digest=digest,
                given=found,
            )
    return arrays
