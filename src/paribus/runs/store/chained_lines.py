"""Files that grow line by line, a JSON object a line. Each line ends in a digest of itself and of all lines before it.

So a line that was changed, lost, repeated or moved is found, and what a kill leaves of one does not count. Lines of
version 0.1.0 have no digest; later ones follow them in a run that was begun then.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from paribus.core.errors import StoreError
from paribus.core.messages import mark
from paribus.runs.store import files
from paribus.runs.store.digests import changed_since
from paribus.runs.store.documents import faults_of

Thing = TypeVar("Thing")

_DAMAGED = mark("{path}: line {number} was damaged, or changed since it was written")
_CUT = mark("{path}: it had {count} lines at least, which are not all there: put the whole file back")
_DIGITS = 16  # hexadecimal: 64 bits find damage; nobody is kept from forging
_WITH_DIGEST = re.compile(rb'(.*),"digest":"([0-9a-f]{%d})"}' % _DIGITS, re.DOTALL)


@dataclass(frozen=True)
class Lines:
    """What a file holds. bodies: the lines without their digests. digest: of all of them.

    fault: what is wrong with a digest, which is the better told after what is wrong with a line itself.
    """

    bodies: tuple[bytes, ...]
    digest: str
    fault: StoreError | None


class Head(NamedTuple):
    """So many lines a file had at least, and the digest of these."""

    lines: int
    digest: str


def read(path: Path, limit: int, whole: str | None = None, head: Head | None = None) -> Lines:
    """The file's whole lines; none of a file that is not there. `whole`: SHA-256 (hex) that the file should have.

    head: what is known of it from elsewhere: lines lost at its end leave no trace in the file itself.
    """
    data = files.read_bytes(path, limit)
    bodies, digest, told = [], "", False
    fault = None if whole is None else changed_since(path, data, whole)
    for number, line in enumerate(files.whole_lines(data or b""), start=1):
        match = _WITH_DIGEST.fullmatch(line)
        body = match[1] + b"}" if match else line
        digest = _next(digest, body)
        told = told or match is not None
        if told and fault is None and (match is None or match[2].decode() != digest):
            fault = StoreError(_DAMAGED, path=path, number=number)
        bodies.append(body)
        if head is not None and number == head.lines and digest == head.digest:
            head = None
    if head is not None and head.lines and fault is None:
        fault = StoreError(_CUT, path=path, count=head.lines)
    return Lines(tuple(bodies), digest, fault)


def values(
    path: Path,
    limit: int,
    parse: Callable[[int, bytes], Thing],
    wrong: str,
    whole: str | None = None,
    head: Head | None = None,
) -> tuple[Thing, ...]:
    """What `parse` makes of the number of each whole line, from 1, and of the line.

    `wrong`: what is said of a line that `parse` refuses with a ValueError, with places {path}, {number} and {fault}.
    Raises StoreError for that, and for a file that is not as it was written.
    """
    there, found = read(path, limit, whole, head), []
    for number, body in enumerate(there.bodies, start=1):
        try:
            found.append(parse(number, body))
        except ValueError as error:
            fault = faults_of(error) if isinstance(error, ValidationError) else str(error)
            raise StoreError(wrong, path=path, number=number, fault=fault) from None
    if there.fault:
        raise there.fault
    return tuple(found)


def append(path: Path, body: bytes, before: str, limit: int, *, durable: bool) -> str:
    """Add a line after those whose digest is `before`, as `files.append_line` does. Returns the digest of all."""
    digest = _next(before, body)
    files.append_line(path, _line(body, digest), limit, durable=durable)
    return digest


def keep(path: Path, bodies: tuple[bytes, ...]) -> str:
    """Replace the file by these lines, in one step. Returns their digest."""
    digest, kept = "", []
    for body in bodies:
        digest = _next(digest, body)
        kept.append(_line(body, digest))
    files.keep_lines(path, kept)
    return digest


def _next(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + body).hexdigest()[:_DIGITS]


def _line(body: bytes, digest: str) -> bytes:
    return body[:-1] + f',"digest":"{digest}"}}'.encode()
