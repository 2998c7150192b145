"""A user's own file within bounds: nothing that is named as one may hang its reader, or fill its memory."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # a named pipe would be waited for
_BINARY = getattr(os, "O_BINARY", 0)


def files_below(folder: Path) -> list[Path]:
    """All files below a folder, sorted; `rglob` would pass over what it may not read. Raises OSError."""

    def refuse(error: OSError) -> None:
        raise error

    return sorted(Path(place) / name for place, _, names in os.walk(folder, onerror=refuse) for name in names)


def read_file(path: Path, most: int) -> bytes | None:
    """The file's bytes, one more than `most` where it has more; None of what is no file: a pipe, a device.

    Raises OSError.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_WAIT | _BINARY), "rb") as file:
        return file.read(most + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
