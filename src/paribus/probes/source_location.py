"""Which line of somebody's own code something comes from."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from pathlib import Path
from types import FrameType


def own_line() -> str:
    """`file.py:12`: the innermost line that is in no package and not in Paribus; empty where there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_foreign()) and not name.startswith("<frozen") and "-packages" + os.sep not in name:
            path = Path(name)
            near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else Path(path.name)
            return f"{near.as_posix()}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


@functools.cache
def _foreign() -> tuple[str, ...]:
    """Folders of the standard library and of Paribus itself."""
    named = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))
    return (*(f"{place}{os.sep}" for place in named if place), f"{Path(__file__).parents[1]}{os.sep}")
