"""`paribus doctor`: facts for a bug report."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from pathlib import Path

import paribus
from paribus.cli.command_context import print_json, screen
from paribus.programs.recipe.data import catalogue
from paribus.runs.planning import store_at
from paribus.runs.worker_count import usable_cores

PACKAGES = ("torch", "numpy", "scipy", "pydantic", "rich", "safetensors", "matplotlib", "pandas")


def examine(out: str | Path | None = None) -> dict[str, str]:
    """Facts by name, in the order in which they are shown. Reads only; takes as long as importing torch."""
    from paribus.programs.recipe.data import cache_root
    from paribus.programs.recipe.kernels import PLAIN, native_kernel
    from paribus.runs.device_choice import choose_place
    from paribus.runs.environment import describe, package_version

    kernel = native_kernel() or PLAIN
    here = describe(*choose_place("auto"), kernel, 1)
    root = store_at(out)
    facts = {
        "paribus": f"{paribus.__version__} in {Path(paribus.__file__).parent}",
        "git revision": _git(here.git_revision, here.git_dirty),
        "python": f"{platform.python_version()} in {sys.executable}",
        **{name: package_version(name) or "not installed" for name in PACKAGES},
        "platform": here.platform,
        "processor": here.processor,
        "cores": f"{usable_cores()} usable; one run takes one core and one thread",
        "device": f"{here.device} ({here.device_name}); CUDA and MPS paths are not tested by this project",
        "kernel": _kernel(kernel),
        "cache": f"{cache_root()}, {_free(cache_root())} free",
        "store": f"{root}, {'there' if (root / 'runs').is_dir() else 'not made yet'}, {_free(root)} free",
    }
    sets = {f"data: {entry.name}": "here" if entry.available else "not here" for entry in catalogue()}
    return {**facts, **sets}


def _kernel(name: str) -> str:
    if name.startswith("native"):
        return (
            f"{name}: a network's whole gradient in one call; fused convolutions or PyTorch where an arm cannot use it"
        )
    return f"{name}: plain PyTorch operations; the native kernels were not built (they need a C++ compiler at install)"


def _git(revision: str | None, dirty: bool | None) -> str:
    return "not a checkout" if revision is None else revision + (", with changes" if dirty else "")


def _free(path: Path) -> str:
    there = next(p for p in [path, *path.resolve().parents] if p.exists())
    return f"{shutil.disk_usage(there).free / 1e9:.0f} GB"


def doctor(options: argparse.Namespace) -> None:
    """Facts for a bug report."""
    facts = examine(options.out)
    if options.json:
        print_json(facts)
    else:
        screen(options).facts(list(facts.items()))
