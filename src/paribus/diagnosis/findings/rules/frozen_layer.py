"""Rule: layer that does not move."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.core.messages import mark
from paribus.diagnosis.findings.changes import USUAL_START, times
from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.measures import UPDATE_RATIO, relative_update
from paribus.diagnosis.findings.rule import Rule
from paribus.records.finding import Evidence, Finding
from paribus.records.trace import LayerTrace, StepTrace

ROUNDING = 2.0**-23  # a change under float32's resolution is none


def detect(history: History) -> Iterator[Finding]:
    """A layer whose weights no update changes, while another layer's weights move."""
    moves = {name: history.layer(name, _share_moved) for name in history.layers}
    moves = {name: series for name, series in moves.items() if len(series) > 1}
    still = {name: max(p.value for p in s) for name, s in moves.items() if max(p.value for p in s) < ROUNDING}
    if still and len(still) < len(moves):
        evidence = Evidence(
            quantity="update_ratio", value=max(still.values()), threshold=ROUNDING, source="resolution of float32"
        )
        yield history.finding("frozen_layer", history.strength, [evidence], layers=list(still))


def _share_moved(layer: LayerTrace, step: StepTrace) -> float | None:
    if step.learning_rate == 0:
        return None
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
