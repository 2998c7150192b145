"""What the runs of a stack learn from: where they can, from one copy of the bytes, each with the places of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor

from paribus.programs.recipe.data.on_device import Picked, indices, looked_up
from paribus.programs.recipe.training.batch_order import batches, epoch_order, slices
from paribus.programs.recipe.training.fit import TrainingRun


class StackedData(Protocol):
    """runs: those of the stack, whose own training sets are views of what lies here."""

    runs: Sequence[TrainingRun]

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Images [runs, batch, channels, height, width] and labels [runs, batch], of each run its own."""


def data_of(runs: Sequence[TrainingRun]) -> StackedData:
    """Shared where all runs read the same bytes."""
    sources = {id(run.data.train_x.source) if isinstance(run.data.train_x, Picked) else None for run in runs}
    return OfBytes(runs) if len(sources) == 1 and None not in sources else OfTensors(runs)


class OfTensors:
    """Each run's own floats, side by side."""

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        self._x = torch.stack([run.data.train_x[:] for run in runs])
        self._y = torch.stack([run.data.train_y[:] for run in runs])
        # A run keeps a view of these: the device need not hold its training set twice.
        self.runs: Sequence[TrainingRun] = [
            replace(run, data=replace(run.data, train_x=x)) for run, x in zip(runs, self._x, strict=True)
        ]

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Slices of the tensors, or what is chosen of them."""
        each = torch.arange(len(self.runs), device=self._x.device)[:, None]
        for parts in zip(*(batches(r.data, r.recipe, r.seed, epoch) for r in self.runs), strict=True):
            part = parts[0]
            where = (slice(None), part) if isinstance(part, slice) else (each, torch.stack(parts))
            yield self._x[where], self._y[where]


class OfBytes:
    """One copy of the data set for all runs: a run has two bytes for each of its images, and as many in an epoch."""

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        images, labels = ([_picked(part) for part in parts] for parts in zip(*map(_training_set, runs), strict=True))
        self._source, self._labels = images[0].source, labels[0].source
        self._places = torch.stack([_given(one.positions) for one in images])
        tables = torch.stack([_given(one.table) for one in images])
        self._table = tables[0] if bool((tables == tables[0]).all()) else tables
        own = any(one.positions is None for one in labels)  # some were drawn anew
        self._own = torch.stack([one[:].to(self._labels.dtype) for one in labels]) if own else None
        self.runs: Sequence[TrainingRun] = [
            replace(run, data=replace(run.data, train_x=replace(x, positions=row), train_y=_at(y, row)))
            for run, x, y, row in zip(runs, images, labels, self._places, strict=True)
        ]

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The places of a batch, and what lies there."""
        recipe, samples = self.runs[0].recipe, self._places.shape[1]
        places, own = self._ordered(epoch)
        for part in slices(samples, recipe):
            where = indices(places[:, part])
            y = self._labels[where] if own is None else own[:, part]
            yield looked_up(self._source[where], self._table), y.long()

    def _ordered(self, epoch: int) -> tuple[Tensor, Tensor | None]:
        """Places and labels in the order of an epoch, each run's own."""
        if self.runs[0].recipe.batch_order != "shuffled":
            return self._places, self._own
        places, own = torch.empty_like(self._places), None if self._own is None else torch.empty_like(self._own)
        for row, run in enumerate(self.runs):  # one by one: an order has eight bytes for each image
            order = epoch_order(places.shape[1], run.seed, epoch).to(places.device)
            places[row] = self._places[row][order]
            if own is not None and self._own is not None:
                own[row] = self._own[row][order]
        return places, own


def _training_set(run: TrainingRun) -> tuple[object, object]:
    return run.data.train_x, run.data.train_y


def _at(labels: Picked, row: Tensor) -> Picked:
    return labels if labels.positions is None else replace(labels, positions=row)


def _picked(part: object) -> Picked:
    assert isinstance(part, Picked)
    return part


def _given(tensor: Tensor | None) -> Tensor:
    assert tensor is not None
    return tensor
