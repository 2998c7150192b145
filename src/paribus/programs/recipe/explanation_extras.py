"""What an explanation says beside causes, from runs that are there: saturation of its arms, and claims for them.

Whether sigmoid-like units sit at the flat ends of their activation is measured for every network that has such units:
it is what people are taught (Glorot and Bengio 2010, sec. 3), so a verdict is given also where no rule found it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from paribus.diagnosis.findings.history import History, Series, at_start, later_half, middle
from paribus.diagnosis.findings.measures import FLAT
from paribus.diagnosis.findings.rules.saturation import HIGH, LOW, REFUTED
from paribus.programs.recipe.activation_claims import Seen, claims
from paribus.programs.recipe.cost import in_turn
from paribus.programs.recipe.kernels import usable
from paribus.programs.recipe.proposing import undoes
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.records.activation_claims import Claim
from paribus.records.comparison import ArmView, Comparison
from paribus.records.explanation import Saturation, SaturationVerdict, UnitsSeen
from paribus.records.intervention import Tested
from paribus.records.run import RunResult
from paribus.records.trace import LayerTrace, StepTrace
from paribus.runs.program_protocol import Explained
from paribus.runs.store import Store

Part = Callable[[Series], Series]
OfLayer = Callable[[LayerTrace], float | None]


def saturation(
    arm: str, recipe: Recipe, traces: Sequence[Sequence[StepTrace]], tested: Sequence[Tested]
) -> Saturation | None:
    """Of one arm, from its runs' traces; None where no layer has an activation that is flat at both ends.

    `tested`: what was tested on `recipe`; nothing for an arm that is not the one explained. A layer counts as saturated
    where more than half of its outputs are at flat ends, as in the rule's finding.
    """
    histories = [History.of(trace) for trace in traces]
    layers = [name for name in _layers(histories) if _two_ended(histories, name)]
    early = tuple(seen for name in layers if (seen := _seen(histories, name, at_start)))
    late = tuple(seen for name in layers if (seen := _seen(histories, name, later_half)))
    if not early and not late:
        return None
    most = max(seen.low + seen.high for seen in (*early, *late))
    verdict: SaturationVerdict = "found" if most > FLAT else "refuted" if most <= REFUTED else "partly"
    undoing = [t for t in tested if _undoes(recipe, t) and (t.screened or t.confirmed)]
    return Saturation(
        arm=arm,
        verdict=verdict,
        early=early,
        late=late,
        tested=tuple(t.intervention for t in undoing),
        restoring=tuple(t.intervention for t in undoing if t.kind in ("cause", "remedy")),
    )


def _undoes(recipe: Recipe, tested: Tested) -> bool:
    return any(undoes(recipe, tested.intervention, end.name) for end in (LOW, HIGH))


def _layers(histories: Sequence[History]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for history in histories for name in history.layers))


def _two_ended(histories: Sequence[History], name: str) -> bool:
    ends: tuple[OfLayer, OfLayer] = (lambda layer: layer.saturated_low, lambda layer: layer.saturated_high)
    return all(any(_series(history, name, end) for history in histories) for end in ends)


def _series(history: History, name: str, of: OfLayer) -> Series:
    return history.layer(name, lambda layer, _: of(layer))


def _seen(histories: Sequence[History], name: str, part: Part) -> UnitsSeen | None:
    """Medians over runs of the medians over steps."""

    def typical(of: OfLayer) -> float | None:
        known = [middle(part(_series(history, name, of))) for history in histories]
        return median(numbers) if (numbers := [value for value in known if value is not None]) else None

    low, high = typical(lambda layer: layer.saturated_low), typical(lambda layer: layer.saturated_high)
    if low is None or high is None:
        return None
    return UnitsSeen(
        layer=name,
        low=low,
        high=high,
        pre_mean=typical(lambda layer: layer.pre_mean),
        pre_std=typical(lambda layer: layer.pre_std),
    )


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
    seen = [_runs_seen(c, c is repaired, asked.store) for c in (repaired, before) if c is not None]
    return claims(values, [one for one in seen if one is not None], before.margin, _timed(before, asked.seconds_left))


def _timed(comparison: Comparison, seconds_left: float | None) -> dict[str, tuple[float, ...]]:
    """Seconds an epoch of each arm on the kernel of its runs; nothing where that is not here, or time is short."""
    kernel = comparison.environment.kernel
    short = seconds_left is not None and seconds_left < TIMING_SECONDS
    if short or comparison.environment.device != "cpu" or usable(kernel) != kernel:
        return {}
    took = in_turn([recipe_of(arm.fields) for arm in comparison.arms], kernel, ROUNDS)
    return {arm.name: seconds for arm, seconds in zip(comparison.arms, took, strict=True)}


def _runs_seen(comparison: Comparison, repaired: bool, store: Store) -> Seen | None:
    """None where a run of any arm is gone: the pairs that are left are not the comparison's."""
    runs = {arm.name: _results(arm, store) for arm in comparison.arms}
    if any(len(found) < len(comparison.seeds) for found in runs.values()):
        return None
    return Seen(repaired, runs, {name: _traces(found, store) for name, found in runs.items()})
