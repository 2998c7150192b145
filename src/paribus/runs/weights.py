"""Weights as named arrays, outside any network. No torch here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


def weights_digest(weights: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 over names, shapes and bits: equal only for bit-identical weights."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        array = np.asarray(weights[name])
        digest.update(f"{name}:{array.dtype}:{array.shape}".encode() + array.tobytes())
    return digest.hexdigest()
