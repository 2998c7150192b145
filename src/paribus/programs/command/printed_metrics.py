"""Figures from what a command prints: lines of JSON, or what a pattern finds, whatever stands around them."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from paribus.programs.metrics import figures_at
from paribus.records.program import ProgramInfo

Row = Mapping[str, float]

LONGEST_LINE = 1 << 22  # bytes; of a longer one only the end is read
MOST_ROWS = 10_000  # that are held at a time
MOST_NAMES = 50  # of numbers that are kept of a run
GROUP = "([-+.0-9e]+)"  # of a pattern: reads every number
LAST_LINES = 15  # that a message shows
LONGEST_SHOWN = 200  # characters of such a line
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])|[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_NAMED = re.compile(r"([A-Za-z_][\w./-]*)[\"']?\s*[=:]\s*[-+]?(?:\d|nan|inf)", re.ASCII)


class Lines:
    """Bytes as they come, cut into lines at newlines and carriage returns; empty ones are left out."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take, self._rest = take, b""

    def feed(self, data: bytes) -> None:
        """Some more bytes."""
        *whole, rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        for line in whole:
            if line:
                self._take(line)
        self._rest = rest[-LONGEST_LINE:]

    def end(self) -> None:
        """There is no more: what has no newline is a line too."""
        if self._rest:
            self._take(self._rest)


