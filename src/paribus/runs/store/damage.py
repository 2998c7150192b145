"""What a reader goes without, since it is damaged: collected, so that whoever reads is told, with the files' names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paribus.core.errors import StoreError
from paribus.core.messages import Message


class Damage:
    """What was left out so far, each fault once. What is merely not there is no damage."""

    def __init__(self) -> None:
        self._found: dict[str, StoreError] = {}

    def add(self, *faults: StoreError) -> None:
        """What is wrong with files that were left out."""
        for fault in faults:
            self._found.setdefault(str(fault), fault)

    @contextmanager
    def left_out(self) -> Iterator[None]:
        """Go on behind this block where something in it cannot be read."""
        try:
            yield
        except StoreError as fault:
            self.add(fault)

    @property
    def faults(self) -> tuple[StoreError, ...]:
        """What is wrong, as it was found."""
        return tuple(self._found.values())

    def told(self, root: Path) -> tuple[Message, ...]:
        """A sentence for each, with names as they are in the store: a report may be for others."""
        return tuple(
            Message("left out, since it cannot be read: {fault}", fault=_within(fault.message, root))
            for fault in self.faults
        )


def _within(value: Any, root: Path) -> Any:
    if isinstance(value, Message):
        return Message(value.id, **{name: _within(inner, root) for name, inner in value.values.items()})
    return value.relative_to(root) if isinstance(value, Path) and value.is_relative_to(root) else value
