"""What a network's convolutions do, as arrays to be drawn. The api computes them; presentation knows no network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ArmFeatures:
    """One arm's network and what it makes of one image.

    filters: [channels, 5, 5] of the first layer, averaged over the input's channels. first, second: [channels, height,
    width], outputs of both convolutions after their activation, before pooling. probabilities: [classes].
    """

    arm: str
    filters: Floats
    first: Floats
    second: Floats
    probabilities: Floats


@dataclass(frozen=True, eq=False)
class FeaturesView:
    """All arms on one test image. image: uint8 [height, width, channels]; `index`: its place in the test set."""

    index: int
    label: int
    image: NDArray[np.uint8]
    seed: int
    arms: tuple[ArmFeatures, ...]


def mosaic(maps: Floats, columns: int) -> Floats:
    """Maps [n, height, width] side by side in rows of `columns`, one pixel of NaN between two."""
    count, height, width = maps.shape
    rows = -(-count // columns)
    whole = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan, dtype=np.float32)
    for place, one in enumerate(maps):
        top, left = (place // columns) * (height + 1), (place % columns) * (width + 1)
        whole[top : top + height, left : left + width] = one
    return whole
