"""Comparisons that many tests look at, made once. All in one store, so that they share their runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from paribus.programs.recipe.recipe_lookup import recipe
from paribus.programs.recipe.recipe_text import recipe_to_toml
from tests.cli.lab import DIGITS, OVERRIDES, REDUCED, Done, end_forks, paribus, well
from tests.digits import write_digits

PAIR = ("compare", "activation=sigmoid,relu", *REDUCED, "--seeds=2")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Data sets are unpacked for these tests, never into the user's cache. No process of theirs stays behind."""
    OVERRIDES["PARIBUS_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    shutil.rmtree(DIGITS.parent, ignore_errors=True)  # of a process that was killed, and had this number
    DIGITS.parent.mkdir()
    write_digits(DIGITS)
    yield
    end_forks()
    shutil.rmtree(DIGITS.parent)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store for comparisons that no test changes."""
    return tmp_path_factory.mktemp("lab") / "store"


@pytest.fixture(scope="session")
def pair(store: Path) -> Done:
    """Sigmoid against ReLU with two seeds, as JSON."""
    return well(paribus(*PAIR, "--json", "--out", store))


@pytest.fixture(scope="session")
def recipe_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with recipes as files: `sigmoid` and `relu` are the arms of `pair`, `other` differs in two fields."""
    folder = tmp_path_factory.mktemp("recipes")
    reduced = recipe("fair", dataset=str(DIGITS), train_size=512, epochs=1)
    for name, one in {
        "sigmoid": reduced.with_field("activation", "sigmoid"),
        "relu": reduced,
        "other": reduced.with_field("activation", "tanh").with_field("batch_size", 128),
    }.items():
        (folder / f"{name}.toml").write_text(recipe_to_toml(one), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def confounded(recipe_files: Path, store: Path, pair: Done) -> Done:
    """Two recipes that differ in two fields, compared because somebody said that it is meant."""
    words = ("compare", "relu.toml", "other.toml", "--seeds=1", "--confounded", "--json", "--out", store)
    return well(paribus(*words, cwd=recipe_files))
