"""What a loop of edits says while its runs are made: a line on a terminal; elsewhere a line now and then."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.status import Status

    from paribus.records.run import RunRecord
    from paribus.terminal.screen import Screen
    from paribus.words.translation import Words

_EVERY = 30.0  # seconds between two lines where nothing is live
_SOON = 0.5  # seconds after which somebody on a terminal wants to know what is under way


class TryShow:
    """Use it as a context manager. Nothing is loaded for it before somebody waits: an answer may come sooner.

    quiet: nothing is said. lang: of the option; None for the locale's.
    """

    def __init__(self, quiet: bool, lang: str | None) -> None:
        self._quiet, self._lang = quiet, lang
        self._begun = self._said = time.monotonic()
        self._runs, self._latest = 0, ""
        self._lock, self._over = threading.Lock(), False
        self._status: Status | None = None
        self._timer = threading.Timer(_SOON, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """There is an answer: the line goes."""
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()
                self._status = None

    def heard(self, arm: str, seed: int, record: RunRecord) -> None:
        """A run has ended."""
        self._runs += 1
        self._latest = f"{record.judged:.6g}" if record.failure is None else "–"
        now = time.monotonic()
        if not self._quiet and not sys.stderr.isatty() and now - self._said >= _EVERY:
            self._said = now
            screen = self._screen()
            screen.paragraph(self._line(screen))

    def _show(self) -> None:
        screen = self._screen()
        with self._lock:
            if screen.live and not self._over:
                self._status = screen.console.status(_Now(lambda: self._line(screen)))
                self._status.start()

    def _screen(self) -> Screen:
        from paribus.terminal.screen import Screen
        from paribus.words.translation import language_from_locale

        return Screen(sys.stderr, os.environ, self._lang or language_from_locale(os.environ))

    def _line(self, screen: Screen) -> str:
        words = screen.words
        if not self._runs:
            return words.text("The first run has taken {time} so far …", time=self._taken(words))
        return words.plural(
            "{n} run made in {time}, the latest gave {figure} …",
            "{n} runs made in {time}, the latest gave {figure} …",
            self._runs,
            time=self._taken(words),
            figure=self._latest,
        )

    def _taken(self, words: Words) -> str:
        return words.duration(time.monotonic() - self._begun)


class _Now:
    """A line as it is whenever the terminal is drawn: its time goes on while a run does."""

    def __init__(self, line: Callable[[], str]) -> None:
        self._line = line

    def __rich__(self) -> str:
        return self._line()
