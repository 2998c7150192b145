"""What is changed of a function in looking for a cause: mends from outside, and fields whose role is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from paribus.core.errors import ParibusError
from paribus.diagnosis.findings import rule_of
from paribus.diagnosis.findings.what_to_try import NO_CLIP, NO_DECAY, NO_DROPOUT, Move, as_long, times, to
from paribus.programs.mends import MENDS, PREFIX
from paribus.records.finding import Finding
from paribus.records.intervention import OFF_DEFAULT, Change, Intervention
from paribus.records.program import Fields

_RATE = PREFIX + "learning_rate"
_CLIP = "gradient_clip"  # what rules call it
# Tried whatever was found, of fields that the function has; only the learning rate also from outside.
_ANYWAY: tuple[Move, ...] = (
    times(10),
    times(0.1),
    NO_DECAY,
    NO_CLIP,
    NO_DROPOUT,
    to("momentum", 0.9),
    to("batch_size", 64),
    as_long(3),
)
# Fields of a recipe that moves ask for and that a function has not.
_UNKNOWN: Mapping[str, Any] = {"optimizer": "", "model": ":", "weight_decay": 0.0}

Valid = Callable[[Mapping[str, Any]], Fields]


def function_proposals(
    fields: Fields,
    findings: Sequence[Finding],
    fixed: Sequence[str],
    *,
    roles: Mapping[str, str],
    defaults: Mapping[str, Any],
    mends: bool,
    valid: Valid,
) -> tuple[Intervention, ...]:
    """Changes to try, those first that something points at.

    Args:
        fields: as they are.
        findings: what was seen in its runs.
        fixed: fields that are left alone.
        roles: the fields whose role is known, by it; no others are changed, but set back to their defaults.
        defaults: of the fields that have one.
        mends: whether anything can be mended from outside.
        valid: the program's check of all fields, which raises ParibusError.
    """
    own = {_CLIP if role == "clip" else role: field for role, field in roles.items()}
    moves = _Moves(fields, own, mends, fixed)
    found: dict[tuple[str, Any], Intervention] = {}
    for name, after, pointer in (*_pointed_at(findings, moves), *_off_default(fields, defaults), *moves.anyway()):
        key, before = (name, after), fields.get(name)
        if name in fixed or key in found or (after is None and before is None) or after == before:
            continue
        try:
            valid(fields.replace(**{name: after}))
        except ParibusError:
            continue
        found[key] = Intervention(changes=(Change(factor=name, before=before, after=after),), finding=pointer)
    return tuple(found.values())


Proposed = tuple[str, Any, str | None]


def _off_default(fields: Fields, defaults: Mapping[str, Any]) -> Iterator[Proposed]:
    for name, default in defaults.items():
        if name in fields:
            yield name, default, OFF_DEFAULT


def _pointed_at(findings: Sequence[Finding], moves: _Moves) -> Iterator[Proposed]:
    for finding in findings:
        if moves.mends:
            yield from ((m.field, m.value, finding.name) for m in MENDS.values() if finding.name in m.findings)
        rule = rule_of(finding.name)
        for move in rule.changes if rule else ():
            yield from moves.made(move, finding)


class _Moves:
    """A rule's changes of a recipe, as changes of a function's own fields, or as mends where it has no such field."""

    def __init__(self, fields: Fields, own: Mapping[str, str], mends: bool, fixed: Sequence[str]) -> None:
        self._fields, self._own, self.mends, self._fixed = fields, own, mends, fixed
        known = {name: fields[field] for name, field in own.items() if _is_number(fields[field])}
        self._values = {**_UNKNOWN, "learning_rate": 1.0, **known}  # from outside a rate has a factor
        self._known = known

    def made(self, move: Move, finding: Finding | None) -> Iterator[Proposed]:
        """The change, if there is one to make."""
        name, value = move
        try:
            after = value(self._values, finding)
        except KeyError:  # of a field that it has not
            return
        pointer = finding.name if finding else None
        field = self._own.get(name)
        if name == _CLIP and not after:  # 0 may mean that nothing is left
            yield from self._mended(name, after, pointer)
        elif field is not None and name in self._known:
            yield field, type(self._fields[field])(after), pointer
        elif field is None and after is not None:
            yield from self._mended(name, after, pointer)

    def anyway(self) -> Iterator[Proposed]:
        """What is worth trying whatever was found."""
        for move in _ANYWAY:
            if move[0] in self._own or move[0] == "learning_rate":
                yield from self.made(move, None)

    def _mended(self, name: str, after: Any, pointer: str | None) -> Iterator[Proposed]:
        if not self.mends or self._own.get(name) in self._fixed:
            return
        if name == "learning_rate":
            yield _RATE, float(after), pointer
        yield from ((m.field, m.value, pointer) for m in MENDS.values() if (name, after) in m.moves)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
