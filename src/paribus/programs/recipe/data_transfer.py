"""Data sets for machines that share no folder with this one."""

from __future__ import annotations

from paribus.records.program import Fields
from paribus.runs.program_data import ProgramData
from paribus.runs.task import Task


class CarriesDataSets(ProgramData):
    """What a recipe's runs read is one data set, which has a digest."""

    def lacks_data(self, task: Task) -> bool:
        """Neither where the recipe says, as after a download of a known set, nor because it came before."""
        from paribus.programs.recipe.data.transferred_data import is_here

        return not is_here(str(task.fields["dataset"]), task.data_digest)

    def packed_data(self, fields: Fields) -> bytes:
        """Its arrays, as unsigned bytes."""
        from paribus.programs.recipe.data import open_dataset
        from paribus.programs.recipe.data.transferred_data import packed

        return packed(open_dataset(str(fields["dataset"])))

    def take_data(self, packed: bytes, digest: str) -> None:
        """Into the cache, from which all runs of the machine map it."""
        from paribus.programs.recipe.data.transferred_data import take

        take(packed, digest)
