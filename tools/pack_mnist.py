"""Pack MNIST's four original IDX files into the one file that the package ships.

    python tools/pack_mnist.py FOLDER [OUTPUT]

FOLDER holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
plain or gzipped (.gz). They are checked against the digests of the originals before anything is written. The same
four files give the same bytes with the same version of liblzma.
"""

from __future__ import annotations

import lzma
import sys
from pathlib import Path

from paribus.programs.recipe.data.idx import Bytes, idx_header, idx_sha256, read_idx
from paribus.programs.recipe.data.known import MNIST
from paribus.programs.recipe.data.packaged_mnist import FILTERS, PACKED_FILES, PACKED_NAME

OUTPUT = Path(__file__).parents[1] / "src/paribus/programs/recipe/data/mnist" / PACKED_NAME


def read_original(folder: Path, name: str) -> Bytes:
    """One of the four files, plain or gzipped, checked. Raises DataError, or SystemExit where it is another."""
    plain = folder / name
    array = read_idx(plain if plain.exists() else folder / f"{name}.gz")
    if (found := idx_sha256(array)) != MNIST.idx_sha256[name]:
        raise SystemExit(f"{plain} is not MNIST's: its SHA-256 must be {MNIST.idx_sha256[name]}; got {found}")
    return array


def pack(folder: Path, output: Path) -> int:
    """Write `output` and return its size in bytes."""
    arrays = [read_original(folder, name) for name in PACKED_FILES]
    content = b"".join(idx_header(array.shape) + array.tobytes() for array in arrays)
    packed = lzma.compress(content, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, filters=FILTERS)
    partial = output.with_suffix(".partial")
    partial.write_bytes(packed)
    partial.replace(output)
    return len(packed)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else OUTPUT
    print(f"{target}: {pack(Path(sys.argv[1]), target):,} bytes")
