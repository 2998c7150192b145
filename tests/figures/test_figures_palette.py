"""The palette: readable in both themes, and told apart under each kind of colour vision."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from paribus.figures.palette import ARM_COLOURS, DASHES, PAGE_DARK, PAGE_LIGHT, arm_colour, arm_dash
from tests.figures.contrast import contrast

# Machado, Oliveira and Fernandes (2009), table of matrices for severity 1.0, on linear RGB.
MACHADO = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
JUST_NOTICEABLE = 2.3  # CIE76 (Mahy et al. 1994)


def linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # a published borderline case


@pytest.mark.parametrize("colour", ARM_COLOURS, ids=lambda c: c.name)
def test_names_in_an_arms_colour_are_readable(colour: object) -> None:
    assert contrast(colour.light, PAGE_LIGHT) >= 4.5
    assert contrast(colour.light, "#ffffff") >= 4.5
    assert contrast(colour.dark, PAGE_DARK) >= 4.5


@pytest.mark.parametrize("vision", MACHADO)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_three_arms_look_different_to_everyone(vision: str, theme: str) -> None:
    seen = [lab(np.array(MACHADO[vision]) @ linear(getattr(c, theme))) for c in ARM_COLOURS[:3]]
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - other) > 5 * JUST_NOTICEABLE


def test_colour_and_dash_together_name_thirty_arms() -> None:
    assert len({(arm_colour(i), arm_dash(i)) for i in range(30)}) == 30 == len(ARM_COLOURS) * len(DASHES)
