"""The maps of a network that has collapsed are flat; those of one that answers keep their own range."""

import numpy as np

from paribus.programs.recipe.figures.features import _maps


def scale(maps):
    (image,) = _maps(maps).marks
    return image.low, image.high


def test_outputs_that_hardly_differ_are_flat_whatever_their_shape():
    maps = np.full((6, 4, 4), 0.5)
    maps[:, 1] += 2e-4
    assert scale(maps) == (0.0, 1.0), "two ten-thousandths are no vivid line"


def test_large_outputs_and_those_below_zero_are_inside():
    assert scale(np.linspace(-0.5, 6.5, 96).reshape(6, 4, 4)) == (-0.5, 6.5)
