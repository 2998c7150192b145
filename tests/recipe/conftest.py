"""Data sets of the tests unpack into caches of their own, never into the user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.programs.recipe.data import DataSet, open_dataset


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("PARIBUS_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def mnist_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mnist-cache")


@pytest.fixture(scope="session")
def mnist(mnist_cache: Path) -> DataSet:
    """The shipped MNIST, unpacked once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARIBUS_CACHE", str(mnist_cache))
        dataset = open_dataset("mnist")
    return dataset
