"""One run to be made, as it is handed to a worker. Apart from `worker`, so that planning loads no torch."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.values.recipe import Recipe

PROBES = ("off", "light")  # what may be watched in a training


@dataclass(frozen=True)
class Task:
    """One run to be made: all that a worker on this or another machine needs to know."""

    store: str
    run_id: str
    arm: str
    recipe: Recipe
    seed: int
    device: str
    kernel: str
    probes: str
    data_digest: str
    code_identity: str
