"""A small grey picture on a terminal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def half_blocks(grey: NDArray[np.uint8], width: int = 28) -> list[str]:
    """Lines of a picture [height, width] in the 24 greys of a terminal's 256 colours, two of its rows a line."""
    step = max(1, -(-grey.shape[1] // width))
    small = grey[::step, ::step]
    if len(small) % 2:
        small = np.vstack([small, np.zeros_like(small[:1])])
    greys = 232 + small.astype(int) * 23 // 255
    return [
        "".join(f"\x1b[38;5;{a};48;5;{b}m\u2580" for a, b in zip(top, below, strict=True)) + "\x1b[0m"
        for top, below in zip(greys[::2], greys[1::2], strict=True)
    ]
