"""Variance components against an analysis of variance done by hand, and against components that were put in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paribus.comparison.seeds_and_items import components, crossed
from paribus.comparison.statistics import t_interval

# Rows 2 and 5, columns 2, 3 and 5.5, mean 3.5. Sums of squares: rows 3(1.5^2 + 1.5^2) = 13.5 with 1 degree of
# freedom; columns 2(1.5^2 + 0.5^2 + 2^2) = 13 with 2; total 29.5, so the rest is 3 with 2.
BY_HAND = np.array([[1, 2, 3], [3, 4, 8]])


def test_components_by_hand() -> None:
    c = components(BY_HAND)
    assert (c.mean, c.ms_seeds, c.ms_items, c.ms_rest) == pytest.approx((3.5, 13.5, 6.5, 1.5))
    assert (c.seeds, c.items, c.rest) == pytest.approx((4.0, 2.5, 1.5))


def test_interval_by_hand() -> None:
    found = crossed(BY_HAND)
    assert found is not None
    # Variance of the mean 4/2 + 2.5/3 + 1.5/6 = 37/12, of which seeds bring 4/2 + 1.5/6 = 9/4.
    assert found.seed_share == pytest.approx((9 / 4) / (37 / 12))
    assert found.degrees == pytest.approx(18.5**2 / (13.5**2 / 1 + 6.5**2 / 2 + 1.5**2 / 2))
    # With two rows the interval over rows alone is the wider one, and is kept: 12.706 x 1.5
    assert found.high - 3.5 == pytest.approx(12.7062047 * 1.5)


def test_interval_where_images_dominate() -> None:
    draw = np.random.default_rng(3)
    matrix = draw.normal(size=60)[None, :] + 0.05 * draw.normal(size=(8, 60))
    found, c = crossed(matrix), components(matrix)
    assert found is not None
    assert c.seeds < c.items
    if c.seeds > 0:
        total = c.ms_seeds + c.ms_items - c.ms_rest
    else:
        total = c.ms_items
    half = stats.t.ppf(0.975, found.degrees) * np.sqrt(total / 480)
    assert found.high - found.low == pytest.approx(2 * half)
    assert found.seed_share is not None
    assert found.seed_share < 0.02
    # nearly the one-sample interval of the image means
    low, high = t_interval(matrix.mean(axis=0))
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)


def test_components_that_were_put_in_come_back() -> None:
    draw = np.random.default_rng(1)
    found = np.mean(
        [
            components(2 * draw.normal(size=(9, 1)) + 3 * draw.normal(size=(1, 40)) + draw.normal(size=(9, 40)))[4:]
            for _ in range(400)
        ],
        axis=0,
    )
    # Standard errors of these means, from the chi-square laws of the mean squares, are at most 0.12.
    assert found == pytest.approx((4, 9, 1), abs=0.4)


def test_negative_component_counts_as_zero() -> None:
    # Rows alike to the last digit while cells differ: the seeds' moment estimate is below zero.
    matrix = np.array([[2, -1, 1, -2, 0], [1, 0, 2, -3, 0], [2, -1, 2, -2, -1]])
    c, found = components(matrix), crossed(matrix)
    assert c.seeds < 0 < c.items
    assert found is not None
    assert found.degrees == pytest.approx(4)  # images less one
    assert found.seed_share == pytest.approx(c.rest / c.ms_items)


def test_no_variance_and_too_little_of_either() -> None:
    found = crossed(np.zeros((4, 9)))
    assert found is not None
    assert (found.low, found.high, found.seed_share) == (0, 0, None)
    assert crossed(np.ones((1, 9))) is None
    assert crossed(np.ones((9, 1))) is None


@given(st.integers(2, 6), st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_never_narrower_than_over_seeds_alone_and_mirrors(seeds: int, images: int, draw: int) -> None:
    matrix = np.random.default_rng(draw).integers(-1, 2, (seeds, images))
    found, mirrored = crossed(matrix), crossed(-matrix)
    assert found is not None
    assert mirrored is not None
    low, high = t_interval(matrix.mean(axis=1))
    assert found.low <= low + 1e-12
    assert found.high >= high - 1e-12
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))
    assert found.seed_share is None or 0 <= found.seed_share <= 1
