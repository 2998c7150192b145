"""What an explanation says beside causes, from runs that are there: saturation of its arms, and claims for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paribus.programs.recipe.claims import Seen, claims
from paribus.programs.recipe.cost import in_turn
from paribus.programs.recipe.kernels import usable
from paribus.programs.recipe.recipe import recipe_of
from paribus.programs.recipe.saturation import saturation
from paribus.records.claims import Claim
from paribus.records.comparison import ArmView, Comparison
from paribus.records.explanation import Saturation
from paribus.records.run import RunResult
from paribus.records.trace import StepTrace
from paribus.runs.program import Explained
from paribus.runs.store import Store

ROUNDS = 15  # of timing, some tenths of a second for each arm
TIMING_SECONDS = 30.0  # that must be left of a budget for it


def parts(asked: Explained) -> dict[str, Any]:
    """Saturation of each arm, or of the recipe, whose units have two flat ends; and claims."""
    return {"saturation": _saturations(asked), "claims": _claims(asked)}


def _results(arm: ArmView, store: Store) -> list[RunResult]:
    """The runs of a comparison's arm that are still in the store."""
    return [result for run in arm.runs if (result := store.result(run.id)) is not None]


def _saturations(asked: Explained) -> tuple[Saturation, ...]:
    if asked.comparison is None:
        of_arms = [("", recipe_of(asked.fields), list(asked.runs))]
    else:
        of_arms = [(arm.name, recipe_of(arm.fields), _results(arm, asked.store)) for arm in asked.comparison.arms]
    found = (
        saturation(name, recipe, _traces(runs, asked.store), asked.tested if name == asked.arm else ())
        for name, recipe, runs in of_arms
    )
    return tuple(one for one in found if one is not None)


def _traces(runs: Sequence[RunResult], store: Store) -> list[tuple[StepTrace, ...]]:
    return [store.open_run(run.record.id).trace() for run in runs]


def _claims(asked: Explained) -> tuple[Claim, ...]:
    """Of a comparison of activations, decided where its cause is removed if it has one; none for another factor."""
    before, repaired = asked.comparison, asked.repaired
    if before is None or before.factor != "activation" or before.confounded:
        return ()
    values = {arm.name: arm.value for arm in before.arms}
    seen = [_seen(c, c is repaired, asked.store) for c in (repaired, before) if c is not None]
    return claims(values, [one for one in seen if one is not None], before.margin, _timed(before, asked.seconds_left))


def _timed(comparison: Comparison, seconds_left: float | None) -> dict[str, tuple[float, ...]]:
    """Seconds an epoch of each arm on the kernel of its runs; nothing where that is not here, or time is short."""
    kernel = comparison.environment.kernel
    short = seconds_left is not None and seconds_left < TIMING_SECONDS
    if short or comparison.environment.device != "cpu" or usable(kernel) != kernel:
        return {}
    took = in_turn([recipe_of(arm.fields) for arm in comparison.arms], kernel, ROUNDS)
    return {arm.name: seconds for arm, seconds in zip(comparison.arms, took, strict=True)}


def _seen(comparison: Comparison, repaired: bool, store: Store) -> Seen | None:
    """None where a run of any arm is gone: the pairs that are left are not the comparison's."""
    runs = {arm.name: _results(arm, store) for arm in comparison.arms}
    if any(len(found) < len(comparison.seeds) for found in runs.values()):
        return None
    return Seen(repaired, runs, {name: _traces(found, store) for name, found in runs.items()})
