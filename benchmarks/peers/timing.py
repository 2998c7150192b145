"""What every peer written in Python shares: the data, the clock, and the lines of JSON that the driver reads."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH = 64
LAST = 20

Images = NDArray[np.float32]
Labels = NDArray[np.int64]
Train = Callable[[int, int], float]
"""train(first, steps): make `steps` updates on the batches from number `first` on; the loss of the last of them."""


def main(begin: Callable[[str, Images, Labels], Train], optimizer: str, versions: dict[str, Any]) -> None:
    """Time both activations: `SCRIPT FOLDER WARM_UP STEPS`.

    FOLDER has images.f32 [n, 28, 28], normalised, and labels.u8 [n]. `begin` gives a fresh network's `train`. The
    first update is timed apart, since it may compile; the warm-up that follows is not timed.
    """
    folder, warm_up, steps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    images = np.fromfile(folder / "images.f32", np.float32).reshape(-1, 28, 28)
    labels = np.fromfile(folder / "labels.u8", np.uint8).astype(np.int64)
    for activation in ("sigmoid", "relu"):
        start = time.perf_counter()
        train = begin(activation, images, labels)
        train(0, 1)
        first_s = time.perf_counter() - start
        train(1, warm_up - 1)
        start = time.perf_counter()
        train(warm_up, steps)
        ms = (time.perf_counter() - start) / steps * 1000
        loss = float(np.mean([train(warm_up + steps + i, 1) for i in range(LAST)]))
        found = {"activation": activation, "ms": ms, "first_s": first_s, "loss": loss}
        print(json.dumps({**found, "optimizer": optimizer, "versions": versions}), flush=True)
