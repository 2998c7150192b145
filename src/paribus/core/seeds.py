"""Randomness is explicit: each stream has a generator of its own, derived from (seed, name).

Streams in use: `split`, `order/EPOCH`, `init/PARAMETER`, `label_noise`, `class_balance`, `dropout/EPOCH`,
`model`. A stream's draws depend on nothing but its seed and its name, so adding a stream, a layer
or an epoch never shifts the draws of another: that is what pairs the arms of a comparison.
"""

from __future__ import annotations

import numpy as np

from paribus.core.streams import derive

__all__ = ["derive", "generator"]


def generator(seed: int, name: str) -> np.random.Generator:
    """NumPy's generator (PCG64) of the stream `name`."""
    return np.random.Generator(np.random.PCG64(derive(seed, name)))
