"""Data that are in memory, as a file that recipes name; IDX of other types; what labels were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import Dataset, TensorDataset

import paribus as pb
from paribus.cli.main import main
from paribus.core.errors import DataError
from paribus.programs.recipe.data.idx import TYPES, idx_header

IMAGES = np.random.default_rng(0).integers(0, 256, (40, 12, 12), dtype=np.uint8)
LABELS = np.arange(40) % 4


@pytest.fixture(autouse=True)
def _own_cache(cache: Path) -> None:
    """Each test has a cache of its own."""


class Colours(Dataset):
    def __len__(self):
        return 20

    def __getitem__(self, place):
        return torch.from_numpy(IMAGES[place]).div(255)[None], "abcd"[place % 4]


def test_arrays_tensors_and_data_sets_are_one_and_the_same(tmp_path: Path) -> None:
    x, y = torch.from_numpy(IMAGES), torch.from_numpy(LABELS)
    ways = {
        "arrays": ((IMAGES[:30], LABELS[:30]), (IMAGES[30:], LABELS[30:])),
        "tensors": ((x[:30, None] / 255, y[:30]), (x[30:, None] / 255, y[30:])),
        "lists": ((IMAGES[:30].tolist(), LABELS[:30].tolist()), (IMAGES[30:].tolist(), LABELS[30:].tolist())),
        "datasets": (TensorDataset(x[:30], y[:30]), TensorDataset(x[30:], y[30:])),
    }
    found = [pb.open_dataset(pb.save_dataset(tmp_path / f"{name}.npz", *way)) for name, way in ways.items()]
    assert len({one.digest for one in found}) == 1
    assert np.array_equal(found[0].train_images[:, 0], IMAGES[:30])
    assert found[0].test_labels.tolist() == LABELS[30:].tolist()


def test_without_a_test_set_one_is_held_out_and_words_are_kept(tmp_path: Path) -> None:
    data = pb.open_dataset(pb.save_dataset(tmp_path / "mine.npz", Colours()))
    assert (len(data.train_labels), len(data.test_labels), data.class_names) == (16, 4, tuple("abcd"))


@pytest.mark.parametrize(
    ("train", "said"),
    [
        (IMAGES, "item 0 of train is not an image and its label"),
        (7, r"must be \(images, labels\).*got \"int\""),
        (([IMAGES[0], IMAGES[0, :5]], [0, 1]), "cannot be one array"),
        ((IMAGES, LABELS[:9]), "fewer labels"),
        ((IMAGES - 300.0, LABELS), "has values from -300"),
        ((IMAGES, np.eye(4, dtype=int)[LABELS] * 2), "has 4 labels for each input"),
        ((np.array([object()] * 4), LABELS[:4]), "holds values of type <U"),
    ],
)
def test_what_is_no_data_set_is_refused_and_not_written(tmp_path: Path, train: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        pb.save_dataset(tmp_path / "mine.npz", train)
    assert list(tmp_path.glob("*.npz")) == []
    with pytest.raises(DataError, match=r"must end in \.npz"):
        pb.save_dataset(tmp_path / "mine.csv", (IMAGES, LABELS))


@pytest.mark.parametrize("code", [code for code in TYPES if code not in (8, 9)])
def test_idx_of_other_types_is_the_same_data_set(tmp_path: Path, code: int) -> None:
    def write(name: str, array: np.ndarray, kind: int) -> None:
        (tmp_path / name).write_bytes(idx_header(array.shape, kind) + array.astype(TYPES[kind]).tobytes())

    for part, kept in (("train", slice(0, 30)), ("t10k", slice(30, 40))):
        write(f"{part}-images-idx3-ubyte", IMAGES[kept], code)
        write(f"{part}-labels-idx1-ubyte", LABELS[kept], 12)
    whole = pb.save_dataset(tmp_path / "same.npz", (IMAGES[:30], LABELS[:30]), (IMAGES[30:], LABELS[30:]))
    assert pb.open_dataset(str(tmp_path)).digest == pb.open_dataset(whole).digest


def test_what_labels_were_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = pb.save_dataset(tmp_path / "mine.npz", (IMAGES, LABELS * 5 + 1))
    with pytest.raises(SystemExit):
        main(["data", "show", path, "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert (shown["format"], shown["labels"]) == ("npz", ["1", "6", "11", "16"])
