"""Which documents of a store this user's own commands wrote on this machine.

A document may name code to run, and a store may come from anybody. So beside such a document lies a seal: keyed
digests (HMAC-SHA256) of its bytes, under a key that is kept outside every store and readable by this user alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from paribus.core import atomic
from paribus.records.program import origin_text
from paribus.runs.store import files

SEAL = "seal"
LARGEST_SEAL = 1 << 12  # bytes
LARGEST_SEALED = 1 << 28
_KEY_BYTES = 32
_KEPT = 2  # of a document and of the one that it is about to replace: a kill between the two leaves either proven


def write_sealed(path: Path, data: bytes, settled: bool = True) -> None:
    """Write a document in one step, with the proof that this user's own command did; without, where no key can be."""
    if (key := private_key()) is not None:
        seal = path.with_name(SEAL)
        lines = [*files.read_lines(seal, LARGEST_SEAL), _digest(key, path.absolute(), data)]
        files.keep_lines(seal, list(dict.fromkeys(lines))[-_KEPT:], durable=False)  # lost, it proves nothing
    files.write_whole(path, data, settled=settled)


def code_sealed_in(folder: Path) -> frozenset[str]:
    """What a document of this folder names that may be code, where this user's own command on this machine wrote it."""
    found: set[str] = set()
    if (key := private_key()) is not None:
        seals = files.read_lines(folder / SEAL, LARGEST_SEAL)
        for path in (folder / name for name in ("comparison.json", "record.json")):
            data = files.read_bytes(path, LARGEST_SEALED) or b""
            own = _digest(key, path.absolute(), data)
            if any(hmac.compare_digest(line, own) for line in seals):
                found |= set(_named(json.loads(data)))
    return frozenset(found)


def _named(value: Any) -> Iterator[str]:
    """Every text in a JSON document that may name code, wherever its schema has it; of programs their origin."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key in ("model", "loss", "optimizer", "name") and isinstance(inner, str):
            yield inner
        if key == "source" and isinstance(inner, dict):
            yield origin_text(inner)
            metrics = inner.get("metric", ())  # a recipe's, `package.module:name:max`
            named = [*(metrics if isinstance(metrics, list) else ()), inner.get("steer")]
            yield from (":".join(word.split(":")[:2]) for word in named if isinstance(word, str))
        yield from _named(inner)


def _digest(key: bytes, path: Path, data: bytes) -> bytes:
    """Of the bytes and of what they are called: no document passes for another."""
    name = f"{path.parent.name}/{path.name}\n".encode()
    return hmac.new(key, name + data, hashlib.sha256).hexdigest().encode()


def private_key() -> bytes | None:
    """This user's own secret, made when it is first needed; None where there is no place to keep one."""
    path = user_state_path("paribus") / "key"
    with contextlib.suppress(OSError):
        return _read_key(path) or _make_key(path)
    return None


def _read_key(path: Path) -> bytes | None:
    """None where there is none, or none that only this user could have written and read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if os.name == "posix" and (facts.st_uid != os.geteuid() or stat.S_IMODE(facts.st_mode) & 0o077):
            return None
        key = file.read(_KEY_BYTES + 1)
    return key if len(key) == _KEY_BYTES else None


def _make_key(path: Path) -> bytes | None:
    """Whole or not at all; where two processes make one at once, the first one's is the key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():  # damaged, or open to others: whoever read it could seal what they like
        path.unlink()
    atomic.write_once(path, secrets.token_bytes(_KEY_BYTES), 0o600)
    return _read_key(path)
