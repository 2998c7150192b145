"""One run to be made, as it is handed to a worker. Apart from what makes it, so that planning loads no torch."""

from __future__ import annotations

from dataclasses import dataclass, field

from paribus.records.program import Fields, ProgramInfo

PROBES = ("off", "light", "full")  # what may be watched in a training


@dataclass(frozen=True)
class How:
    """How a run is made, apart from its fields. device: its kind; device_name: what its hardware calls itself.

    kernel: whose code computes; empty where a program has no choice. threads: that a run is told to have.
    """

    device: str = "cpu"
    device_name: str = ""
    kernel: str = ""
    probes: str = "light"
    threads: int = 1


@dataclass(frozen=True)
class Task:
    """One run to be made: all that a worker on this or another machine needs to know.

    beginning: a finished shorter run whose epochs are this one's first (see `growing`); empty where there is none.
    entry: where a worker finds the program's code, `module:factory`. payload: the pickled code of a program that no
    worker can import, a function of a notebook's cell, say; empty where there is none. replaces: the stamp of an ended
    run in its place that does not count any more: it is made anew; empty where none is. brief: nobody asks for the
    run before it has ended, and one that a power cut takes away is made again: that saves most waits for the disk.
    """

    store: str
    run_id: str
    arm: str
    program: ProgramInfo
    fields: Fields
    seed: int
    how: How
    data_digest: str
    code_identity: str
    beginning: str = ""
    entry: str = ""
    payload: bytes = field(default=b"", repr=False)
    replaces: str = ""
    brief: bool = False

    @property
    def length(self) -> int:
        """How many epochs the run will have."""
        return self.program.length_of(self.fields)
