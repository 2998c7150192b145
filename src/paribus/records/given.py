"""Results that somebody's runs gave already: for each arm its runs' figures, by seed or without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.messages import Message
from paribus.records.factorial import Cell, Factor
from paribus.records.program import Metric


@dataclass(frozen=True, eq=False)
class GivenArm:
    """One arm's runs: their seeds (their places, where they are not paired), and for each metric their figures.

    A figure is NaN where the run gave none, and infinite where it gave one that is no number. items: for each run which
    items it got right, where that is known.
    """

    seeds: NDArray[np.int64]
    figures: Mapping[str, NDArray[np.float64]]
    items: tuple[NDArray[np.bool_], ...] = ()


@dataclass(frozen=True, eq=False)
class Given:
    """What is to be judged.

    metrics: the first is judged. paired: whether runs with one seed are compared with each other. source: where the
    figures are from, as plain JSON; `seed_names` has the names of seeds that are no numbers. notes: how they were read.
    factors, cells: of two crossed factors, whose cells the arms are. datasets: of several data sets, which are called
    by `dataset_column`, the arms that have runs on each; `arms` has all their runs together.
    """

    arms: Mapping[str, GivenArm]
    metrics: tuple[Metric, ...]
    paired: bool
    factor: str = "arm"
    source: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    factors: tuple[Factor, ...] = ()
    cells: tuple[Cell, ...] = ()
    datasets: Mapping[str, Mapping[str, GivenArm]] = field(default_factory=dict)
    dataset_column: str = ""
