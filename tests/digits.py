"""A little of MNIST as a folder of IDX files: answering all 10,000 test images takes longer than a short training."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from paribus.programs.recipe.data import open_dataset
from paribus.programs.recipe.data.idx import idx_header


def write_digits(folder: Path, train: int = 2000) -> Path:
    """The first `train` training and 500 test images. Returns the folder."""
    mnist = open_dataset("mnist")
    folder.mkdir()
    for part, count, images, labels in (
        ("train", train, mnist.train_images, mnist.train_labels),
        ("t10k", 500, mnist.test_images, mnist.test_labels),
    ):
        for kind, array in (("images-idx3", images[:count, 0]), ("labels-idx1", labels[:count].astype(np.uint8))):
            (folder / f"{part}-{kind}-ubyte").write_bytes(idx_header(array.shape) + array.tobytes())
    return folder
