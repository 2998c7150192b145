"""Whether sigmoid-like units sit at the flat ends of their activation: measured for every network that has such units.

It is what people are taught (Glorot and Bengio 2010, sec. 3), so a verdict is given also where no rule found it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from paribus.diagnosis.findings.history import History, Series, at_start, later_half, middle
from paribus.diagnosis.findings.measures import FLAT
from paribus.diagnosis.findings.rules.saturation import HIGH, LOW, REFUTED
from paribus.diagnosis.interventions import undoes
from paribus.programs.recipe.recipe import Recipe
from paribus.records.explanation import Saturation, SaturationVerdict, Tested, UnitsSeen
from paribus.records.trace import LayerTrace, StepTrace

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
