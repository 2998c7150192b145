"""A comparison as it runs and ends, on a terminal or as plain lines."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from types import TracebackType

from rich.live import Live

from paribus.comparison.words.verdict_text import verdict_words
from paribus.programs.view import reached_words
from paribus.records.comparison import Comparison
from paribus.records.events import EpochDone, Event, RunEnded, RunStarted
from paribus.records.program import ProgramInfo
from paribus.terminal.epochs import MOST_LINES, epoch_columns, epoch_table, figure_text
from paribus.terminal.frame import Frame
from paribus.terminal.progress import PlanView, Progress, progress_of
from paribus.terminal.results import plan_facts, show_how_to_go_on, show_tables, show_verdict
from paribus.terminal.screen import Screen
from paribus.words.errors import message_words
from paribus.words.metric_format import counted_words, measure_of
from paribus.words.translation import Words


def anew_words(damaged: str, words: Words) -> str:
    """That a run was begun anew, and why."""
    return words.text("begun anew, since {file} of its earlier beginning was damaged", file=damaged)


def _is_told(event: EpochDone, program: ProgramInfo) -> bool:
    """Whether an epoch is worth a line: some twenty of a run are, however many there are.

    Where nobody knows how many there will be, these are the first ten, and then 20, 50, 100, 200, 500 and so on.
    """
    epoch = event.epoch.epoch
    if program.length is not None:
        return epoch in (1, event.epochs) or epoch % math.ceil(event.epochs / MOST_LINES) == 0
    return epoch <= 10 or str(epoch).rstrip("0") in ("1", "2", "5")


LONGEST_SILENCE = 60  # seconds without a line off a terminal, where runs go on


class ComparisonShow:
    """Shows one comparison: `plan`, then each `event`, then `comparison` and `report`, or `interrupted`.

    On a terminal the picture is drawn over while runs go on. Elsewhere each run is a line as it ends, with an epoch of
    one that goes on where a minute has passed without a word; of a single run epochs are lines. `quiet` prints the
    verdict alone. Use it as a context manager, so that the terminal's cursor comes back whatever happens.
    """

    def __init__(self, screen: Screen, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.screen = screen
        self._quiet = quiet
        self._clock = clock
        self._progress: Progress | None = None
        self._names: dict[str, str] = {}
        self._live: Live | None = None
        self._told = clock()  # when the last line was

    def __enter__(self) -> ComparisonShow:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def plan(self, plan: PlanView) -> None:
        """The header: versions, device, data, factor and arms, and how much there is to do."""
        self.follow(plan)
        lang = self.screen.words.lang
        if not self._quiet:
            self.screen.facts(plan_facts(plan, self.screen.words))
            notes = [message_words(note, lang) for note in plan.notes]
            for note in (*notes, *counted_words(plan.design.program, self.screen.words)):
                self.screen.paragraph(note)
            self.screen.blank()

    def follow(self, plan: PlanView) -> None:
        """Whose events come, without a header."""
        words, factor = self.screen.words, plan.design.factor
        self._progress = progress_of(plan)
        self._names = {arm.name: words.arm_label(arm.name, factor, arm.value) for arm in plan.design.arms}

    def event(self, event: Event) -> None:
        """Something happened to a run. `plan` comes first."""
        if self._progress is None:
            raise RuntimeError("plan must be shown before events")
        self._progress = self._progress.after(event)
        if self._quiet:
            return
        if isinstance(event, RunEnded) and event.damaged:
            self.screen.paragraph(f"{self._name(event)}: {anew_words(event.damaged, self.screen.words)}")
        if not self.screen.live:
            self._plain(event, self._progress)
            return
        if self._live is None:
            self._live = Live(console=self.screen.console, refresh_per_second=4, transient=True)
            self._live.start()
        self._live.update(Frame(self._progress, self._names, self.screen.words, self._clock(), self._clock))

    def comparison(self, comparison: Comparison, report_path: str | None = None, *, more: bool = False) -> None:
        """The end: the epochs' table, the verdict, the figures, where the report is and how to go on.

        more: a second answer follows, with which that is told.
        """
        self._stop()
        if self._quiet:
            self.screen.paragraph(verdict_words(comparison, self.screen.words.lang))
            return
        show_verdict(self.screen, comparison)
        show_tables(self.screen, comparison)
        if not more:
            show_how_to_go_on(self.screen, comparison, report_path)

    def report(self, path: str) -> None:
        """Where the report is, once it is written."""
        if not self._quiet:
            self.screen.verbatim(self.screen.words.text("Report:"), path)

    def interrupted(self, how_to_resume: str) -> None:
        """Stopped before the end: what is kept, and the command that goes on."""
        self._stop()
        words, progress = self.screen.words, self._progress
        if progress is not None:
            self.screen.paragraph(
                words.text(
                    "Stopped ({n} of {total} runs finished). Every finished epoch is saved.",
                    n=progress.ended,
                    total=progress.total,
                )
            )
        self.screen.verbatim(words.text("To go on:"), how_to_resume)

    def _stop(self) -> None:
        """Takes the picture away and leaves its table, with every epoch that fits a screen."""
        if self._live is None or self._progress is None:
            return
        self._live.stop()
        self._live = None
        console = self.screen.console
        for line in epoch_table(self._progress, self._names, self.screen.words, console.width):
            console.print(line, no_wrap=True, crop=True)
        self.screen.blank()

    def _plain(self, event: Event, progress: Progress) -> None:
        words = self.screen.words
        run, name, alone = progress.runs[event.arm, event.seed], self._name(event), progress.total == 1
        silent = self._clock() - self._told >= LONGEST_SILENCE
        match event:
            case RunStarted(reused=False) if alone:
                self.screen.paragraph(words.text("{run}: started", run=name))
            case EpochDone() if not run.reused and (_is_told(event, progress.program) if alone else silent):
                self._plain_epoch(name, event, progress)
            case RunEnded():
                self._plain_end(name, event, progress)
            case _:
                return
        self._told = self._clock()

    def _name(self, event: Event) -> str:
        name = self._names.get(event.arm, event.arm)
        return self.screen.words.text("{arm}, seed {seed}", arm=name, seed=event.seed)

    def _plain_epoch(self, name: str, event: EpochDone, progress: Progress) -> None:
        words, figures, program = self.screen.words, event.epoch.figures, progress.program
        known = [program.metric(name) for name, _ in epoch_columns(program, words)[0] if name in figures]
        said = [
            f"{measure_of(metric, words.lang).label} {figure_text(metric, figures[metric.name], words)}"
            for metric in known
        ]
        reached = reached_words(program, event.epoch.epoch, event.epochs, words)
        self.screen.paragraph(", ".join([f"{name}: {reached}", *said]))

    def _last_figure(self, event: RunEnded, progress: Progress) -> str:
        """What steers, as it was after the run's last epoch; nothing of a run without epochs."""
        metric, seen = progress.program.steering, progress.runs[event.arm, event.seed].epochs_seen
        if not seen or metric.name not in seen[-1].figures:
            return ""
        figure = figure_text(metric, seen[-1].figures[metric.name], self.screen.words)
        return f", {measure_of(metric, self.screen.words.lang).label} {figure}"

    def _plain_end(self, name: str, event: RunEnded, progress: Progress) -> None:
        words = self.screen.words
        if event.failure is not None:
            end = words.text("{run}: failed: {why}", run=name, why=message_words(event.failure.message, words.lang))
        elif event.status == "diverged":
            end = words.text("{run}: diverged", run=name)
        elif event.reused:
            end = words.text("{run}: reused, finished earlier", run=name)
        else:
            end = words.text("{run}: finished", run=name) + self._last_figure(event, progress)
        count = words.text("{n} of {total} runs", n=progress.ended, total=progress.total)
        # After a run that was kept nobody knows how many of the others were.
        left = progress.seconds_left() if progress.ended < progress.total and not event.reused else None
        if left:
            count += ", " + words.text("{time} left", time=words.duration(left))
        self.screen.paragraph(f"{end} ({count})")
