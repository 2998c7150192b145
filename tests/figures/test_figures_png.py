"""The PNG encoder against an independent decoder."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import image as decoder

from paribus.core.errors import DataError
from paribus.figures.png import png, png_data_uri


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3]), st.randoms(use_true_random=False))
def test_what_is_encoded_decodes_to_the_same_pixels(height: int, width: int, channels: int, random: object) -> None:
    pixels = np.array([random.randrange(256) for _ in range(height * width * channels)], dtype=np.uint8)
    decoded = decoder.imread(io.BytesIO(png(pixels.tobytes(), height, width, channels)), format="png")
    assert (decoded * 255).round().astype(np.uint8).tobytes() == pixels.tobytes()
    assert decoded.shape[:2] == (height, width)


@pytest.mark.parametrize(("size", "channels"), [(783, 1), (785, 1), (0, 1)])
def test_a_wrong_number_of_bytes_is_refused(size: int, channels: int) -> None:
    with pytest.raises(DataError, match=f"has 784 bytes; got {size}"):
        png(b"\0" * size, 28, 28, channels)


@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from([2, *range(4, 17)]), st.randoms(use_true_random=False))
def test_other_numbers_of_channels_are_shown_as_their_mean(
    height: int, width: int, channels: int, random: object
) -> None:
    pixels = np.array([random.randrange(256) for _ in range(height * width * channels)], dtype=np.uint8)
    decoded = decoder.imread(io.BytesIO(png(pixels.tobytes(), height, width, channels)), format="png") * 255
    assert decoded.shape == (height, width)
    assert np.abs(decoded - pixels.reshape(height, width, channels).mean(axis=2)).max() <= 0.5001


def test_no_channel_is_refused() -> None:
    with pytest.raises(DataError, match="has 0 bytes"):
        png(b"", 2, 2, 0)


def test_the_address_holds_the_file() -> None:
    assert png_data_uri(b"\0", 1, 1, 1).startswith("data:image/png;base64,iVBORw0KGgo")
