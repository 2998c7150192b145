"""Numbers as colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.presentation.figures.specification import Image


def coloured(image: Image) -> NDArray[np.uint8]:
    """The image as bytes [height, width, 3] (RGB); where there is no number, white."""
    if image.values.dtype == np.uint8 and image.values.ndim == 3:
        return image.values.astype(np.uint8)
    values = image.values.astype(np.float64)
    span = image.high - image.low or 1.0
    share = np.clip((values - image.low) / span, 0.0, 1.0)
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in image.ramp], dtype=np.float64)
    places = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(np.nan_to_num(share), places, stops[:, channel]) for channel in range(3)]
    made = np.stack(channels, axis=-1).round()
    made[np.isnan(values)] = 255
    return made.astype(np.uint8)
