"""A PNG encoder in the standard library's reach: 8-bit grey or RGB, one IDAT chunk, no filter.

Source: ISO/IEC 15948:2003 (PNG), sections 5.3 (chunks), 11.2 (IHDR, IDAT, IEND).
"""

from __future__ import annotations

import base64
import struct
import zlib

from paribus.values.errors import DataError

_COLOUR_TYPES = {1: 0, 3: 2}


def png(pixels: bytes, height: int, width: int, channels: int) -> bytes:
    """A PNG file of uint8 `pixels` [height, width, channels]: 3 channels are RGB, of any other number the mean is grey.

    Raises DataError where the number of bytes does not fit.
    """
    if min(height, width, channels) < 1 or len(pixels) != height * width * channels:
        raise DataError(
            "an image of {height} x {width} pixels and {channels} channels has {value} bytes",
            height=height,
            width=width,
            channels=channels,
            value=height * width * channels,
            got=len(pixels),
        )
    if channels not in _COLOUR_TYPES:
        means = (sum(pixels[at : at + channels]) / channels for at in range(0, len(pixels), channels))
        pixels, channels = bytes(int(mean + 0.5) for mean in means), 1
    stride = width * channels
    rows = b"".join(b"\0" + pixels[at : at + stride] for at in range(0, len(pixels), stride))
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    )


def png_data_uri(pixels: bytes, height: int, width: int, channels: int) -> str:
    """The same as a `data:` address, for a page that makes no network requests."""
    return "data:image/png;base64," + base64.b64encode(png(pixels, height, width, channels)).decode("ascii")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
