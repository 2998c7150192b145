"""A bar in Jupyter while runs go on: they take minutes, and a cell would say nothing till they are over."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from paribus.records.events import EpochDone, RunEnded, RunStarted
from paribus.words.translation import language_from_locale, translator

Listener = Callable[[Any], None]
_PAUSE = 0.25  # seconds between two pictures


@contextlib.contextmanager
def heard(
    on_event: Listener | None, runs: int | None = None, said: Callable[[Any], str] = lambda event: ""
) -> Iterator[Listener]:
    """Whom a call tells of its events: `on_event`, or where none is given a bar in Jupyter, which goes away at the end.

    Args:
        on_event: as the caller gave it.
        runs: how many there will be; None where nobody knows.
        said: what an event has to say beside the bar.
    """
    if on_event is not None:
        yield on_event
        return
    show = display_here()
    bar = Bar(runs, said, show) if show is not None else None
    try:
        yield bar or (lambda event: None)
    finally:
        if bar is not None:
            bar.close()


def display_here() -> Callable[..., Any] | None:
    """IPython's `display`, in a notebook; None elsewhere, and nothing is imported there."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import display

    return display


class Bar:
    """What is done of all runs, drawn anew as events come; nothing is drawn before a run is made."""

    def __init__(
        self,
        runs: int | None,
        said: Callable[[Any], str],
        display: Callable[..., Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runs, self._say, self._display, self._clock = runs, said, display, clock
        self._words = translator(language_from_locale(os.environ))
        self._done: dict[tuple[str, int], float] = {}  # of each run the share that is done
        self._reused, self._said = 0, ""
        self._begun, self._drawn = clock(), -_PAUSE
        self._handle: Any = None

    def __call__(self, event: Any) -> None:
        """Something happened to a run."""
        self._said = self._say(event) or self._said
        match event:
            case RunStarted(reused=False):
                self._done.setdefault((event.arm, event.seed), 0.0)
            case EpochDone() if (event.arm, event.seed) in self._done and event.epochs:
                self._done[event.arm, event.seed] = min(1.0, event.epoch.epoch / event.epochs)
            case RunEnded():
                self._reused += event.reused
                self._done[event.arm, event.seed] = 1.0
            case _:
                return
        if len(self._done) > self._reused and self._clock() - self._drawn >= _PAUSE:
            self._draw()

    def close(self) -> None:
        """Take it away."""
        if self._handle is not None:
            self._handle.update({"text/plain": ""}, raw=True)

    def _draw(self) -> None:
        ended = sum(share == 1.0 for share in self._done.values())
        known = {} if self._runs is None else {"max": self._runs, "value": f"{sum(self._done.values()):.3f}"}
        bar = "".join(f' {name}="{value}"' for name, value in known.items())
        text = " · ".join(filter(None, [self._said, self._counted(ended)]))
        page = f'<progress{bar} style="width:16em"></progress> <span>{escape(text)}</span>'
        data = {"text/html": page, "text/plain": text}
        if self._handle is None:
            self._handle = self._display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)
        self._drawn = self._clock()

    def _counted(self, ended: int) -> str:
        if self._runs is None:
            return self._words.plural("{n} run", "{n} runs", ended)
        counted = self._words.text("{n} of {total} runs", n=ended, total=self._runs)
        made = sum(self._done.values()) - self._reused
        if made <= 0.0:
            return counted
        left = (self._clock() - self._begun) / made * (self._runs - sum(self._done.values()))
        return f"{counted}, {self._words.text('{time} left', time=self._words.duration(left))}"
