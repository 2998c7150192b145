"""What is compared: arms, seeds, and all in which the arms differ."""

from __future__ import annotations

from pydantic import Field

from paribus.core.frozen import Frozen
from paribus.records.factorial import Factor
from paribus.records.program import Fields, FieldValue, ProgramInfo


class Arm(Frozen):
    """The program's fields with the factor set to one of its values. `name` is unique in its comparison."""

    name: str
    value: FieldValue
    fields: Fields


class Design(Frozen):
    """What is compared: the arms, the seeds, and everything in which the arms differ.

    `differences` has for each differing field its value in each arm, in the arms' order. A fair design has exactly
    one such field, the factor; a design with more is `confounded`, and every output says so. baseline: name of the arm
    against which each other one is to be judged; empty where every pair is. factors: of a factorial design the two,
    whose cells the arms are, level by level of the first; then two fields differ, and it is fair. rule: the edition of
    the decision rule.
    """

    program: ProgramInfo
    factor: str = ""
    arms: tuple[Arm, ...]
    seeds: tuple[int, ...]
    recipe_name: str = ""
    confounded: bool = False
    differences: dict[str, tuple[FieldValue, ...]] = Field(default_factory=dict)
    baseline: str = ""
    factors: tuple[Factor, ...] = ()
    rule: str = "second"
    id: str = ""
