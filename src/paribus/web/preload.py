"""What takes long and can be done before it is needed."""

from __future__ import annotations

import importlib


def get_ready() -> None:
    """Start the server that forks the workers, and load what planning a comparison needs: torch above all."""
    from paribus.programs.recipe import PRELOAD
    from paribus.runs.pool import warm_up

    warm_up(PRELOAD)  # before torch is loaded here, so that both load at once
    for name in ("paribus.runs.execute", "paribus.programs.recipe.worker", "paribus.programs.recipe.models"):
        importlib.import_module(name)
