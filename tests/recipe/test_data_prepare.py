"""prepare: images as a training reads them, at what scale and in what type."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from paribus.core.errors import DataError
from paribus.programs.recipe.data import DataSet, Images
from paribus.programs.recipe.data import prepare as prepare_in_batches
from paribus.programs.recipe.recipe import LESSON, Recipe
from tests.recipe.numbered_images import CPU, DATA, numbers, prepare, prepared


def test_the_lesson_gets_48000_and_12000_images_in_float32(mnist: DataSet) -> None:
    data = prepare(mnist, LESSON, 0, CPU)
    assert data.train_x.shape == (48_000, 1, 28, 28)
    assert data.val_x.shape == (12_000, 1, 28, 28)
    assert data.test_x.shape == (10_000, 1, 28, 28)
    assert data.train_x.dtype == data.val_x.dtype == data.test_x.dtype == torch.float32
    assert data.train_y.dtype == data.val_y.dtype == data.test_y.dtype == torch.int64
    assert data.classes == 10
    np.testing.assert_array_equal(data.test_y.numpy(), mnist.test_labels)
    labels = torch.cat([data.train_y, data.val_y]).bincount().numpy()
    np.testing.assert_array_equal(labels, np.bincount(mnist.train_labels))


def test_the_lessons_inputs_are_torchvisions_bit_for_bit(mnist: DataSet) -> None:
    """ToTensor divides by 255; Normalize subtracts float32(0.1307) and divides by float32(0.3081)."""
    bytes_ = torch.from_numpy(np.array(mnist.test_images))
    expected = bytes_.to(torch.float32).div(255).sub(torch.tensor(0.1307)).div(torch.tensor(0.3081))
    assert torch.equal(prepare(mnist, LESSON, 0, CPU).test_x, expected)


@pytest.mark.parametrize("compiled", [True, False])
def test_batches_are_those_of_the_whole_set_as_a_tensor(
    mnist: DataSet, monkeypatch: pytest.MonkeyPatch, compiled: bool
) -> None:
    """By slice and by index, of an even and of an odd number of bytes."""
    if not compiled:
        monkeypatch.setattr(sys.modules[Images.__module__], "native", None)
    draw = np.random.default_rng(5)
    odd = replace(
        mnist,
        train_images=np.ascontiguousarray(mnist.train_images[:2000, :, :3, 9:14]),
        train_labels=mnist.train_labels[:2000],
    )
    for data in (mnist, odd):
        images = prepare_in_batches(data, Recipe(input_scale=2.0), 0, CPU).train_x
        assert isinstance(images, Images)
        chosen = data.train_images[images.positions].astype(np.float32)
        whole = (chosen / np.float32(255) - np.float32(data.mean)) / np.float32(data.std) * np.float32(2)
        assert (images.shape, len(images)) == (whole.shape, len(whole))
        for part in (slice(64, 128), slice(-13, None), slice(5, 6), slice(9, 900, 7), slice(3, 3)):
            np.testing.assert_array_equal(images[part].numpy(), whole[part])
        index = torch.from_numpy(draw.permutation(len(whole))[:63])
        np.testing.assert_array_equal(images[index].numpy(), whole[index.numpy()])
        assert images[index].dtype == torch.float32
        assert images[index].is_contiguous()
        with pytest.raises(IndexError):
            images[torch.tensor([len(whole)])]


def test_images_are_float32_on_the_cpu_whatever_torch_s_defaults_are(mnist: DataSet) -> None:
    images = prepare_in_batches(mnist, LESSON, 0, CPU).test_x
    expected = images[:3]
    for change, back in (
        (lambda: torch.set_default_dtype(torch.float64), lambda: torch.set_default_dtype(torch.float32)),
        (lambda: torch.set_default_device("meta"), lambda: torch.set_default_device(None)),
    ):
        change()
        try:
            found = images[:3]
        finally:
            back()
        assert found.dtype == torch.float32
        assert found.device.type == "cpu"
        assert torch.equal(found, expected)


def test_images_are_read_only_where_they_lie() -> None:
    bytes_, table = np.zeros((3, 1, 2, 2), dtype=np.uint8), np.zeros(256, dtype=np.float32)
    here = np.arange(3)
    for source, positions, looked_up, error in (
        (bytes_, here + 1, table, IndexError),
        (bytes_, here - 1, table, IndexError),
        (bytes_, here, table[:255], ValueError),
        (bytes_, here, table.astype(np.float64), ValueError),
        (bytes_, here.astype(np.int32), table, ValueError),
        (bytes_.astype(np.int16), here, table, ValueError),
    ):
        with pytest.raises(error):
            Images(source, positions, looked_up)  # type: ignore[arg-type]
    assert Images(bytes_, here, table)[:].shape == bytes_.shape


@pytest.mark.parametrize(
    ("normalise", "scale", "black", "white"),
    [(True, 1.0, -0.5, 1.5), (True, 2.0, -1.0, 3.0), (False, 1.0, 0.0, 1.0), (False, -3.0, 0.0, -3.0)],
)
def test_normalisation_and_scale_by_hand(normalise: bool, scale: float, black: float, white: float) -> None:
    """Mean 0.25 and deviation 0.5: black is (0 - 0.25) / 0.5, white is (1 - 0.25) / 0.5."""
    data = prepare(DATA, Recipe(normalise=normalise, input_scale=scale), 0, CPU)
    assert numbers(prepared().test_x)[0] == 0
    assert data.test_x[0].flatten().tolist() == [black, black]
    step = (white - black) / 255
    assert data.test_x[1].flatten().tolist() == pytest.approx([black, black + step], rel=1e-5, abs=1e-7)


def test_images_that_are_all_the_same_cannot_be_normalised() -> None:
    flat = replace(DATA, std=0.0)
    with pytest.raises(DataError, match=r"numbered cannot be normalised.*normalise = false"):
        prepare(flat, LESSON, 0, CPU)
    assert prepared(data=flat).train_x.isfinite().all()


def test_preparation_draws_nothing_from_global_generators() -> None:
    """And is not moved by them."""
    np.random.seed(1)
    torch.manual_seed(1)
    states = np.random.get_state()[1].copy(), torch.get_rng_state()
    fields: dict[str, Any] = {"label_noise": 0.5, "majority_fraction": 0.4}
    first = prepared(**fields)
    np.testing.assert_array_equal(np.random.get_state()[1], states[0])
    assert torch.equal(torch.get_rng_state(), states[1])
    torch.manual_seed(2)
    again = prepared(**fields)
    assert torch.equal(first.train_x, again.train_x)
    assert torch.equal(first.train_y, again.train_y)
