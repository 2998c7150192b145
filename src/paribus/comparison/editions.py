"""The editions of the decision rule, by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from paribus.core.errors import ParibusError, nearest
from paribus.records.comparison import Design

if TYPE_CHECKING:
    from paribus.comparison.rule import Decision, Evidence

# Where each is; loaded when something is judged, for SciPy takes its time.
EDITIONS = {"second": "paribus.comparison.rule", "first": "paribus.comparison.first_edition"}
CURRENT = "second"


def edition(name: str) -> Callable[[Evidence, float], Decision]:
    """The rule of this name."""
    return cast("Callable[[Evidence, float], Decision]", importlib.import_module(EDITIONS[name]).decide)


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
