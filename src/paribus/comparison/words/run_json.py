"""A run as `--json` prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from paribus.records.program import Epoch
from paribus.records.run import RunRecord


def epoch_json(epoch: Epoch) -> dict[str, Any]:
    """An epoch's number, figures and seconds in one object."""
    return {"epoch": epoch.epoch, **epoch.figures, "seconds": epoch.seconds}


def record_json(record: RunRecord, own: Mapping[str, Any]) -> dict[str, Any]:
    """The record. own: what the run's program adds."""
    return {**record.model_dump(mode="json"), **own}


def run_json(record: RunRecord, epochs: Sequence[Epoch], own: Mapping[str, Any]) -> dict[str, Any]:
    """The record with its epochs as `metrics`."""
    return {**record_json(record, own), "metrics": [epoch_json(epoch) for epoch in epochs]}
