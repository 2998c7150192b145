"""IDX files and small data sets for tests, written by `struct` and `gzip` alone."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = NAMES


def idx(array: NDArray[np.uint8]) -> bytes:
    """An IDX file as the format's description has it."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def small_set(train: int = 60, test: int = 20, shape: tuple[int, ...] = (6, 5), classes: int = 3) -> dict[str, bytes]:
    """The four files of a small data set by name. Labels go round: 0, 1, 2, 0, 1, 2, ..."""
    draw = np.random.default_rng(7)

    def labels(n: int) -> NDArray[np.uint8]:
        return (np.arange(n) % classes).astype(np.uint8)

    def images(n: int) -> NDArray[np.uint8]:
        return draw.integers(0, 256, (n, *shape), dtype=np.uint8)

    arrays = (images(train), labels(train), images(test), labels(test))
    return {name: idx(array) for name, array in zip(NAMES, arrays, strict=True)}


def write(folder: Path, files: dict[str, bytes], zipped: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if zipped:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
        else:
            (folder / name).write_bytes(content)
    return folder
