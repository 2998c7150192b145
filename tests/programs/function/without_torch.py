"""Functions for workers, in a module that loads no torch: a worker begins at once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import paribus as pb


def killed_at(epoch: int) -> None:
    """Kills the worker where a file says so; its run must end with it."""
    path = Path(os.environ["PARIBUS_TEST_KILL"])
    if path.exists() and path.read_text() == str(epoch):
        path.unlink()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(30)


def plain(seed: int, *, a: int = 1) -> Iterator[dict[str, float]]:
    for epoch in range(5):
        yield {"x": random.random() + epoch}
        killed_at(epoch)


def once(seed: int, *, a: int = 1, state: pb.State) -> dict[str, float]:
    done, total = state.load() or (0, 0.0)
    for step in range(done, 5):
        total += random.random()
        state.save((step + 1, total))
        killed_at(step)
    return {"x": total, "steps": 5}


def drawn(seed: int, *, a: int = 1) -> dict[str, float]:
    return {"x": a * random.random(), "numpy": np.random.rand(), "stream": pb.stream("order").random()}
