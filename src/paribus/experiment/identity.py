"""What makes two runs the same run: recipe, seed, data, and the code that trains."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import paribus
from paribus.matter.factories import source_digest
from paribus.matter.kernels import PLAIN, STACKED, native_digest

# What a run's figures depend on. Left out: files of these floors that say, read or show things and train nothing.
TRAINING = ("values", "matter", "engine", "experiment/worker.py")
NOT_TRAINING = (
    "values/atomic.py",
    "values/claims.py",
    "values/comparison.py",
    "values/errors.py",
    "values/events.py",
    "values/explanation.py",
    "values/findings.py",
    "values/map.py",
    "values/recipe_faults.py",
    "values/recipe_text.py",
    "engine/trial.py",
    "matter/data/downloads.py",
    "matter/data/inventory.py",
    "matter/data/known.py",
    "matter/data/local.py",
)


def training_files() -> tuple[Path, ...]:
    """The source files that affect a training."""
    root = Path(paribus.__file__).parent
    found: list[Path] = []
    for part in TRAINING:
        place = root / part
        found.extend(sorted(place.rglob("*.py")) if place.is_dir() else [place])
    return tuple(path for path in found if path.relative_to(root).as_posix() not in NOT_TRAINING)


def identity_for(model: str, device: str, kernel: str) -> str:
    """The code identity of a run of this model here; `device` as `device_identity` gives it."""
    return code_identity(device, kernel, source_digest(model))


def device_identity(device: str, device_name: str) -> str:
    """`cpu`, or a GPU with its model: two models may round differently."""
    return device if device == "cpu" else f"{device} {device_name}"


def code_identity(device: str, kernel: str, model_source: str = "") -> str:
    """SHA-256 (hex) of the training's code, the torch and NumPy versions, kernel, device and own model's source.

    A native kernel counts as it was built: another compiler may round differently.

    NumPy's, because it draws the split: its streams may change from one version to the next, and arms trained before
    and after that would no longer be paired.
    """
    built = native_digest() if kernel not in (PLAIN, STACKED) else ""
    parts = [_source_digest(), version("torch"), version("numpy"), kernel, built, device, model_source]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@functools.cache
def _source_digest() -> str:
    digest = hashlib.sha256()
    for path in training_files():
        digest.update(path.name.encode() + code_of(path.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()


def code_of(source: str) -> str:
    """What the source does, without its comments, layout and docstrings: those change no run."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:]
    return ast.dump(tree)


def run_id(name: str, fields_digest: str, seed: int, code: str, data_digest: str) -> str:
    """A name for the run, the same for the same run: `NAME-1a2b3c4d5e-s0`. `name`: how it begins."""
    whole = hashlib.sha256(json.dumps([fields_digest, code, data_digest]).encode()).hexdigest()
    return f"{name}-{whole[:10]}-s{seed}"
