"""Test images for the cells of confusion matrices: a few of each cell, as one picture that the page cuts up."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.figures.png import png

MOST_IN_A_CELL = 12
BUDGET = 400_000  # bytes of the picture
_COLUMNS = 32
_FEWEST = 3  # in a cell, where the budget is tight


@dataclass(frozen=True, eq=False)
class Answered:
    """The answers of one run. `arm` names the arm; classes: [images] what the run said of each test image."""

    arm: str
    seed: int
    classes: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TestAnswers:
    """A test set and what one run of each arm said: labels [images], images uint8 [images, channels, height, width]."""

    __test__ = False

    labels: NDArray[np.int64]
    images: NDArray[np.uint8]
    answers: tuple[Answered, ...]


def mistake_images(tests: TestAnswers, budget: int = BUDGET) -> dict[str, Any]:
    """What `mistakes.js` cuts images from.

    `source`: a PNG `data:` address with all images in rows of `columns`, each `width` by `height` px. `numbers`: each
    image's number in the test set. `arms`: for each arm its name, the seed, and `cells`: by "true,predicted" how many
    images of that seed there are (`count`), and the places of some in the picture (`places`). A cell shows the first
    ones of the test set, fewer where the picture would take more than about `budget` bytes.
    """
    for most in (MOST_IN_A_CELL, 6, _FEWEST, 1):
        chosen = [_cells(tests.labels, one.classes, most) for one in tests.answers]
        numbers = sorted({int(n) for cells in chosen for _, shown in cells.values() for n in shown})
        picture = _picture(tests.images[numbers])
        if len(picture) <= budget:
            break
    else:
        return {"source": None, "numbers": [], "arms": []}
    place = {number: at for at, number in enumerate(numbers)}
    _, height, width = tests.images.shape[1:]
    return {
        "source": "data:image/png;base64," + base64.b64encode(picture).decode("ascii"),
        "columns": _COLUMNS,
        "width": width,
        "height": height,
        "numbers": numbers,
        "arms": [
            {
                "arm": one.arm,
                "seed": one.seed,
                "cells": {
                    f"{true},{said}": {"count": count, "places": [place[int(n)] for n in shown]}
                    for (true, said), (count, shown) in cells.items()
                },
            }
            for one, cells in zip(tests.answers, chosen, strict=True)
        ],
    }


def _cells(
    labels: NDArray[np.int64], classes: NDArray[np.int64], most: int
) -> dict[tuple[int, int], tuple[int, NDArray[np.int64]]]:
    found: dict[tuple[int, int], tuple[int, NDArray[np.int64]]] = {}
    for true, said in sorted({(int(t), int(s)) for t, s in zip(labels, classes, strict=True)}):
        numbers = np.flatnonzero((labels == true) & (classes == said))
        found[true, said] = (len(numbers), numbers[:most])
    return found


def _picture(images: NDArray[np.uint8]) -> bytes:
    """images: uint8 [n, channels, height, width]; a PNG of them in rows, the last row filled up with black."""
    count, channels, height, width = images.shape
    rows = max(1, -(-count // _COLUMNS))
    sheet = np.zeros((rows * _COLUMNS, channels, height, width), np.uint8)
    sheet[:count] = images
    grid = sheet.reshape(rows, _COLUMNS, channels, height, width).transpose(0, 3, 1, 4, 2)
    return png(np.ascontiguousarray(grid).tobytes(), rows * height, _COLUMNS * width, channels)
