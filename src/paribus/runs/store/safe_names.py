"""Names of runs, comparisons and checkpoints: safe as a file's name on every system, and found by their beginning."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from paribus.core.errors import StoreError, nearest
from paribus.core.messages import Message

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}", re.ASCII)
# Windows keeps these for devices, with any ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_UNSAFE = re.compile(r"[^a-z0-9_.]+", re.ASCII)


def is_safe(name: str) -> bool:
    """Whether a name stays in its folder, and means the same on every file system."""
    return bool(_SAFE.fullmatch(name)) and not name.endswith(".") and name.split(".")[0].lower() not in _DEVICES


def safe_name(name: Any, kind: str) -> str:
    """`name`, or StoreError where it could lead out of its folder. `kind` says what it names."""
    if isinstance(name, str) and is_safe(name):
        return name
    raise StoreError(
        "the name of a {kind} must be 1 to 120 ASCII letters, digits, dots, hyphens or underscores, and "
        "begin with a letter or digit",
        kind=Message(kind),
        got=name,
    )


def slug(text: str, longest: int) -> str:
    """Text as a safe name or its beginning: lower case, others as hyphens, cut to `longest`; it may be empty."""
    return _UNSAFE.sub("-", text.lower()).strip("-._")[:longest].rstrip("-._")


def recipe_file(arm: str) -> str:
    """What an arm's recipe is called beside its comparison. Names that are no safe text are told apart by a digest."""
    short = slug(arm, 60)
    mark = "" if short == arm else "-" + hashlib.sha256(arm.encode()).hexdigest()[:6]
    return f"{short or 'arm'}{mark}.toml"


def find(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that is `name`, or the only one that begins with it. Raises StoreError where several do."""
    names = sorted(known)
    if name in names:
        return name
    matches = [other for other in names if name and other.startswith(name)]
    if len(matches) > 1:
        listed = ", ".join(matches[:5]) + (", ..." if len(matches) > 5 else "")
        raise StoreError(
            "{name!q} begins {count} names: {listed}. Give more of it", name=name, count=len(matches), listed=listed
        )
    return matches[0] if matches else None


def not_found(kind: str, name: str, known: Iterable[str], root: Path) -> StoreError:
    """The error for a name that nothing has."""
    names = sorted(known)
    there = Message("there are {count}, see paribus list", count=len(names)) if names else Message("it has none")
    return StoreError(
        "no {kind} {name!q} in the store {path}",
        kind=Message(kind),
        name=name,
        path=root,
        hint=nearest(name, names, there),
    )
