"""Arrays packed into JSON for the page: `unpack.js` takes them out again."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["uint8", "float16", "float32"]

_DTYPES: dict[str, str] = {"uint8": "<u1", "float16": "<f2", "float32": "<f4"}


def pack_arrays(arrays: Mapping[str, NDArray[Any]], kind: Kind) -> dict[str, Any]:
    """`{"kind", "shapes": {name: shape}, "data"}`: all numbers in one text, base64 of zlib.

    The numbers' first bytes come first, then their second ones, and so on: signs and exponents are alike, and deflate
    finds that only where they lie together. Numbers too large for `kind` become infinite.
    """
    with np.errstate(over="ignore"):
        flat = [np.asarray(array).astype(_DTYPES[kind]).reshape(-1) for array in arrays.values()]
    numbers = np.concatenate(flat) if flat else np.zeros(0, _DTYPES[kind])
    # zlib's usual level: its highest takes several times as long for weights, and gains nothing
    planes = numbers.view(np.uint8).reshape(len(numbers), -1).T.tobytes()
    return {
        "kind": kind,
        "shapes": {name: list(array.shape) for name, array in arrays.items()},
        "data": base64.b64encode(zlib.compress(planes)).decode("ascii"),
    }
