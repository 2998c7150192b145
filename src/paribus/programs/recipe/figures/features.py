"""What a network's convolutions do, as arrays and their figure. What gathers them is in `material.py`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from paribus.figures.palette import RAMP, SIGNED
from paribus.figures.scale import Axis
from paribus.figures.specification import FigureSpec, Panel, Raster
from paribus.programs.recipe.figures.disagreements import name_of
from paribus.words.translation import translator

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ArmFeatures:
    """One arm's network and what it makes of one image.

    filters: [channels, 5, 5] of the first layer, averaged over the input's channels. first, second: [channels, height,
    width], outputs of both convolutions after their activation, before pooling. probabilities: [classes].
    """

    arm: str
    filters: Floats
    first: Floats
    second: Floats
    probabilities: Floats


@dataclass(frozen=True, eq=False)
class FeaturesView:
    """All arms on one test image. image: uint8 [height, width, channels]; `index`: its place in the test set."""

    index: int
    label: int
    image: NDArray[np.uint8]
    seed: int
    arms: tuple[ArmFeatures, ...]


def mosaic(maps: Floats, columns: int) -> Floats:
    """Maps [n, height, width] side by side in rows of `columns`, one pixel of NaN between two."""
    count, height, width = maps.shape
    rows = -(-count // columns)
    whole = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan, dtype=np.float32)
    for place, one in enumerate(maps):
        top, left = (place // columns) * (height + 1), (place % columns) * (width + 1)
        whole[top : top + height, left : left + width] = one
    return whole


def features_figure(names: Mapping[str, str], class_names: Sequence[str], view: FeaturesView, lang: str) -> FigureSpec:
    """Filters of all arms on one scale, so that a decayed filter is pale; each arm's maps on a scale of their own.

    `names`: how arms are shown, by the arm's name, in the arms' order.
    """
    words, order = translator(lang), list(names)
    largest = max(float(np.abs(arm.filters).max()) for arm in view.arms) or 1.0
    titles = (
        words.text("test image {n}, class {label}", n=view.index, label=name_of(class_names, view.label)),
        words.text("filters of the first layer"),
        words.text("after the first convolution"),
        words.text("after the second (seed {seed})", seed=view.seed),
    )
    rows = []
    for place, arm in enumerate(view.arms):
        sure = int(arm.probabilities.argmax())
        share = words.percent(float(arm.probabilities[sure]))
        answer = words.text("answer {label}, {share}", label=name_of(class_names, sure), share=share)
        row = (_seen(view, answer), _filters(arm, largest), _maps(arm.first), _maps(arm.second))
        row = (replace(row[0], side=names[arm.arm], side_colour=order.index(arm.arm)), *row[1:])
        rows.append(tuple(replace(p, title=t) for p, t in zip(row, titles, strict=True)) if place == 0 else row)
    return FigureSpec(
        title=words.text("filters of the first layer"),
        description=", ".join(names.values()),
        rows=tuple(rows),
        height=44 + 240.0 * len(view.arms),
        widths=(1.0, 1.25, 1.85, 1.6),
    )


def _seen(view: FeaturesView, answer: str) -> Panel:
    if view.image.shape[2] == 3:
        return _pictured(Raster(view.image), answer)
    return _pictured(Raster(view.image[:, :, 0].astype(np.float32), RAMP, 0.0, 255.0), answer)


def _filters(arm: ArmFeatures, largest: float) -> Panel:
    whole = mosaic(arm.filters, _columns(len(arm.filters)))
    return _pictured(Raster(whole, SIGNED, -largest, largest), _range(arm.filters))


def _maps(maps: Floats) -> Panel:
    low, high = min(0.0, float(maps.min())), max(1.0, float(maps.max()))  # so that what hardly differs is flat
    whole = mosaic(maps, _columns(len(maps)))
    return _pictured(Raster(whole, RAMP, low, high), _range(maps))


def _pictured(image: Raster, note: str) -> Panel:
    height, width = image.values.shape[:2]
    return Panel((image,), Axis(0.0, float(width)), Axis(0.0, float(height)), note=note, bare=True, square=True)


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
