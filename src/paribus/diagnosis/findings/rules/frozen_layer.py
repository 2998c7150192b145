"""Rule: layer that does not move."""

from __future__ import annotations

from collections.abc import Iterable

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import History, measured
from paribus.diagnosis.findings.measures import UPDATE_RATIO, relative_update
from paribus.diagnosis.findings.rule import Rule
from paribus.diagnosis.findings.what_to_try import USUAL_START, times
from paribus.records.finding import Finding
from paribus.records.trace import LayerTrace, StepTrace

ROUNDING = 2.0**-23  # a change under float32's resolution is none


def detect(history: History) -> Finding | None:
    """A layer whose weights no update changes, while another layer's weights move."""
    moves = {name: history.layer(name, _share_moved) for name in history.layers}
    moves = {name: series for name, series in moves.items() if len(series) > 1}
    still = {name: max(p.value for p in s) for name, s in moves.items() if max(p.value for p in s) < ROUNDING}
    if not still or len(still) == len(moves):
        return None
    return history.finding(
        "frozen_layer",
        "weak" if _meant(history, still) else history.strength,
        measured("update_ratio", max(still.values()), ROUNDING, "resolution of float32"),
        layers=still,
    )


def _meant(history: History, still: Iterable[str]) -> bool:
    """Whether they are frozen and in no optimiser as well: nobody does both by mistake."""
    last = next((s for s in reversed(history.steps) if s.loop is not None), None)
    if last is None or last.loop is None:
        return False
    held = {name for name, layer in last.layers.items() if layer.decay_pull is not None}
    return bool(held) and not held.intersection(still) and not set(last.loop.missing).intersection(still)


def _share_moved(layer: LayerTrace, step: StepTrace) -> float | None:
    if step.learning_rate == 0 and not any(other.update_norm for other in step.layers.values()):
        return None  # parts of a network may have rates of their own
    return 0.0 if layer.update_norm == 0 else relative_update(layer, step)


RULE = Rule(
    name="frozen_layer",
    label=mark("layer that does not move"),
    sentence=mark("No update changes the weights of {layers}."),
    detect=detect,
    quantities=UPDATE_RATIO,
    refuted="updates above the resolution of float32 in every layer",
    changes=(*USUAL_START, times(10)),
)
