"""Paribus: change one thing in a network, and learn whether it matters, how much, and how sure we are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Name -> module that defines it. Imported on first use, so that `import paribus` loads neither torch nor SciPy.
_PUBLIC = {
    "compare": "paribus.comparison.compare",
    "judge": "paribus.comparison.judge",
    "explain": "paribus.diagnosis.explain",
    "train": "paribus.runs.train_one",
    "load_comparison": "paribus.comparison.compare",
    "load_map": "paribus.maps.run_map",
    "load_run": "paribus.runs.train_one",
    "map_verdict": "paribus.maps.run_map",
    "power": "paribus.comparison.power.seeds_needed",
    "recipe": "paribus.programs.recipe.recipe_lookup",
    "Probe": "paribus.probes.own_loop",
    "Sequential": "paribus.comparison.anytime.sequential",
    "Recipe": "paribus.programs.recipe.recipe",
    "Referee": "paribus.referee.python_api",
    "LeNet": "paribus.programs.recipe.models",
    "ParibusError": "paribus.core.errors",
    "open_dataset": "paribus.programs.recipe.data",
    "save_dataset": "paribus.programs.recipe.data",
    "State": "paribus.programs.function.run_context",
    "log": "paribus.programs.function.run_context",
    "run_folder": "paribus.programs.function.run_context",
    "save": "paribus.programs.function.run_context",
    "stream": "paribus.programs.function.run_context",
    "probe_callback": "paribus.probes.callbacks",
    "role": "paribus.programs.function.roles",
    "estimators": "paribus.programs.function.libraries",
    "hugging_face_callback": "paribus.programs.function.libraries",
}
_MODULES = ("lesson",)  # offered whole, also on first use

if TYPE_CHECKING:
    from paribus import lesson
    from paribus.comparison.anytime.sequential import Sequential
    from paribus.comparison.compare import compare, load_comparison
    from paribus.comparison.judge import judge
    from paribus.comparison.power.seeds_needed import power
    from paribus.core.errors import ParibusError
    from paribus.diagnosis.explain import explain
    from paribus.maps.run_map import load_map, map_verdict
    from paribus.probes.callbacks import probe_callback
    from paribus.probes.own_loop import Probe
    from paribus.programs.function.libraries import estimators, hugging_face_callback
    from paribus.programs.function.roles import role
    from paribus.programs.function.run_context import State, log, run_folder, save, stream
    from paribus.programs.recipe.data import open_dataset, save_dataset
    from paribus.programs.recipe.models import LeNet
    from paribus.programs.recipe.recipe import Recipe
    from paribus.programs.recipe.recipe_lookup import recipe
    from paribus.referee.python_api import Referee
    from paribus.runs.train_one import load_run, train

__all__ = [
    "LeNet",
    "ParibusError",
    "Probe",
    "Recipe",
    "Referee",
    "Sequential",
    "State",
    "__version__",
    "compare",
    "estimators",
    "explain",
    "hugging_face_callback",
    "judge",
    "lesson",
    "load_comparison",
    "load_map",
    "load_run",
    "log",
    "map_verdict",
    "open_dataset",
    "power",
    "probe_callback",
    "recipe",
    "role",
    "run_folder",
    "save",
    "save_dataset",
    "stream",
    "train",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"paribus.{name}")
    if name not in _PUBLIC:
        raise AttributeError(f"module 'paribus' has no attribute {name!r}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