class Printed:
    """Reads figures out of lines, and remembers the last lines; of every number in JSON, in `all`, what it last was.

    metrics: the names that are looked for in lines of JSON. patterns: regular expressions by metric, in place of that.
    sealed: numbers that nobody is to see: they go into `sealed`, and nowhere else.
    """

    def __init__(
        self,
        metrics: Sequence[str],
        patterns: Mapping[str, str],
        add: Callable[[Row], None],
        sealed: Collection[str] = (),
    ) -> None:
        self.sealed: dict[str, float] = {}
        self._cut = Cut(sealed)
        self._patterns = {name: re.compile(pattern) for name, pattern in patterns.items()}
        self._metrics = [name for name in metrics if name not in patterns]
        self._add = add
        self._last: deque[bytes] = deque(maxlen=LAST_LINES)
        self.all: dict[str, float] = {}
        self.no_number: dict[str, str] = {}  # what a pattern found last that is none, by its metric
        self.cut_short: dict[str, tuple[str, str]] = {}  # what a pattern found, and the number of which that is a part

    def of_stdout(self, line: bytes) -> None:
        """A line of stdout."""
        self.of_stderr(line)
        if (self._metrics or self._cut.names) and b"{" in line and (text := clean(line)).startswith("{"):
            self.take(numbers_of(text), self._metrics)

    def take(self, found: Row, metrics: Sequence[str]) -> None:
        """A row of numbers: one of the curve where it has a metric. Others are kept as long as they are few."""
        self.sealed |= {name: value for name, value in found.items() if name in self._cut.names}
        found = {name: value for name, value in found.items() if name not in self._cut.names}
        for name, value in found.items():
            if name in self.all or len(self.all) < MOST_NAMES:
                self.all[name] = value
        if there := [name for name in metrics if name in found]:
            self._add({name: found[name] for name in list(dict.fromkeys([*there, *found]))[:MOST_NAMES]})

    def of_stderr(self, line: bytes) -> None:
        """A line of stderr, where no JSON is looked for: it is where programs log."""
        self._last.append(self._cut.of(line))
        self.sealed |= self._cut.numbers(line)
        for name, pattern in self._patterns.items():
            cleaned = clean(line)
            for match in pattern.finditer(cleaned):
                group = figure_group(pattern)
                text = match[group]
                value = _number(text)
                if value is not None:
                    self._add({name: value})
                    if whole := number_around(cleaned, *match.span(group)):
                        self.cut_short[name] = text, whole
                else:
                    self.no_number[name] = text or ""

    @property
    def last(self) -> list[str]:
        """The last lines, cut to what can be shown."""
        lines = (shown(line).rstrip() for line in self._last)  # indented as they were: a caret points at something
        return [line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…" for line in lines if line]

    def tail(self) -> str:
        """The last lines."""
        return "\n".join(self.last)

    def names(self) -> tuple[str, ...]:
        """The figures' names that stand in the last lines."""
        lines = [clean(line) for line in self._last]
        found = [name for line in lines for name in numbers_of(line) or _NAMED.findall(line[:LONGEST_SHOWN])]
        return tuple(dict.fromkeys(found))


def clean(line: bytes) -> str:
    """As text, without colours and other control codes, and without the spaces around it."""
    return shown(line).strip()


def shown(line: bytes) -> str:
    """As text, without colours and other control codes."""
    text = line.decode(errors="replace")
    return text if text.isprintable() else _ESCAPES.sub("", text)


def _number(text: str | None) -> float | None:
    try:
        return float((text or "").strip().rstrip(".,;%"))
    except ValueError:
        return None


def figure_group(pattern: re.Pattern[str]) -> int:
    """Which of a pattern's groups is the figure: the first, or all that it matches where it has none."""
    return 1 if pattern.groups else 0


def number_around(line: str, begin: int, end: int) -> str:
    """The number of which these letters are only a part, `-4.42e-05` of `4.42`; empty where they are not."""
    for number in _NUMBER.finditer(line):
        if number.start() < end and begin < number.end() and (number.start() < begin or end < number.end()):
            return number[0]
    return ""


def numbers_of(text: str) -> dict[str, float]:
    """All numbers of a JSON object, by name; `outer.inner` in an object within it. None of what is no such object."""
    try:
        return dict(numbers_in(json.loads(text)))
    except (ValueError, RecursionError):
        return {}


def numbers_in(value: Any, before: str = "") -> Iterator[tuple[str, float]]:
    """The same of JSON that was read."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, dict):
            yield from numbers_in(inner, f"{before}{name}.")
        elif isinstance(inner, int | float) and not isinstance(inner, bool):
            yield before + name, as_float(inner)


def as_float(value: float) -> float:
    """A number as it fits: JSON's whole numbers have no end."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


class Cut:
    """Takes sealed numbers out of lines, and leaves what stands around them.

    names: what they are called; in JSON they stand behind that and a colon, elsewhere behind it and whatever is no
    number. What is cut may be more than what is read: only a number right behind the whole name is that figure.
    """

    def __init__(self, names: Collection[str]) -> None:
        self.names = frozenset(names)
        self._whole = {name.rpartition(".")[2]: name for name in sorted(names)}
        either = "|".join(map(re.escape, self._whole))
        self._read = re.compile(rf"(?<![\w.])({either})[ \t]*[=:]?[ \t]*([-+.\d][-+.\deE]*)")
        self._pattern = re.compile(rf"((?:{either})[^-+.\d\n,}}]*)[-+]?[\d.][\d.eE+-]*".encode())

    def of(self, line: bytes) -> bytes:
        """The line without them."""
        return self._pattern.sub(rb"\1(sealed)", line) if self.names else line

    def numbers(self, line: bytes) -> dict[str, float]:
        """What a line has of them, `test_acc=0.9` or `test_acc: 0.9`."""
        found = {}
        for name, text in self._read.findall(clean(line)) if self.names else ():
            if (value := _number(text)) is not None:
                found[self._whole[name]] = value
        return found


class Curve:
    """Rows in the order in which they came. Rows that have no metric in common are one: a loss, then an accuracy.

    add: takes each row once it is whole.
    """

    def __init__(self, info: ProgramInfo, add: Callable[[Row], None] = lambda row: None) -> None:
        self._info, self._add = info, add
        self._metrics = {metric.name for metric in info.metrics}
        self._open: dict[str, float] = {}
        self._rows: list[Row] = []

    def row(self, row: Row) -> None:
        """One more, or more of the last one."""
        if self._open.keys() & row.keys() & self._metrics:
            self.end()
        self._open |= row

    def end(self) -> None:
        """The last row is whole."""
        row, self._open = self._open, {}
        if row:
            self._rows.append(row)
            self._add(row)
        if len(self._rows) > MOST_ROWS:
            self._rows = [self.figures()]

    def figures(self) -> dict[str, float]:
        """The run's figures, as its program takes them out of a curve."""
        return figures_at(self._rows, self._info)
