"""Which images a training sees, in what order and with what labels: split, limit, balance, noise, sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from paribus.core.errors import RecipeError
from paribus.programs.recipe.data.split import class_counts, sample, split
from paribus.programs.recipe.recipe import LESSON, Recipe
from tests.recipe.numbered_images import DATA, numbered, numbers, prepared


def test_images_keep_their_labels_and_no_image_is_in_both_parts() -> None:
    data = prepared()
    train, val = numbers(data.train_x), numbers(data.val_x)
    np.testing.assert_array_equal(data.train_y.numpy(), DATA.train_labels[train])
    np.testing.assert_array_equal(data.val_y.numpy(), DATA.train_labels[val])
    assert sorted([*train, *val]) == list(range(1000))
    np.testing.assert_array_equal(numbers(data.test_x), np.arange(50))
    np.testing.assert_array_equal(data.test_y.numpy(), DATA.test_labels)


@given(images=st.integers(2, 400), fraction=st.floats(0.01, 0.99), seed=st.integers(0, 2**32))
def test_a_split_is_a_partition_of_the_right_sizes(images: int, fraction: float, seed: int) -> None:
    train, val = split(images, fraction, seed)
    assert len(val) == round(images * fraction)
    assert sorted([*train, *val]) == list(range(images))


def test_a_split_is_random_another_for_each_seed_and_the_same_again() -> None:
    splits = [tuple(split(1000, 0.2, seed)[1]) for seed in range(20)]
    assert len(set(splits)) == 20
    assert splits[3] == tuple(split(1000, 0.2, 3)[1])
    first_halves = [sum(i < 500 for i in val) for val in splits]  # hypergeometric: mean 100, deviation 6.3
    assert abs(np.mean(first_halves) - 100) < 5 * 6.33 / 20**0.5


@given(
    fields=st.fixed_dictionaries(
        {},
        optional={
            "label_noise": st.sampled_from([0.1, 1.0]),
            "batch_order": st.sampled_from(["as_is", "shuffled"]),
            "train_size": st.integers(1, 800),
            "normalise": st.booleans(),
            "activation": st.sampled_from(["relu", "sigmoid"]),
            "epochs": st.integers(1, 9),
        },
    ),
    seed=st.integers(0, 100),
)
def test_arms_are_paired_the_split_depends_on_seed_and_fraction_alone(fields: dict[str, Any], seed: int) -> None:
    plain = sample(DATA.train_labels, 4, LESSON, seed)
    other = sample(DATA.train_labels, 4, Recipe(**{"train_size": 0, **fields}), seed)
    np.testing.assert_array_equal(other.validation, plain.validation)
    np.testing.assert_array_equal(other.train, plain.train[: fields.get("train_size", 800)])


@pytest.mark.parametrize("fraction", [0.4, 0.5, 0.9])
def test_class_0_gets_its_share_in_training_and_validation_and_the_others_share_the_rest(fraction: float) -> None:
    data, plain = prepared(majority_fraction=fraction), prepared()
    for y, whole, x, whole_x in (
        (data.train_y, plain.train_y, data.train_x, plain.train_x),
        (data.val_y, plain.val_y, data.val_x, plain.val_x),
    ):
        counts = y.bincount(minlength=4)
        assert counts[0] == (whole == 0).sum()
        assert counts[1:].max() - counts[1:].min() <= 1
        assert counts[1:].sum() == round(int(counts[0]) * (1 - fraction) / fraction)
        assert [n for n in numbers(whole_x) if n in set(numbers(x))] == list(numbers(x))  # in the split's order
    assert torch.equal(data.test_x, plain.test_x)
    assert torch.equal(data.test_y, plain.test_y)


def test_balance_and_size_together_are_both_met() -> None:
    data = prepared(majority_fraction=0.4, train_size=200)
    assert data.train_y.bincount().tolist() == [80, 40, 40, 40]


def test_a_stronger_majority_keeps_a_part_of_what_a_weaker_one_keeps() -> None:
    weak, strong = (set(numbers(prepared(majority_fraction=f).train_x)) for f in (0.4, 0.8))
    assert strong < weak


def test_the_images_kept_are_random_among_their_class() -> None:
    """Not the first ones of the split: over 20 seeds their mean position is the middle."""
    positions = []
    for seed in range(20):
        kept = set(numbers(prepared(seed, majority_fraction=0.8).train_x))
        ones = [n for n in numbers(prepared(seed).train_x) if DATA.train_labels[n] == 1]
        positions += [i / (len(ones) - 1) for i, n in enumerate(ones) if n in kept]
    assert len(positions) > 300
    assert abs(np.mean(positions) - 0.5) < 5 * (1 / 12 / len(positions)) ** 0.5


def test_class_counts_by_hand() -> None:
    assert class_counts(np.array([60, 50, 50]), 0.6).tolist() == [60, 20, 20]
    assert class_counts(np.array([60, 50, 50, 50]), 0.6).tolist() == [60, 14, 13, 13]
    assert class_counts(np.array([60, 50, 50]), 0.5, 20).tolist() == [10, 5, 5]


@pytest.mark.parametrize(("share", "redrawn"), [(0.0, 0), (0.25, 200), (1.0, 800)])
def test_label_noise_redraws_that_share_of_the_training_labels_only(share: float, redrawn: int) -> None:
    data, plain = prepared(label_noise=share), prepared()
    assert torch.equal(data.train_x, plain.train_x)
    assert torch.equal(data.val_y, plain.val_y)
    assert torch.equal(data.test_y, plain.test_y)
    wrong = int((data.train_y != plain.train_y).sum())
    spread = (redrawn * 0.75 * 0.25) ** 0.5
    assert abs(wrong - 0.75 * redrawn) <= 5 * spread
    assert wrong <= redrawn


def test_redrawn_labels_are_uniform_over_the_classes() -> None:
    data = numbered(train=20_000)
    labels = prepared(data=data, label_noise=1.0).train_y.bincount(minlength=4)
    assert scipy.stats.chisquare(labels.numpy()).pvalue > 1e-4
    plain = prepared(data=data).train_y.bincount(minlength=4)
    assert scipy.stats.chisquare(plain.numpy()).pvalue < 1e-4


def test_less_noise_is_a_part_of_more_noise() -> None:
    plain, less, more = (prepared(label_noise=share).train_y for share in (0.0, 0.2, 0.4))
    changed = less != plain
    assert changed.any()
    assert torch.equal(less[changed], more[changed])


def test_sorted_is_a_stable_sort_of_the_training_set_by_label() -> None:
    data, plain = prepared(batch_order="sorted", label_noise=0.2), prepared(label_noise=0.2)
    pairs = sorted(
        zip(plain.train_y.tolist(), range(800), numbers(plain.train_x), strict=True), key=lambda p: (p[0], p[1])
    )
    assert data.train_y.tolist() == [label for label, _, _ in pairs]
    np.testing.assert_array_equal(numbers(data.train_x), [number for _, _, number in pairs])
    assert torch.equal(data.val_x, plain.val_x)


def test_prior_entropy_is_that_of_the_validation_labels() -> None:
    data = prepared(majority_fraction=0.5)
    counts = np.bincount(data.val_y.numpy())
    assert data.prior_entropy == pytest.approx(scipy.stats.entropy(counts), rel=1e-12)
    even = numbered(classes=2)
    assert prepared(data=even, validation_fraction=0.9).prior_entropy == pytest.approx(np.log(2), abs=0.01)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"train_size": 801}, "train_size must be at most 800 after the split; got 801"),
        ({"validation_fraction": 0.0001}, "of 1,000 nothing is left to validate with; got 0.0001"),
        ({"validation_fraction": 0.9999}, "of 1,000 nothing is left to train with; got 0.9999"),
        (
            {"majority_fraction": 0.1},
            r"class 1 would need .*; it must be at least 0\.\d+; got 0\.1",
        ),
        ({"majority_fraction": 0.999}, "class 1 would be left with none"),
        ({"majority_fraction": 0.9, "train_size": 700}, "class 0 would need 630, and there are 2"),
    ],
)
def test_what_the_data_cannot_give_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        prepared(**fields)


def test_faults_are_reported_together() -> None:
    with pytest.raises(RecipeError) as caught:
        prepared(train_size=2000, validation_fraction=0.0001)
    assert [fault.got for fault in caught.value.faults] == [0.0001, 2000]


def test_the_least_majority_that_is_named_is_possible() -> None:
    """The error for 0.1 names the least share of each part; the larger of the two works."""
    with pytest.raises(RecipeError) as caught:
        prepared(majority_fraction=0.1)
    least = max(float(str(fault.rule).split("at least ")[1]) for fault in caught.value.faults)
    assert prepared(majority_fraction=least).train_y.bincount(minlength=4).min() > 0
