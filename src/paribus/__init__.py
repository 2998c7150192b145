"""Paribus: change one thing in a network, and learn whether it matters, how much, and how sure we are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Name -> module that defines it. Imported on first use, so that `import paribus` loads neither torch nor SciPy.
_PUBLIC = {
    "compare": "paribus.api.compare",
    "judge": "paribus.api.judging",
    "explain": "paribus.api.explain",
    "train": "paribus.api.train",
    "load_comparison": "paribus.api.compare",
    "load_map": "paribus.api.map",
    "load_run": "paribus.api.train",
    "map_verdict": "paribus.api.map",
    "recipe": "paribus.api.recipes",
    "Probe": "paribus.api.probing",
    "Recipe": "paribus.values.recipe",
    "LeNet": "paribus.matter.models",
    "ParibusError": "paribus.values.errors",
    "open_dataset": "paribus.matter.data",
}

if TYPE_CHECKING:
    from paribus.api.compare import compare, load_comparison
    from paribus.api.explain import explain
    from paribus.api.judging import judge
    from paribus.api.map import load_map, map_verdict
    from paribus.api.probing import Probe
    from paribus.api.recipes import recipe
    from paribus.api.train import load_run, train
    from paribus.matter.data import open_dataset
    from paribus.matter.models import LeNet
    from paribus.values.errors import ParibusError
    from paribus.values.recipe import Recipe

__all__ = [
    "LeNet",
    "ParibusError",
    "Probe",
    "Recipe",
    "__version__",
    "compare",
    "explain",
    "judge",
    "load_comparison",
    "load_map",
    "load_run",
    "map_verdict",
    "open_dataset",
    "recipe",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'paribus' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
