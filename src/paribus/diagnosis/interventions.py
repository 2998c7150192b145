"""Interventions as changes of a program's fields."""

from __future__ import annotations

from paribus.records.intervention import Intervention
from paribus.records.program import Fields


def changed(fields: Fields, intervention: Intervention) -> Fields:
    """The fields with the intervention made; whether the program takes them is not checked."""
    return fields.replace(**{change.factor: change.after for change in intervention.changes})


def together(first: Intervention, second: Intervention) -> Intervention:
    """Both changes at once, for where neither alone restores training."""
    return Intervention(changes=(*first.changes, *second.changes), finding=first.finding or second.finding)


def parts(intervention: Intervention) -> tuple[Intervention, ...]:
    """Each of its changes by itself."""
    return tuple(Intervention(changes=(change,), finding=intervention.finding) for change in intervention.changes)
