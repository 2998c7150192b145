"""Filters and feature maps by matplotlib: a row for each arm, from the image to the second convolution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from paribus.presentation.figures.disagreements import name_of
from paribus.presentation.figures.features import ArmFeatures, FeaturesView, Floats, mosaic
from paribus.presentation.figures.matplotlib_canvas import (
    INK,
    LARGE,
    NORMAL,
    SMALL,
    STRONG,
    TITLE,
    WIDE,
    PaperFigure,
    paper,
)
from paribus.presentation.figures.palette import arm_colour
from paribus.presentation.numbers import percent
from paribus.presentation.translation import translator

# Weights below zero, zero, above: the house's blue and vermillion, told apart under every kind of colour vision.
_SIGNED = LinearSegmentedColormap.from_list("signed", ["#0069a8", "#fbfaf7", "#bf4b00"])
_INK = LinearSegmentedColormap.from_list("ink", ["#fbfaf7", "#1b2130"])


def draw_features(names: Mapping[str, str], class_names: Sequence[str], view: FeaturesView, lang: str) -> PaperFigure:
    """Filters of all arms on one scale, so that a decayed filter is pale; each arm's maps on a scale of their own.

    `names`: how arms are shown, by the arm's name, in the arms' order.
    """
    words, order = translator(lang), list(names)
    drawn = paper(WIDE, 0.35 + 1.95 * len(view.arms))
    grid = drawn.subplots(len(view.arms), 4, squeeze=False, width_ratios=(1.0, 1.25, 1.85, 1.6))
    largest = max(float(np.abs(arm.filters).max()) for arm in view.arms)
    titles = (
        words.text("test image {n}, class {label}", n=view.index, label=name_of(class_names, view.label)),
        words.text("filters of the first layer"),
        words.text("after the first convolution"),
        words.text("after the second (seed {seed})", seed=view.seed),
    )
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(title, **{**TITLE, "fontsize": NORMAL})
    for row, arm in zip(grid, view.arms, strict=True):
        place = order.index(arm.arm)
        _image(row[0], view)
        row[0].set_ylabel(names[arm.arm], color=arm_colour(place).light, fontweight=STRONG, fontsize=LARGE)
        sure = int(arm.probabilities.argmax())
        answer = words.text(
            "answer {label}, {share}",
            label=name_of(class_names, sure),
            share=percent(float(arm.probabilities[sure]), words.lang),
        )
        row[0].set_xlabel(answer, fontsize=SMALL, color=INK)
        _filters(row[1], arm, largest)
        _maps(row[2], arm.first)
        _maps(row[3], arm.second)
    return drawn


def _image(axes: Axes, view: FeaturesView) -> None:
    shown = view.image[:, :, 0] if view.image.shape[2] == 1 else view.image
    axes.imshow(shown, cmap=_INK, vmin=0, vmax=255, interpolation="nearest")
    _bare(axes)


def _filters(axes: Axes, arm: ArmFeatures, largest: float) -> None:
    whole = mosaic(arm.filters, _columns(len(arm.filters)))
    axes.imshow(whole, cmap=_SIGNED, vmin=-largest or -1, vmax=largest or 1, interpolation="nearest")
    _bare(axes)
    axes.set_xlabel(_range(arm.filters), fontsize=SMALL, color=INK)


def _maps(axes: Axes, maps: Floats) -> None:
    low, high = float(maps.min()), float(maps.max())
    whole = mosaic(maps, _columns(len(maps)))
    axes.imshow(whole, cmap=_INK, vmin=low, vmax=high if high > low else low + 1, interpolation="nearest")
    _bare(axes)
    axes.set_xlabel(_range(maps), fontsize=SMALL, color=INK)


def _columns(count: int) -> int:
    return 3 if count == 6 else math.ceil(math.sqrt(count))


def _range(values: Floats) -> str:
    """From the least to the largest; where these are alike, how far they are apart."""
    low, high = float(values.min()), float(values.max())
    if _short(low) != _short(high):
        return f"{_short(low)} … {_short(high)}"
    return f"{_short((low + high) / 2)} ± {_short((high - low) / 2)}" if high > low else _short(low)


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def _bare(axes: Axes) -> None:
    axes.set_anchor("N")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
