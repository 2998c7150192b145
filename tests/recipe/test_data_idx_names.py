"""IDX files under other names than MNIST's: EMNIST's splits beside one another, upright and by their characters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from paribus.core.errors import DataError
from paribus.programs.recipe.data import open_dataset, verify
from tests.recipe.idx_files import idx, write

IMAGES = np.random.default_rng(3).integers(0, 256, (40, 6, 6), dtype=np.uint8)
LABELS = np.arange(40, dtype=np.uint8) % 4


def emnist(folder: Path, split: str, first: int, mapping: str = "") -> Path:
    stem = f"emnist-{split}"
    files = {
        f"{stem}-train-images-idx3-ubyte": idx(IMAGES[:30]),
        f"{stem}-train-labels-idx1-ubyte": idx(LABELS[:30] + np.uint8(first)),
        f"{stem}-test-images-idx3-ubyte": idx(IMAGES[30:]),
        f"{stem}-test-labels-idx1-ubyte": idx(LABELS[30:] + np.uint8(first)),
    }
    write(folder, files, zipped=True)
    if mapping:
        (folder / f"{stem}-mapping.txt").write_text(mapping)
    return folder


def test_emnists_letters_are_upright_and_named_by_their_characters(tmp_path: Path, cache: Path) -> None:
    folder = emnist(tmp_path / "e", "letters", 1, "1 65 97\n2 66 98 \n3 67 99\n4 68 100\n")
    dataset = open_dataset(str(folder))
    assert (dataset.train_images[:, 0] == IMAGES[:30].transpose(0, 2, 1)).all()
    assert dataset.train_labels.tolist() == LABELS[:30].tolist()
    assert dataset.class_names == ("A", "B", "C", "D")
    assert all(check.ok for check in verify(str(folder)))


def test_one_of_several_splits_is_chosen_by_its_name(tmp_path: Path, cache: Path) -> None:
    folder = emnist(emnist(tmp_path / "e", "letters", 1), "digits", 0)
    with pytest.raises(DataError, match=r"several data sets.*emnist-digits.*emnist-letters"):
        open_dataset(str(folder))
    assert open_dataset(str(folder / "emnist-letters")).class_names == ("1", "2", "3", "4")
    assert open_dataset(str(folder / "emnist-digits")).class_names == ("0", "1", "2", "3")
    with pytest.raises(DataError, match="does not exist"):
        open_dataset(str(folder / "emnist-byclass"))


def test_other_names_are_the_same_set_as_mnists(tmp_path: Path, cache: Path) -> None:
    parts = [idx(IMAGES[:30]), idx(LABELS[:30]), idx(IMAGES[30:]), idx(LABELS[30:])]
    names = ["train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"]
    other = open_dataset(str(write(tmp_path / "o", dict(zip(names, parts, strict=True)))))
    standard = [name.replace(".idx", "-idx") for name in names]
    one = open_dataset(str(write(tmp_path / "s", dict(zip(standard, parts, strict=True)))))
    assert other.digest == one.digest


def test_a_damaged_or_wrong_file_is_named(tmp_path: Path, cache: Path) -> None:
    folder = emnist(tmp_path / "e", "letters", 1, "not a mapping\n\n9999 1\n")
    assert open_dataset(str(folder)).class_names == ("1", "2", "3", "4")
    images = folder / "emnist-letters-test-images-idx3-ubyte.gz"
    images.write_bytes(images.read_bytes()[:-20])
    with pytest.raises(DataError, match=images.name):
        open_dataset(str(folder))
    write(folder, {"emnist-letters-test-images-idx3-ubyte": idx(LABELS)})
    with pytest.raises(DataError, match="test-images-idx3-ubyte has 1 dimensions"):
        open_dataset(str(folder))
