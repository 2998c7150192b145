"""What several parts of a report need of the store and of the data, each read once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from paribus.core.errors import DataError, StoreError
from paribus.programs.recipe.data.dataset import DataSet, open_dataset
from paribus.programs.recipe.data.inventory import catalogue
from paribus.records.comparison import Comparison
from paribus.records.run import RunResult
from paribus.runs.store import RunFolder, Store


class Opened:
    """A comparison with its store: the data set of all arms, and what runs answered to the test images."""

    def __init__(self, comparison: Comparison, store: Store) -> None:
        self.comparison = comparison
        self.store = store
        self._results: dict[str, RunResult | None] = {}

    def result(self, folder: RunFolder) -> RunResult | None:
        """What a run ended with; None where it has not ended. Raises StoreError where that is damaged."""
        name = folder.path.name
        if name not in self._results:
            self._results[name] = folder.result()
        return self._results[name]

    def dataset(self, folders: Sequence[RunFolder]) -> DataSet | None:
        """The data set of all arms, if it is on this machine as the runs of `folders` had it."""
        dataset = self._dataset
        try:
            same = dataset is not None and all(folder.record().data_digest == dataset.digest for folder in folders)
        except StoreError:
            return None
        return dataset if same else None

    @cached_property
    def _dataset(self) -> DataSet | None:
        """Nothing is downloaded for a report."""
        names = {str(arm.fields["dataset"]) for arm in self.comparison.arms}
        if len(names) > 1 or any(entry.name in names and not entry.available for entry in catalogue()):
            return None
        try:
            return open_dataset(names.pop())
        except DataError:
            return None
