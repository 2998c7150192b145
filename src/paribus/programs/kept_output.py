"""What a run of a user's own prints, kept on disk: the beginning and the end, where it is more than is kept."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOST_BYTES = 50_000_000  # of a run: half for each of stdout and stderr
_CHUNK = 1 << 16
_LAST_BYTES = 4000  # of what a run that failed printed
_EXTENSIONS = re.compile(r"\n+Extension modules: .*\n?$")  # all that are loaded, after the stack of a crash


class Kept:
    """A file that takes any number of bytes and keeps no more than `most`, cut in the middle with a line that says so.

    The end lies in a second file, overwritten round and round, until `close` puts it after the beginning. Nothing is
    written where nothing comes.
    """

    def __init__(self, path: Path, most: int = MOST_BYTES // 2) -> None:
        self._path, self._half = path, most // 2
        self._end = path.with_name(path.name + ".end")
        self._files: list[int] = []
        self.bytes = 0
        for old in (path, self._end):  # of a run that was stopped
            old.unlink(missing_ok=True)

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *why: object) -> None:
        """Put what there is together."""
        try:
            if len(self._files) > 1:
                self._join(*self._files)
        finally:
            for file in self._files:
                os.close(file)
            self._end.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Some more bytes."""
        head = data[: max(0, self._half - self.bytes)]
        self.bytes += len(head)
        if head:
            os.write(self._file(0, self._path), head)
        rest = data[len(head) :]
        while rest:
            place = (self.bytes - self._half) % self._half
            part = rest[: self._half - place]
            os.pwrite(self._file(1, self._end), part, place)
            self.bytes += len(part)
            rest = rest[len(part) :]

    def _file(self, number: int, path: Path) -> int:
        if len(self._files) == number:
            self._files.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666))
        return self._files[number]

    def _join(self, file: int, end: int) -> None:
        left_out = self.bytes - 2 * self._half
        if left_out > 0:
            os.write(file, b"\n[... %d bytes left out ...]\n" % left_out)
        first = (self.bytes - self._half) % self._half if left_out > 0 else 0
        size = min(self._half, self.bytes - self._half)
        for start, stop in ((first, size), (0, first)):
            for place in range(start, stop, _CHUNK):
                os.write(file, os.pread(end, min(_CHUNK, stop - place), place))


def last_of(path: Path) -> str:
    """The last of what was kept, whatever bytes that has; empty where nothing was printed."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4 * _LAST_BYTES))
            text = file.read().decode("utf-8", "replace")
            return _EXTENSIONS.sub("", text)[-_LAST_BYTES:]
    except FileNotFoundError:
        return ""
