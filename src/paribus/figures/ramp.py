"""Numbers as colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.figures.specification import Raster


def coloured(raster: Raster) -> NDArray[np.uint8]:
    """It as bytes [height, width, 3] (RGB); where there is no number, white."""
    if raster.values.dtype == np.uint8 and raster.values.ndim == 3:
        return raster.values.astype(np.uint8)
    values = raster.values.astype(np.float64)
    span = raster.high - raster.low or 1.0
    share = np.clip((values - raster.low) / span, 0.0, 1.0)
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in raster.ramp], dtype=np.float64)
    places = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(np.nan_to_num(share), places, stops[:, channel]) for channel in range(3)]
    made = np.stack(channels, axis=-1).round()
    made[np.isnan(values)] = 255
    return made.astype(np.uint8)
