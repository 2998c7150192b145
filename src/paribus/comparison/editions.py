"""The editions of the decision rule, by name."""

from __future__ import annotations

from collections.abc import Callable

from paribus.comparison import first_edition, rule
from paribus.core.errors import ParibusError, nearest
from paribus.records.comparison import Design

EDITIONS: dict[str, Callable[[rule.Evidence, float], rule.Decision]] = {
    "second": rule.decide,
    "first": first_edition.decide,
}
CURRENT = "second"


def check_edition(name: str) -> str:
    """The name, if an edition has it. Raises ParibusError with those that there are."""
    if name not in EDITIONS:
        raise ParibusError(
            "{field} must be one of {choices}",
            field="rule",
            choices=tuple(EDITIONS),
            got=name,
            hint=nearest(name, EDITIONS),
        )
    return name


def with_edition(design: Design, name: str) -> Design:
    """The design, to be judged by the rule's edition of this name. Raises ParibusError."""
    return design.model_copy(update={"rule": check_edition(name)})
