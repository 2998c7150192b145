"""Which one-field interventions to test: those that a finding points at first, then what is worth trying anyway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from paribus.core.errors import RecipeError
from paribus.diagnosis.findings import rule_of
from paribus.diagnosis.findings.what_to_try import ANYWAY, Move
from paribus.programs.recipe.recipe import Recipe, inert
from paribus.records.finding import Finding
from paribus.records.intervention import Change, Intervention


def proposals(recipe: Recipe, findings: Sequence[Finding], fixed: Sequence[str] = ()) -> tuple[Intervention, ...]:
    """One-field interventions on `recipe`, ranked: by the strength of the finding that points at them, then the rest.

    Changes that would change nothing, or that make no valid recipe, are left out, as are fields in `fixed` (the factor
    of a comparison is what is to be explained).
    """
    found: dict[tuple[str, Any], Intervention] = {}
    fields = recipe.model_dump()
    for finding, (field, value) in _candidates(findings):
        after = value(fields, finding)
        key = (field, after)
        if field in fixed or key in found or not _changes(recipe, field, after):
            continue
        change = Change(factor=field, before=getattr(recipe, field), after=after)
        found[key] = Intervention(changes=(change,), finding=finding.name if finding else None)
    return tuple(found.values())


def _candidates(findings: Sequence[Finding]) -> Iterator[tuple[Finding | None, Move]]:
    ranked = sorted(findings, key=lambda f: (f.rank, f.name == "constant_predictor"))
    for finding in ranked:
        if finding.name == "constant_predictor" and finding is not ranked[0]:
            continue  # of what else was found
        for move in _changes_of(finding.name):
            yield finding, move
    for move in ANYWAY:
        yield None, move


def _changes_of(finding: str) -> tuple[Move, ...]:
    rule = rule_of(finding)
    return rule.changes if rule else ()


def _changes(recipe: Recipe, field: str, after: Any) -> bool:
    if after is None or after == getattr(recipe, field):
        return False
    if inert(field, recipe):
        return False
    try:
        recipe.with_field(field, after)
    except RecipeError:
        return False
    return True


def undoes(recipe: Recipe, intervention: Intervention, finding: str) -> bool:
    """Whether one of the intervention's changes is among those that would remove the finding's mechanism."""
    fields = recipe.model_dump()
    moves = [(field, value(fields, None)) for field, value in _changes_of(finding)]
    return any((change.factor, change.after) in moves for change in intervention.changes)
