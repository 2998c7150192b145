"""The editions of the decision rule, by name."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

from paribus.core.errors import ParibusError, nearest
from paribus.records.design import Design

if TYPE_CHECKING:
    from paribus.comparison.decision_rule.second_edition import Decision, Evidence

# Where each is; loaded when something is judged, for SciPy takes its time.
EDITIONS = {
    "second": "paribus.comparison.decision_rule.second_edition",
    "first": "paribus.comparison.decision_rule.first_edition",
}
CURRENT = "second"


class Edition(Protocol):
    """A module with an edition. PLAIN: its figures are judged by the t test alone, without what `heavy_tails` adds."""

    PLAIN: bool

    def decide(self, e: Evidence, level: float, /) -> Decision:
        """The verdicts."""


def edition(name: str) -> Edition:
    """The rule of this name."""
    return cast(Edition, importlib.import_module(EDITIONS[name]))


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
