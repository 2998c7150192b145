"""Mends of what hands out batches."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from torch.utils.data import DataLoader, IterableDataset

from paribus.programs.function.mending.base import Mending


def shuffle(mending: Mending, value: Any) -> None:
    """A DataLoader that goes through its data in order goes through them in an order that is drawn each time."""

    def shuffled(init: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(init)
        def made(
            loader: Any,
            dataset: Any,
            batch_size: int | None = 1,
            shuffle: bool | None = None,
            sampler: Any = None,
            batch_sampler: Any = None,
            *args: Any,
            **kwargs: Any,
        ) -> None:
            ordered = not shuffle and sampler is None and batch_sampler is None
            if ordered and not isinstance(dataset, IterableDataset):
                mending.hit("shuffle")
                shuffle = True
                kwargs.setdefault("generator", mending.draws("shuffle"))
            init(loader, dataset, batch_size, shuffle, sampler, batch_sampler, *args, **kwargs)

        return made

    mending.events.replace(DataLoader, "__init__", shuffled)
