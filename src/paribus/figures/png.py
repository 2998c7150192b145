"""Bytes as a PNG file: 8-bit grey or RGB."""

from __future__ import annotations

import base64
import io

import numpy as np

from paribus.core.errors import DataError


def png(pixels: bytes, height: int, width: int, channels: int) -> bytes:
    """A PNG file of uint8 `pixels` [height, width, channels]: 3 channels are RGB, of any other number the mean is grey.

    Raises DataError where the number of bytes does not fit.
    """
    from PIL import Image

    if min(height, width, channels) < 1 or len(pixels) != height * width * channels:
        raise DataError(
            "an image of {height} x {width} pixels and {channels} channels has {value} bytes",
            height=height,
            width=width,
            channels=channels,
            value=height * width * channels,
            got=len(pixels),
        )
    image = np.frombuffer(pixels, np.uint8).reshape(height, width, channels)
    if channels != 3:
        image = (image.mean(axis=2) + 0.5).astype(np.uint8)
    written = io.BytesIO()
    Image.fromarray(image).save(written, "PNG")
    return written.getvalue()


def png_data_uri(pixels: bytes, height: int, width: int, channels: int) -> str:
    """The same as a `data:` address, for a page that makes no network requests."""
    return "data:image/png;base64," + base64.b64encode(png(pixels, height, width, channels)).decode("ascii")
