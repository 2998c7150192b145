"""A program whose best setting is known beforehand, and is another one for each arm. At its best every arm is alike.

The figure falls off with the square of the rate's distance from the arm's best, in powers of ten; further off than
`CLIFF` a run comes to nothing. Noise is of the seed and the same for all arms, but for a little of each one's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from paribus.core.errors import FaultsError
from paribus.core.field_faults import faults_of
from paribus.core.fields import FieldSpec, specifications
from paribus.core.seeds import generator
from paribus.records.program import Fields, Label, Metric, ProgramInfo
from paribus.runs.program_protocol import Outcome, Program
from paribus.runs.registry import register
from paribus.runs.store import RunWriter
from paribus.runs.task import How

BEST = {"a": 1e-3, "b": 1e-1, "c": 1e-2}
CLIFF = 2.5  # powers of ten above the best
INFO = ProgramInfo(
    kind="contrived",
    name="contrived",
    identity="c" * 64,
    metrics=(
        Metric(name="score", direction="max", label=Label(en="score", ko="점수")),
        Metric(name="steer", direction="max", label=Label(en="steering score", ko="검증 점수")),
    ),
    steers="steer",
    judged="score",
)


class ContrivedFields(BaseModel):
    """What may be chosen. `spin` does nothing but in the arm b."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    arm: str = "a"
    rate: Annotated[float, Field(ge=0)] = 0.1
    spin: Annotated[int, Field(ge=0, le=8)] = 4
    kind: str = "plain"


SPECIFICATIONS = specifications(ContrivedFields)


class Contrived(Program):
    """Its runs take no time."""

    info = INFO

    @property
    def specifications(self) -> Mapping[str, FieldSpec]:
        return SPECIFICATIONS

    def inert(self, name: str, fields: Fields) -> Any:
        from paribus.core.messages import Message

        return Message("only the arm b spins") if name == "spin" and fields["arm"] != "b" else None

    def fields(self, values: Mapping[str, Any]) -> Fields:
        try:
            return Fields(ContrivedFields.model_validate(dict(values)).model_dump())
        except ValidationError as error:
            raise FaultsError("the contrived", faults_of(error, SPECIFICATIONS)) from None

    def run(self, fields: Fields, seed: int, folder: RunWriter, how: How) -> Outcome:
        off = math.log10(fields["rate"] / BEST[fields["arm"]])
        if off > CLIFF:
            return Outcome({"score": float("nan"), "steer": float("nan")})
        shared = generator(seed, "contrived").normal(0, 0.02)
        own = generator(seed, f"contrived/{fields['arm']}").normal(0, 0.01, 2)
        spin = -0.1 * abs(fields["spin"] - 4) if fields["arm"] == "b" else 0.0
        true = 1 - 0.2 * off**2 + spin + shared
        return Outcome({"score": true + own[0], "steer": true + own[1]})


def program(info: ProgramInfo | None) -> Program:
    return Contrived()


def made_known() -> Program:
    """Registered in this process."""
    register("contrived", "tests.programs.contrived:program")
    return Contrived()
