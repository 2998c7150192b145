"""Randomness is explicit: each stream has a generator of its own, derived from (seed, name).

Streams in use: `split`, `order/EPOCH`, `init/PARAMETER`, `label_noise`, `class_balance`, `dropout/EPOCH`,
`model`. A stream's draws depend on nothing but its seed and its name, so adding a stream, a layer
or an epoch never shifts the draws of another: that is what pairs the arms of a comparison.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def derive(seed: int, name: str) -> int:
    """A 63-bit seed for the stream `name` of replicate `seed`: SHA-256 of both, so streams are unrelated."""
    digest = hashlib.sha256(f"paribus/{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(seed: int, name: str) -> np.random.Generator:
    """NumPy's generator (PCG64) of the stream `name`."""
    import numpy as np  # slow to load: most that need seeds draw nothing

    return np.random.Generator(np.random.PCG64(derive(seed, name)))
