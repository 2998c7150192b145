"""What the page's lab is made from: plain arrays and records, wherever they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from paribus.records.trace import StepTrace

Weights = Mapping[str, NDArray[Any]]

# Why there are no networks to show; `words_lab` has a sentence for each.
Absence = Literal[
    "none_finished",  # no seed with which every arm has a finished run
    "damaged",  # weights or answers that cannot be read, or are not what the record says
    "data",  # the data set is not on this machine, or has changed
    "several_data",  # the arms learned different data sets
    "own_model",  # the network is code of somebody's own
    "misfit",  # the weights are not those of the recipe's network
    "large",  # the networks are too large for a page
]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Weights after `step` steps, by the names of the model's `state_dict`; `epoch`: the one that ended with it."""

    step: int
    epoch: int | None
    weights: Weights


@dataclass(frozen=True, eq=False)
class ArmMaterial:
    """One arm's run. `snapshots`: in order of their steps, last the weights that the run ended with; empty where the
    material is `absent`. `table`: [256] the network's input for each byte of an image. `predicted`: the classes that
    the run gave to the material's images, in order.
    """

    steps_per_epoch: int
    trace: tuple[StepTrace, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    table: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    predicted: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class LabMaterial:
    """The runs of one seed, an arm each in the comparison's order, and some test images.

    images: uint8 [n, channels, height, width]; labels and places: [n], an image's class and its number in the test set.
    typical: whether every arm went with this seed as most of its runs did. absent: why there are no networks; then
    there may be traces, and the rest is empty.
    """

    seed: int
    typical: bool
    arms: tuple[ArmMaterial, ...]
    images: NDArray[np.uint8]
    labels: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    absent: Absence | None = None


def nothing(seed: int, absent: Absence, arms: tuple[ArmMaterial, ...] = ()) -> LabMaterial:
    """The material where there are no networks to show."""
    return LabMaterial(seed, False, arms, np.zeros((0, 1, 1, 1), np.uint8), absent=absent)
