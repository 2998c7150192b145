"""The audit of a loop: its start against its end on fresh seeds, and each kept edit taken out of the end again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from paribus.comparison.statistics import t_ends
from paribus.programs.command.sealed_metrics import read_sealed
from paribus.records.referee import Pair, Version
from paribus.referee.journal import Journal, State, seeds
from paribus.referee.keep_rule import gain_of
from paribus.referee.pairs import BASELINE, CANDIDATE, Listener, Pairs, ignore
from paribus.referee.starting import command_arms
from paribus.referee.worktrees import Trees
from paribus.runs.store import Store

PAIRS = 6
_BEYOND = 1_000_000  # of seeds that count from a first one: no try comes so far


@dataclass(frozen=True)
class Line:
    """One comparison of the audit. number: of the kept try that was taken out; 0 for start against end.

    possible: whether the edit could be taken out. gain, low, high: how much better the end is, with its 95 % interval.
    sealed: of start against end, each sealed figure's mean at the start and at the end; empty while they are sealed.
    """

    number: int
    possible: bool = True
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    sealed: dict[str, tuple[float, float]] | None = None


def audit(journal: Journal, state: State, trees: Trees, unseal: bool, listener: Listener = ignore) -> list[Line]:
    """Make the runs that are missing. Hold the journal's lock. Nothing of it counts for the loop's error."""
    found = [_line(journal, state, trees, 0, state.loop.baseline, unseal, listener)]
    for begun, _ in state.kept:
        without = trees.without(state.baseline, begun.baseline, begun.candidate)
        if without is None:
            found.append(Line(begun.number, possible=False))
        else:
            found.append(_line(journal, state, trees, begun.number, without, False, listener))
    return found


def _line(
    journal: Journal, state: State, trees: Trees, number: int, other: Version, unseal: bool, listener: Listener
) -> Line:
    loop, store = state.loop, Store(journal.folder)
    first = None if loop.first_seed is None else loop.first_seed + _BEYOND
    arms = command_arms(loop, trees, other, state.baseline)
    runs = Pairs(arms, store, seeds(f"{loop.key}/audit", first, 0, PAIRS), loop.workers, listener=listener)
    gains = [_gain(state, pair) for pair in runs.run(PAIRS)]
    known = np.array([gain for gain in gains if np.isfinite(gain)])
    low, high = t_ends(known) if len(known) else (None, None)
    sealed = _sealed(runs, store, loop.sealed) if unseal else None
    return Line(number, True, float(known.mean()) if len(known) else None, low, high, sealed)


def _gain(state: State, pair: Pair) -> float:
    return gain_of(pair.baseline, pair.candidate, state.loop.program.judging.direction)


def _sealed(runs: Pairs, store: Store, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    found = {}
    for name in names:
        means = []
        for arm in (BASELINE, CANDIDATE):
            values = [read_sealed(store.run_folder(of[arm].id)).get(name) for of in runs.records]
            known = [value for value in values if value is not None]
            means.append(sum(known) / len(known) if known else float("nan"))
        found[name] = (means[0], means[1])
    return found
