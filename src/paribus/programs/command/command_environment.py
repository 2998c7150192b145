"""What a command is told of the machine: which GPU is its own, how many cores, where its run's folder is."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess

from paribus.programs.command.kill_tree import MARK
from paribus.runs.task import How

# What the usual libraries of linear algebra, and torch with them, take the number of their threads from.
THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
GPUS = "CUDA_VISIBLE_DEVICES"


@functools.cache
def gpus() -> tuple[str, ...]:
    """The GPUs that runs may have, as CUDA names them: those that the user allows, or all that the driver lists.

    Untested on a machine with several.
    """
    if (allowed := os.environ.get(GPUS)) is not None:
        return tuple(name.strip() for name in allowed.split(",") if name.strip() not in ("", "-1"))
    if (tool := shutil.which("nvidia-smi")) is None:
        return ()
    try:
        listed = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(str(n) for n, line in enumerate(listed.splitlines()) if line.startswith("GPU "))


def told(seed: int, folder: str, how: How) -> dict[str, str]:
    """The variables that a run gets besides the user's own: its share of the cores unless they said, its GPU."""
    given = {name: str(how.threads) for name in THREADS if name not in os.environ}
    if here := gpus():
        from paribus.runs.pool import place_among_workers

        given[GPUS] = "" if how.device == "cpu" else here[place_among_workers() % len(here)]
    if "PYTHONUNBUFFERED" not in os.environ:
        given["PYTHONUNBUFFERED"] = "1"  # so that figures are seen as they come, and the last words of what is ended
    return given | {"PARIBUS_SEED": str(seed), MARK: folder}
