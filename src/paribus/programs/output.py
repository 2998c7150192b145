"""What a run printed, kept in a file of bounded size: of very much the first half and the last, never in memory."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType

OUTPUT = "output.txt"
MOST_BYTES = 50_000_000
_CUT = "\n[... {count:,} bytes were cut out here ...]\n"


class Output:
    """The file. Beyond the first half it is written round and round, and put in order as it is closed."""

    def __init__(self, path: Path, most: int = MOST_BYTES) -> None:
        self._path, self._half = path, most // 2
        self._file = path.open("w+b")
        self._count = 0  # of all bytes that came

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        """Add what was printed."""
        while data:
            if self._count < self._half:
                at, room = self._count, self._half - self._count
            else:
                place = (self._count - self._half) % self._half
                at, room = self._half + place, self._half - place
            self._file.seek(at)
            self._file.write(data[:room])
            self._count += len(data[:room])
            data = data[room:]
        self._file.flush()  # somebody may be reading along

    def close(self) -> None:
        """Put the last half in order, with a word on what was cut out."""
        cut = self._count - 2 * self._half
        if cut > 0 and not self._file.closed:
            oldest = self._half + (self._count - self._half) % self._half
            whole = self._path.with_name(f".{self._path.name}.whole")
            with whole.open("wb") as file:
                self._file.seek(0)
                _copy(self._file, file, self._half)
                file.write(_CUT.format(count=cut).encode())
                self._file.seek(oldest)
                shutil.copyfileobj(self._file, file)
                self._file.seek(self._half)
                _copy(self._file, file, oldest - self._half)
            whole.replace(self._path)
        self._file.close()

    def last(self, most: int = 4000) -> str:
        """The last of what was printed, whatever bytes it had; of a closed one."""
        with self._path.open("rb") as file:
            file.seek(max(0, self._path.stat().st_size - most))
            return file.read().decode("utf-8", "replace")


def _copy(source: object, target: object, count: int) -> None:
    while count > 0 and (part := source.read(min(count, 1 << 20))):  # type: ignore[attr-defined]
        target.write(part)  # type: ignore[attr-defined]
        count -= len(part)
