"""The part of the seam that brings data to machines which share no folder with this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paribus.records.program import Fields
    from paribus.runs.task import Task


class ProgramData:
    """A program whose runs read data that it knows has more to say here; others leave it as it is."""

    def lacks_data(self, task: Task) -> bool:
        """Whether this machine has not the data of the plan, which then travel to it, once."""
        return False

    def packed_data(self, fields: Fields) -> bytes:
        """The data of runs with these fields, as they travel."""
        return b""

    def take_data(self, packed: bytes, digest: str) -> None:
        """Keep data that came, for all runs of this machine. Raises ParibusError unless they have the digest."""
