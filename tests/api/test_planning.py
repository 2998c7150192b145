"""What a plan says before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from torch import nn

from paribus.api import planning
from paribus.api.comparing import design_for, run_plan
from paribus.api.estimating import network
from paribus.api.planning import Settings, make_plan
from paribus.values.recipe import Recipe

TINY = {"train_size": 512, "validation_fraction": 0.02, "epochs": 1}


def test_the_disk_space_bounds_what_a_comparison_takes_and_builds_a_network_an_arm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Recipe] = []

    def counted(recipe: Recipe) -> nn.Module:
        built.append(recipe)
        return network(recipe)

    monkeypatch.setattr(planning, "network", counted)
    design = design_for("activation", ["relu", "tanh"], "lesson", TINY, 2, None, False)
    plan = make_plan(design, Settings(tmp_path, device="cpu", workers=1))
    assert [recipe.activation for recipe in built] == ["relu", "tanh"]
    run_plan(plan, 0.1)
    used = sum(path.stat().st_size for path in (tmp_path / "runs").rglob("*") if path.is_file())
    assert used <= plan.bytes < 10 * used, "the bound allows for an optimiser's moments and a long first epoch"
