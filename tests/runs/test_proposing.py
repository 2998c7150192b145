"""What is tried with a program of which only the fields are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from paribus.core.errors import ParibusError
from paribus.core.fields import FieldSpec
from paribus.records.intervention import OFF_DEFAULT
from paribus.records.program import Fields
from paribus.runs.proposing import plain_proposals

SPECIFICATIONS = {
    "degree": FieldSpec(name="degree", kind="whole", default=3),
    "penalty": FieldSpec(name="penalty", kind="number", default=0.3),
    "centred": FieldSpec(name="centred", kind="switch", default=True),
    "basis": FieldSpec(name="basis", kind="choice", default="plain", choices={"plain": "", "orthogonal": ""}),
    "data": FieldSpec(name="data", kind="text", required=True),
    "steps": FieldSpec(name="steps", kind="whole", default=20),
}
USUAL = Fields(degree=3, penalty=0.3, centred=True, basis="plain", data="made", steps=20)


def tried(fields: Fields, **how: Any) -> list[tuple[str, Any, str | None]]:
    found = plain_proposals(SPECIFICATIONS, fields, length="steps", **how)
    return [(i.changes[0].factor, i.changes[0].after, i.finding) for i in found]


def test_a_field_that_is_not_at_its_default_is_set_back_first() -> None:
    assert tried(USUAL.replace(penalty=300.0, basis="orthogonal"))[:2] == [
        ("penalty", 0.3, OFF_DEFAULT),
        ("basis", "plain", OFF_DEFAULT),
    ]


def test_then_numbers_are_taken_ten_times_larger_and_smaller_and_switches_the_other_way() -> None:
    assert tried(USUAL) == [
        ("degree", 30, None),
        ("degree", 0, None),
        ("penalty", 3.0, None),
        ("penalty", 0.03, None),
        ("centred", False, None),
        ("steps", 60, None),
    ]


@pytest.mark.parametrize("value", [0, 0.0])
def test_nothing_is_ten_times_zero(value: float) -> None:
    assert [after for name, after, _ in tried(USUAL.replace(penalty=value)) if name == "penalty"] == [0.3]


def test_what_the_program_refuses_what_does_nothing_and_what_is_fixed_is_left_out() -> None:
    def valid(values: Mapping[str, Any]) -> Fields:
        if not 1 <= values["degree"] <= 20:
            raise ParibusError("degree must be from 1 to 20")
        return Fields(values)

    def inert(name: str, fields: Fields) -> str | None:
        return "only the orthogonal basis is centred" if name == "centred" else None

    assert {name for name, *_ in tried(USUAL, valid=valid, inert=inert, fixed=["penalty"])} == {"steps"}


def test_the_length_is_no_fault_that_its_default_would_mend() -> None:
    assert tried(USUAL.replace(steps=5))[-1] == ("steps", 15, None)
    assert ("steps", 20, OFF_DEFAULT) not in tried(USUAL.replace(steps=5))
