"""The ruler: files by which edits are measured, and which no edit may touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from paribus.core.errors import Fault, FaultsError, ParibusError
from paribus.programs.command.sources import CODE, digest_of
from paribus.programs.earlier_code import changed, few
from paribus.records.referee import Loop
from paribus.referee.journal import Outside

_LARGEST = 1_000_000_000  # bytes of data whose digests are made


class RulerTouched(ParibusError):
    """An edit touches what it is measured by. Nothing was run."""


def named(place: Path, top: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Files and folders as paths in the repository. Raises FaultsError for those that are not there."""
    faults, found = [], []
    for name in names:
        path = (place / name).resolve()
        if not path.exists():
            faults.append(Fault("{path}: no such file or folder", path=name))
        elif not path.is_relative_to(top):
            faults.append(
                Fault("{path} is not below {top}, and no edit can touch it: --depends watches it", path=name, top=top)
            )
        else:
            found.append(str(path.relative_to(top)))
    if faults:
        raise FaultsError("what measures", faults)
    return tuple(found)


def data_among(read: Sequence[str] | None) -> tuple[str, ...] | None:
    """Of the files that a run read those that are no code: what it learns from and is measured on."""
    return None if read is None else tuple(name for name in read if not CODE.search(name))


def touched(loop: Loop, differing: Sequence[str]) -> tuple[str, ...]:
    """Of the files in which a candidate differs those that belong to the ruler."""
    ruler = (*loop.ruler, *(loop.data or ()))
    return tuple(name for name in differing if any(name == one or name.startswith(f"{one}/") for one in ruler))


def refuse_touched(loop: Loop, differing: Sequence[str]) -> None:
    """Raise RulerTouched where the edit changes the ruler."""
    if names := touched(loop, differing):
        raise RulerTouched(
            "the edit changes what it is measured by: {files}. Put that back as it was; or, where the change is meant, "
            "--allow-ruler tries it all the same, and the report says so",
            files=few(names),
        )


def refuse_changed(names: Sequence[str]) -> None:
    """Raise RulerTouched where what lies outside the code is not as it was."""
    if names:
        raise RulerTouched(
            "{files} changed since the loop was started, so that figures are not those of before. Put it back, or "
            "start a new loop; --allow-ruler goes on all the same, and the report says so",
            files=few(names),
        )


def changed_outside(place: Path, before: Outside, facts: Mapping[str, str]) -> tuple[str, ...]:
    """The files outside the code that are not as they were: data by their digests, where those are known."""
    return tuple(
        name
        for name in changed(before.facts, facts)
        if name not in before.digests or digest_of(place / name) != before.digests[name]
    )


def digests_of(place: Path, facts: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Digests of data, the smallest files first, as far as they are not too large in all. known: those of before."""
    found, left = {}, _LARGEST
    for size, name in sorted((int(fact.split()[0]), name) for name, fact in facts.items() if " " in fact):
        left -= size
        if left < 0:
            break
        if digest := known.get(name) or digest_of(place / name):
            found[name] = digest
    return found
