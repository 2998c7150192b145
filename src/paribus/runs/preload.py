"""Imported by the server of workers and nobody else: what it has loaded, the workers that it forks need not load."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import threading

from paribus.core.temporary import remove_sockets_of
from paribus.runs.environment import describe

os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"  # a server that had asked CUDA itself could fork nobody who uses it
# It ends after the process that started it, which takes its sockets' folder away unless it was killed.
atexit.register(remove_sockets_of, os.getppid())
gc.disable()  # loading torch makes many objects and no garbage; looking for some takes a tenth of the time
_asking = threading.Thread(target=describe, args=("cpu", "", "", 1))  # git, above all; what it says is kept
_asking.start()
for _name in ["paribus.runs.single_run", *filter(None, os.environ.get("PARIBUS_PRELOAD", "").split(","))]:
    with contextlib.suppress(Exception):  # whoever needs it is told
        importlib.import_module(_name)
_asking.join()  # a process that forks has one thread
gc.freeze()  # no worker will look through them: to look at an object is to write to its page, and so to copy it
gc.enable()
