"""The sign-flip test that is looked at after every pair, against all patterns of signs."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.referee.sequential_sign_test import SignTest


def shown(differences, level, pairs):
    """Whether a gain was shown, at the first pair that did."""
    test = SignTest(level, pairs, 8)
    return any(test.add(difference) for difference in differences)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=9), st.floats(0.004, 0.5))
def test_of_all_patterns_of_signs_at_most_the_level_show_a_gain(sizes, level):
    patterns = [
        [sign * size for sign, size in zip(signs, sizes, strict=True)] for signs in product((-1, 1), repeat=len(sizes))
    ]  # a size of zero has two signs that look alike: each counts
    share = sum(shown(pattern, level, len(sizes)) for pattern in patterns) / len(patterns)
    test = SignTest(level, len(sizes), 8)
    for size in sizes:
        test.add(-size)
    assert share == pytest.approx(test.spent, abs=1e-12)
    assert share <= level * (1 + 1e-12)


def test_the_level_is_spent_as_the_square_of_the_pairs():
    # Five pairs of ten are a quarter of the level: 1/32 is not in 0.12 / 4, and is in 0.13 / 4.
    assert not shown([8] * 5, 0.12, 10)
    assert shown([8] * 5, 0.13, 10)


def test_no_difference_shows_nothing():
    assert not shown([0] * 20, 0.5, 20)
