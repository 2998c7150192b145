"""Runs of recipes to be made, as a plan makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.recipe import Recipe
from paribus.runs.registry import default_program
from paribus.runs.run_identity import run_id
from paribus.runs.task import How, Task


def recipe_run_id(recipe: Recipe, seed: int, code: str, data: str) -> str:
    program, fields = default_program(), recipe.as_fields()
    return run_id(program.run_name(fields), program.digest(fields), seed, code, data)


def recipe_task(
    store: Path | str,
    recipe: Recipe,
    seed: int = 0,
    *,
    device: str = "cpu",
    kernel: str = "pytorch",
    probes: str = "light",
    **given: Any,
) -> Task:
    """With the identity and the data's digest that a plan would give it, unless they are given."""
    program, fields, how = default_program(), recipe.as_fields(), How(device, "", kernel, probes)
    code = given.pop("code_identity", None) or program.identity(fields, How("cpu", "", kernel))
    data = given.pop("data_digest", None) or program.data_digest(fields)
    given.setdefault("run_id", recipe_run_id(recipe, seed, code, data))
    given.setdefault("arm", recipe.activation)
    return Task(
        store=str(store),
        program=RECIPE,
        fields=fields,
        seed=seed,
        how=how,
        data_digest=data,
        code_identity=code,
        **given,
    )
