"""The rule of a comparison that grows pair by pair: every pair of arms by itself, each with its share of the error."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from paribus.comparison.anytime.evalues import paths
from paribus.comparison.anytime.pair_evidence import settled_at
from paribus.comparison.anytime.sequential import ERROR, SequentialState, judge_pairs
from paribus.comparison.arm_results import ArmRuns, without_astray
from paribus.comparison.pair_verdicts import arm_pairs
from paribus.comparison.rare_failures import unseen
from paribus.core.seeds import generator
from paribus.records.comparison import Estimate, PairView
from paribus.records.program import Metric, ProgramInfo
from paribus.records.reasons import NO_SPREAD, NOTHING_TRAINED
from paribus.records.verdict_parts import Answer, Answers, Anytime

RULE = "anytime"

_SIMULATED = 1000  # comparisons


def share_of(pairs: int) -> float:
    """What each of so many pairs of arms may err: the same share for all, so that each can stop by itself."""
    return ERROR / pairs


def states_of(
    arms: Sequence[ArmRuns],
    program: ProgramInfo,
    margin: float,
    most: int,
    baseline: str = "",
    only: Collection[tuple[str, str]] | None = None,
) -> dict[tuple[str, str], SequentialState]:
    """What the runs that pairs of arms share say, in the order of the seeds; runs without seeds pair by place.

    only: the pairs that are asked for; the error is shared by all.
    """
    counted = next((len(found) for arm in arms for found in arm.items if found is not None), None)
    metric = program.judging.of_items(counted)
    pairs = list(arm_pairs(without_astray(arms, metric.name), baseline))
    return {
        (a.name, b.name): _state(a, b, metric, margin, share_of(len(pairs)), most)
        for a, b in pairs
        if only is None or (a.name, b.name) in only
    }


def _state(a: ArmRuns, b: ArmRuns, metric: Metric, margin: float, error: float, most: int) -> SequentialState:
    n = min(len(a.columns.seeds), len(b.columns.seeds))
    figures = [np.where(arm.columns.counted[:n], arm.columns.figures[metric.name][:n], np.nan) for arm in (a, b)]
    return judge_pairs(np.stack(figures, axis=-1), metric, margin, error, most)


def anytime_pairs(pairs: Sequence[PairView], states: Mapping[tuple[str, str], SequentialState]) -> tuple[PairView, ...]:
    """The pairs as this rule judges them, in place of the one for a number of seeds that was fixed beforehand."""
    return tuple(_view(pair, states[pair.a, pair.b], len(states)) for pair in pairs)


def _view(pair: PairView, state: SequentialState, tests: int) -> PairView:
    failed = state.only_a + state.only_b > 0
    known = state.reason not in (NOTHING_TRAINED.name, NO_SPREAD.name) and (failed or state.both > 1)
    trains = Answer(
        verdict=state.trains,
        test="anytime_counts",
        p=state.p_trains,
        p_adjusted=min(1.0, state.p_trains * tests),
        level=ERROR,
    )
    p_figure = state.p_equal if state.figure == "equal" else state.p_figure
    figure = Answer(
        verdict=state.figure, test="anytime_t", p=p_figure, p_adjusted=min(1.0, p_figure * tests), level=ERROR
    )
    equal = state.p_equal if state.margin and known else None
    p, hidden = min(state.p_trains, state.p_figure), unseen(state.reason, state.both, state.difference, 1 - state.error)
    return pair.model_copy(
        update={
            "low": state.low,
            "high": state.high,
            "level": 1 - state.error,
            "reshaped": False,
            "p_t": None,
            "p_trained": state.p_trains if failed else None,
            "p_equal": equal,
            "p_equal_holm": None if equal is None else min(1.0, equal * tests),
            "p_decision": p if known else None,
            "p_holm": min(1.0, p * tests) if known else None,
            "decided_by": "anytime" if known else "none",
            "verdict": state.verdict,
            "reason": state.reason,
            "seeds_to_settle": None,
            "seeds_to_settle_low": None,
            "seeds_to_settle_high": None,
            "margin_supported": None,
            "unseen_share": hidden.share,
            "unseen_loss": hidden.loss,
            "overstated": None,
            "without_far": _without_interval(pair.without_far),
            "answers": Answers(trains=trains if failed else None, figure=figure if state.both else None),
            "anytime": Anytime(
                status=state.status, decided_at=state.decided_at, most=state.most or state.pairs, chance=state.chance
            ),
        }
    )


def _without_interval(estimate: Estimate | None) -> Estimate | None:
    """A t interval may be read once, and not after every pair."""
    return estimate and estimate.model_copy(update={"low": None, "high": None})


def median_pairs(effect: float, pairs: int, most: int) -> int | None:
    """After how many pairs half of such comparisons are decided, by simulation; None where not within `most`.

    effect: mean difference over its standard deviation, of normal differences; all runs train. pairs: how many pairs
    of arms share the error.
    """
    gains = effect + generator(0, "pairs needed").standard_normal((_SIMULATED, most))
    trained = np.ones(gains.shape, dtype=bool)
    found = paths(gains, trained, trained, margin=0.0)
    settled = settled_at(*found.answers(share_of(pairs)), np.stack([trained, trained], axis=-1))
    first = np.sort(np.where(settled.any(axis=1), settled.argmax(axis=1) + 1, most + 1))[_SIMULATED // 2]
    return int(first) if first <= most else None
