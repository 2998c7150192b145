"""Folders of images by class: with a test folder and without, grey and coloured, and what must not be in them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paribus.core.errors import DataError
from paribus.programs.recipe.data import open_dataset

X = np.random.default_rng(5).integers(0, 256, (20, 6, 5), dtype=np.uint8)


def fill(folder: Path, images: np.ndarray, ends: str = ".png") -> Path:
    for number, image in enumerate(images):
        place = folder / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{number:03}{ends}")
    return folder


def test_with_a_test_folder(tmp_path: Path, cache: Path) -> None:
    fill(tmp_path / "train", X[:12])
    fill(tmp_path / "test", X[12:])
    held = open_dataset(str(tmp_path))
    assert held.class_names == ("cat", "dog")
    assert held.train_labels.tolist() == [0] * 6 + [1] * 6
    assert (held.train_images[:6, 0] == X[:12:2]).all()
    assert (held.test_images[4:, 0] == X[13::2]).all()


def test_without_one_and_one_coloured_image(tmp_path: Path, cache: Path) -> None:
    fill(tmp_path, X)
    Image.fromarray(np.dstack([X[0]] * 3)).save(tmp_path / "dog" / "z.png")
    held = open_dataset(str(tmp_path))
    assert held.train_images.shape[1:] == (3, 6, 5)
    assert (len(held.train_labels), len(held.test_labels)) == (17, 4)


def test_what_must_not_be_in_them(tmp_path: Path, cache: Path) -> None:
    bad = fill(tmp_path, X) / "dog" / "bad.png"
    Image.fromarray(X[0, :4]).save(bad)
    with pytest.raises(DataError, match=r"bad.png is 4 x 5 \(height x width\), but the first image is 6 x 5"):
        open_dataset(str(tmp_path))
    whole = (tmp_path / "dog" / "001.png").read_bytes()
    for content in (b"", whole[:-30], b"\x89PNG" + bytes(50)):
        bad.write_bytes(content)
        with pytest.raises(DataError, match=r"bad\.png cannot be read"):
            open_dataset(str(tmp_path))
    bad.unlink()
    os.mkfifo(bad)
    with pytest.raises(DataError, match="is not a regular file"):
        open_dataset(str(tmp_path))
    bad.unlink()
    bad.symlink_to(bad)
    with pytest.raises(DataError, match="cannot be read"):
        open_dataset(str(tmp_path))
    bad.unlink()
    (tmp_path / "loop").symlink_to(tmp_path)
    assert open_dataset(str(tmp_path)).classes == 2


def test_capital_folders_sixteen_bits_and_images_without_classes(tmp_path: Path, cache: Path) -> None:
    fill(tmp_path / "a" / "Train", X[:12])
    fill(tmp_path / "a" / "Test", X[12:])
    assert len(open_dataset(str(tmp_path / "a")).test_labels) == 8
    deep = fill(tmp_path / "b", X) / "cat" / "0.png"
    Image.fromarray(X[0].astype(np.uint16) * 256).save(deep)
    with pytest.raises(DataError, match=r"values of more than 8 bits \(mode I;16\)"):
        open_dataset(str(tmp_path / "b"))
    flat = tmp_path / "c"
    flat.mkdir()
    Image.fromarray(X[0]).save(flat / "0.png")
    with pytest.raises(DataError, match="holds images, but not by class"):
        open_dataset(str(flat))
