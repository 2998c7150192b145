"""Imported by the server of workers and nobody else: what it has loaded, the workers that it forks need not load."""

from __future__ import annotations

import gc
import importlib

gc.disable()  # loading torch makes many objects and no garbage; looking for some takes a tenth of the time
try:
    importlib.import_module("paribus.programs.recipe.worker")
except ModuleNotFoundError:  # without torch there are other programs to run
    importlib.import_module("paribus.runs.performing")
gc.freeze()  # no worker will look through them: to look at an object is to write to its page, and so to copy it
gc.enable()
