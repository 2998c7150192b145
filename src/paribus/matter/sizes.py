"""LeNet's sizes, from a recipe alone: what planning asks of a network. No torch here."""

from __future__ import annotations

import itertools

from paribus.values.errors import ParibusError
from paribus.values.recipe import Recipe


def last_maps(image_size: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the second convolution's feature maps after pooling, for images of this size in pixels.

    Raises ParibusError where the image is too small for two 5x5 convolutions and two halvings (under 12 pixels).
    """
    height, width = ((side // 2 - 4) // 2 for side in image_size)
    if min(height, width) < 1:
        raise ParibusError(
            "lenet needs images of at least 12 x 12 pixels (two 5x5 convolutions, each followed by a halving); "
            "got {height} x {width}",
            height=image_size[0],
            width=image_size[1],
        )
    return height, width


def lenet_sizes(recipe: Recipe, in_channels: int, image_size: tuple[int, int], classes: int) -> tuple[int, int]:
    """How many numbers the network's state holds, parameters and buffers together, and its layers with weights."""
    height, width = last_maps(image_size)
    first, second = recipe.conv_channels
    widths = [second * height * width, *recipe.dense_widths, classes]
    dense = sum((before + 1) * after for before, after in itertools.pairwise(widths))
    numbers = 25 * in_channels * first + first + 25 * first * second + second + dense
    normalised = [first, second, *recipe.dense_widths] if recipe.batch_norm else []
    numbers += sum(4 * units + 1 for units in normalised)  # scale, shift, mean, variance, and a count of batches
    return numbers, 2 + len(widths) - 1
