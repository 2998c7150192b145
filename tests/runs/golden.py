"""Runs that version 0.1.0 made, made again in this process."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.worker import perform
from paribus.runs.environment import processor
from paribus.runs.store import Store
from tests.tasks import recipe_task


def environment() -> dict[str, str]:
    """What bits may depend on besides the code."""
    here = {"torch": version("torch"), "numpy": version("numpy"), "processor": processor(), "device": "cpu"}
    return {**here, "python": platform.python_version()}


def perform_golden(recipe: Recipe, seed: int, kernel: str, store: Path) -> str | None:
    """The digest of the weights that a run ends with."""
    task = recipe_task(store, recipe, seed, kernel=kernel, probes="off")
    perform(task)
    record = Store(store).record(task.run_id)
    return None if record is None else record.weights_digest
