"""The line that says what is under way, while somebody waits for an answer."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.status import Status

from paribus.terminal.screen import Screen


class Waiting:
    """A show with a line of its own on a live terminal. Use it as a context manager, for the cursor's sake.

    `begun`: what the line says at first. Quiet, or where nothing is live, there is no line.
    """

    def __init__(self, screen: Screen, begun: str, *, quiet: bool) -> None:
        self.screen = screen
        self._begun, self._quiet = begun, quiet
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self.screen.live and not self._quiet:
            self._status = self.screen.console.status(self._begun)
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
