"""How many processes make runs at once."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_on(device: str, asked: int | None) -> int:
    """How many processes make runs on a device: as many as were asked for, else one a core, and one off the CPU."""
    return asked or (usable_cores() if device == "cpu" else 1)
