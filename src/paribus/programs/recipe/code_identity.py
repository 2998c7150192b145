"""What makes two runs the same run: fields, seed, data, and all else that can change a run's figures.

A program says what that is (`Program.identity`); here is what the built-in one and its kernels say, and how runs are
named. No file is digested: `revisions` says why, and what is in the place of that.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from paribus.programs.loading import load_named
from paribus.programs.recipe.kernels import PLAIN, STACKED, native_digest
from paribus.programs.recipe.model_registry import is_code
from paribus.programs.recipe.own_code import own_steps
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.revisions import SOURCES_OF_0_1_0, as_in_0_1_0, revisions

_version = functools.cache(version)


def identity_for(recipe: Recipe, device: str, kernel: str, metrics: Sequence[str] = ()) -> str:
    """SHA-256 (hex) of what can change the figures of a run of this recipe here, besides its fields, seed and data.

    That is the revision of every part of our code that the run goes through, the versions of torch and NumPy, the
    kernel, the device (as `device_identity` gives it), and the source of a model, a loss, an optimiser or metrics of
    the user's own. A native kernel counts as it was built: another compiler may round differently. NumPy's version,
    because it draws the split: its streams may change from one to the next, and arms trained before and after that
    would no longer be paired.
    """
    return _digest([revisions(recipe, kernel), *_surroundings(recipe, device, kernel, metrics)])


def former_identities(recipe: Recipe, device: str, kernel: str, metrics: Sequence[str] = ()) -> tuple[str, ...]:
    """The identities that version 0.1.0 gave to runs whose very bits this version gives; none where they differ."""
    if not as_in_0_1_0(recipe, kernel):
        return ()
    here = _surroundings(recipe, device, kernel, metrics)
    return tuple(_digest([source, *here]) for source in SOURCES_OF_0_1_0)


def _surroundings(recipe: Recipe, device: str, kernel: str, metrics: Sequence[str]) -> list[str]:
    built = native_digest() if kernel not in (PLAIN, STACKED) else ""
    own = [source_digest(name) for name in (*own_steps(recipe), *metrics)]
    return [_version("torch"), _version("numpy"), kernel, built, device, source_digest(recipe.model), *own]


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def device_identity(device: str, device_name: str) -> str:
    """`cpu`, or a GPU with its model: two models may round differently."""
    return device if device == "cpu" else f"{device} {device_name}"


def source_digest(name: str) -> str:
    """What a factory's own code adds to a run's identity: SHA-256 of its module's source; empty for ours."""
    if not is_code(name):
        return ""
    try:
        source = inspect.getsourcefile(inspect.unwrap(load_named(name)))
    except TypeError:  # it has none: `torch:dist`
        source = None
    return hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else name
