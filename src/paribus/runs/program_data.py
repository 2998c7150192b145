"""The part of the seam about data: which a run reads, and how they come to machines that share no folder with us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paribus.core.messages import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paribus.records.program import Fields
    from paribus.runs.task import Task


@dataclass(frozen=True)
class DataSizes:
    """The data's name, and how much there is to learn from and to be judged on, in words."""

    name: str
    parts: Message


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

    def data_digest(self, fields: Fields) -> str:
        """Digest of the data that a run reads; empty where it reads none."""
        return ""

    def data_sizes(self, fields: Fields) -> DataSizes | None:
        """What runs learn from and are judged on; None where nothing is known of it."""
        return None

    def to_download(self, arms: Sequence[Fields]) -> int:
        """Bytes that have to be downloaded before runs with these fields can be planned in full."""
        return 0
