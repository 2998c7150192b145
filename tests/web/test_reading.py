"""What a page reads of a store, and what it leaves alone."""

from __future__ import annotations

import pytest

from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.data import dataset
from paribus.web.problems import Missing
from paribus.web.read_store import run_images, run_inputs


@pytest.mark.parametrize("read", [run_inputs, run_images])
def test_looking_at_a_run_downloads_nothing(read, tmp_path, monkeypatch):
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path))
    fetched: list[str] = []
    monkeypatch.setattr(dataset, "fetch", fetched.append)
    recipe = BUILT_IN["lesson"][0].with_field("dataset", "kmnist")
    with pytest.raises(Missing, match="kmnist is not on this machine"):
        read(recipe)
    assert fetched == []
