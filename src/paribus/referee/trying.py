"""One try: a candidate against what stands, paired by seed, until it is decided or the budget is spent."""

from __future__ import annotations

import importlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ParibusError
from paribus.core.exit_codes import OPEN
from paribus.records.referee import Begun, Ended, Outcome, Pair, Version
from paribus.referee.cost_guards import held
from paribus.referee.journal import Journal, Outside, State
from paribus.referee.leftover_edits import Meanwhile
from paribus.referee.pairs import CANDIDATE, Arms, Listener, Pairs, ignore
from paribus.runs.failing import last_words
from paribus.runs.single_run import now
from paribus.runs.store import Store

if TYPE_CHECKING:
    from paribus.referee.keep_rule import Step


_BEGUN = 0.05  # seconds after which the first run is under way


class BudgetSpent(ParibusError):
    """Nothing was run, since the loop's budget is spent."""

    exit_code = OPEN


def load_rule() -> None:
    """Most of a second passes as SciPy is loaded: nobody waits for it where a run takes as long."""
    importlib.import_module("paribus.referee.keep_rule")


@dataclass
class Attempt:
    """A candidate to be tried. Hold the journal's lock.

    arms: of a baseline and a candidate. touched: files of the ruler that it changes, where that was allowed;
    outside: what stands of files outside the code, where a change of those was allowed.
    meanwhile: what may be done, in a thread, while the first run is made. held: what the candidate holds, found in
    another. clock: when the command began, by
    `time.perf_counter`.
    """

    journal: Journal
    state: State
    candidate: Version
    arms: Callable[[Version, Version], Arms]
    message: str = ""
    touched: tuple[str, ...] = ()
    outside: Outside | None = None
    listener: Listener = ignore
    meanwhile: Callable[[], object] = load_rule
    held: Meanwhile = field(default_factory=Meanwhile)
    clock: float = field(default_factory=time.perf_counter)

    def run(self) -> tuple[Begun, Ended]:
        """Try it; or go on with the same try, where that was begun and not ended. The journal has it at the end."""
        begun = self._begin()
        ended = self._decided(begun)
        self.journal.add(ended)
        return begun, ended

    def _begin(self) -> Begun:
        here, there = (self.candidate.tree, self.state.baseline.tree), self.state.open
        if there is not None and (there.candidate.tree, there.baseline.tree) == here:
            return there
        if there is not None:  # counted as if it had been tested: nobody may stop a try to try again for nothing
            gone = Ended(number=there.number, created=now(), outcome="open", reason="abandoned", tested=True)
            self.journal.add(gone)
            self.state = self.journal.state()
        loop = self.state.loop
        if loop.budget is not None and self._seconds_left(0.0) < self._usual_pair:
            raise BudgetSpent(
                "the loop's budget of {seconds:.0f} s is spent, and nothing was run: the loop is over. Undo the edit, "
                "and see paribus referee report for what came of it",
                seconds=loop.budget,
            )
        begun = Begun(
            number=len(self.state.tries) + 1,
            created=now(),
            message=self.message,
            candidate=self.candidate,
            baseline=self.state.baseline,
            touched=self.touched,
            facts=self.outside and self.outside.facts,
            digests=self.outside and self.outside.digests,
        )
        self.journal.add(begun)
        return begun

    @property
    def _usual_pair(self) -> float:
        seconds = sorted(self.state.loop.seconds)
        return 2 * seconds[len(seconds) // 2]

    def _seconds_left(self, taken: float) -> float:
        """Of both budgets, after so many seconds of this try."""
        loop = self.state.loop
        left = [float("inf")]
        if loop.budget is not None:
            left.append(loop.budget - self.state.seconds - taken)
        if loop.budget_per_try is not None:
            left.append(loop.budget_per_try - taken)
        return min(left)

    def _decided(self, begun: Begun) -> Ended:
        if begun.candidate.tree == begun.baseline.tree:
            return self._end(begun, "discard", "nothing_changed")
        loop, pairs = self.state.loop, list[Pair]()
        runs = Pairs(
            self.arms(begun.baseline, begun.candidate),
            Store(self.journal.folder),
            self.state.seeds_of(begun.number),
            loop.workers,
            side_by_side=not loop.repeats or bool(loop.guards),
            guards=loop.guards,
            listener=self.listener,
        )
        direction = loop.program.judging.direction
        beside = threading.Timer(_BEGUN, self._beside)  # not before: two threads would wait for each other
        beside.daemon = True
        beside.start()
        pairs += runs.run(max(loop.workers // 2, 1))
        from paribus.referee.keep_rule import decide, gain_of

        while True:
            gains = [gain_of(pair.baseline, pair.candidate, direction) for pair in pairs]
            step = decide(self.state.rule, self.state.past, gains)
            guarded = {guard.text: held(guard, pairs, loop.error, loop.pairs) for guard in loop.guards if pairs}
            ended = _ended(step, guarded, len(pairs) >= loop.pairs)
            if len(pairs) == 1 and ended is None:
                ended = self._after_first(pairs[0], runs)
            if ended is None and pairs and self._seconds_left(runs.seconds) < (runs.pair_seconds or self._usual_pair):
                ended = "open", "time"
            if ended is not None:
                return self._end(begun, *ended, pairs, step, guarded, runs)
            pairs += runs.run(max(step.pairs, loop.workers // 2, 1), more=True)

    def _beside(self) -> None:
        self.meanwhile()
        self.held.held()

    def _after_first(self, pair: Pair, runs: Pairs) -> tuple[Outcome, str] | None:
        if pair.baseline is None and pair.candidate is None:
            return "open", "baseline_fails"
        loop = self.state.loop
        if loop.keep_if == "better" and loop.repeats and runs.same_bits(0):  # what only simplifies may well be alike
            return "discard", "same_bits"
        return None

    def _end(
        self,
        begun: Begun,
        outcome: Outcome,
        reason: str,
        pairs: list[Pair] | None = None,
        step: Step | None = None,
        guarded: dict[str, bool | None] | None = None,
        runs: Pairs | None = None,
    ) -> Ended:
        if runs:
            runs.let_go()
        seconds = runs.seconds if runs else 0.0
        told: dict[str, Any] = {} if step is None else {
            "used": step.used, "tested": step.tested, "level": step.level,
            "gain": step.gain, "low": _finite(step.low), "high": _finite(step.high),
        }  # fmt: skip
        failed = next((f[CANDIDATE] for f in (runs.records if runs else []) if f[CANDIDATE].failure is not None), None)
        if failed is not None and failed.failure is not None:
            folder = Store(self.journal.folder).open_run(failed.id)
            told |= {"why": failed.failure.said, "tail": last_words(folder)}
        if runs is not None:
            told |= {"files": self.held.held().files, "holds": self.held.held().tries}
        return Ended.model_validate(
            {
                "number": begun.number,
                "created": now(),
                "outcome": outcome,
                "reason": reason,
                "pairs": pairs or (),
                "guarded": guarded or {},
                "seconds": seconds,
                "own_seconds": time.perf_counter() - self.clock - seconds,
                **told,
            }
        )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _ended(step: Step, guarded: dict[str, bool | None], spent: bool) -> tuple[Outcome, str] | None:
    """The answer, once there is one: what is better is kept where all guards hold, and waits where one is open."""
    if step.do in ("keep", "run") and False in guarded.values():
        return "discard", "guard"
    if step.do == "keep" and None in guarded.values():
        return ("open", "guard_open") if spent else None
    return None if step.do == "run" else (step.do, step.reason)
