"""The picture of a comparison under way: the table of epochs, a bar for each run, and one for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from paribus.programs.view import reached_words
from paribus.terminal.epochs import epoch_columns, epoch_table, figure_text
from paribus.terminal.progress import Progress, RunState
from paribus.words.translation import Words


@dataclass(frozen=True)
class Frame:
    """One moment, to be drawn. `names` has each arm's display name; `since` is when the progress was new."""

    progress: Progress
    names: Mapping[str, str]
    words: Words
    since: float
    clock: Callable[[], float] = time.monotonic

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table takes what height the bars leave, and then shows the last epochs."""
        runs = self.progress.under_way[: max(3, console.height // 3)]
        bars = self._bars(runs, options.max_width)
        room = console.height - len(runs) - 8
        yield from epoch_table(self.progress, self.names, self.words, options.max_width, last=max(3, room))
        yield ""
        yield bars

    def _bars(self, runs: Sequence[RunState], width: int) -> Table:
        grid = Table.grid(padding=(0, 1))
        bar_width = max(8, min(40, width - 52))
        for _ in range(4):
            grid.add_column(no_wrap=True)
        for run in runs:
            grid.add_row(*self._run_row(run, bar_width))
        more = len(self.progress.under_way) - len(runs)
        if more:
            grid.add_row(Text(self.words.plural("and {n} more run", "and {n} more runs", more), style="dim"))
        grid.add_row(*self._total_row(bar_width))
        return grid

    def _run_row(self, run: RunState, width: int) -> list[RenderableType]:
        words = self.words
        name = words.text("{arm}, seed {seed}", arm=self.names.get(run.arm, run.arm), seed=run.seed)
        reached = reached_words(self.progress.program, len(run.epochs_seen), run.epochs, words)
        metric, title = self.progress.program.steering, epoch_columns(self.progress.program, words)[-1][-1][1]
        last = run.epochs_seen[-1].figures.get(metric.name) if run.epochs_seen else None
        seen = "" if last is None else f"{title} {figure_text(metric, last, words)}"
        bar = ProgressBar(max(1, run.epochs), run.done, width=width)
        return [Text(name, overflow="ellipsis"), bar, Text(reached), Text(seen)]

    def _total_row(self, width: int) -> list[RenderableType]:
        progress, words = self.progress, self.words
        name = words.text("{n} of {total} runs", n=progress.ended, total=progress.total)
        bar = ProgressBar(max(1, progress.epochs_total), progress.epochs_done, width=width, complete_style="green")
        share = progress.epochs_done / max(1, progress.epochs_total)
        return [Text(name, style="bold"), bar, Text(words.percent(share, places=0)), Text(self._left())]

    def _left(self) -> str:
        left = self.progress.seconds_left()
        if left is None or self.progress.ended == self.progress.total:
            return ""
        return self.words.text("{time} left", time=self.words.duration(left - (self.clock() - self.since)))
