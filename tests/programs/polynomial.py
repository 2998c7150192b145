"""A second program, tiny and nothing like the first: a polynomial fitted to made data by gradient steps. NumPy only.

Less is better, it has one metric, no items, no word for trained, no trace and no data set. Its ridge penalty spoils
every fit where it is a thousand times too large; how many points are taken at a time changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import paribus as pb
from paribus.core.errors import FaultsError
from paribus.core.field_faults import faults_of
from paribus.core.fields import About, FieldSpec, specifications
from paribus.core.seeds import generator
from paribus.records.program import Epoch, Fields, Label, Metric, ProgramInfo
from paribus.results import ComparisonResult
from paribus.runs.program_protocol import Outcome, Program
from paribus.runs.registry import register
from paribus.runs.stopping import check
from paribus.runs.store import RunWriter
from paribus.runs.task import How

INFO = ProgramInfo(
    kind="polynomial",
    name="polynomial",
    identity="p" * 64,
    metrics=(Metric(name="loss", direction="min", label=Label(en="squared error", ko="제곱 오차")),),
    steers="loss",
    judged="loss",
    length="steps",
)
FAULT = 10.0  # a thousand times the default


class PolynomialFields(BaseModel):
    """What may be chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    degree: Annotated[int, Field(ge=0, le=12), About(label="degree")] = Field(3, description="of the polynomial")
    ridge: Annotated[float, Field(ge=0), About(label="ridge penalty")] = Field(
        0.01, description="multiplies the squared coefficients"
    )
    chunk: Annotated[int, Field(ge=1), About(label="points at a time")] = Field(
        16, description="points whose gradient is added up at a time"
    )
    steps: Annotated[int, Field(ge=1, le=100_000), About(label="steps")] = Field(12, description="gradient steps")


SPECIFICATIONS = specifications(PolynomialFields)


class Polynomial(Program):
    """Fits Legendre coefficients by full gradient steps, the penalty taken implicitly so that no penalty diverges."""

    info = INFO

    @property
    def specifications(self) -> Mapping[str, FieldSpec]:
        return SPECIFICATIONS

    def fields(self, values: Mapping[str, Any]) -> Fields:
        try:
            return Fields(PolynomialFields.model_validate(dict(values)).model_dump())
        except ValidationError as error:
            raise FaultsError("the polynomial", faults_of(error, SPECIFICATIONS)) from None

    def grows(self, fields: Fields) -> bool:
        return True

    def run(self, fields: Fields, seed: int, folder: RunWriter, how: How) -> Outcome:
        learn, judge = _points(seed, 64, "learn"), _points(seed, 256, "judge")
        state = folder.read_state()
        weights = np.zeros(fields["degree"] + 1) if state is None else state[0]["weights"]
        for step in range(len(folder.epochs()) + 1, fields["steps"] + 1):
            check()
            begun = time.perf_counter()
            weights = _stepped(weights, *learn, fields)
            folder.append_epoch(
                Epoch(epoch=step, figures={"loss": _loss(weights, *judge)}, seconds=time.perf_counter() - begun)
            )
            folder.write_state({"weights": weights}, {"epochs": str(step)})
            after_step(step)
        return Outcome({"loss": _loss(weights, *judge)})


def after_step(step: int) -> None:
    """For tests that stop a run."""


def _points(seed: int, count: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    draw = generator(seed, f"polynomial/{name}")
    x = draw.uniform(-1, 1, count)
    return x, 1 - 2 * x + 3 * x**3 + draw.normal(0, 0.1, count)


def _stepped(weights: np.ndarray, x: np.ndarray, y: np.ndarray, fields: Fields) -> np.ndarray:
    gradient = np.zeros_like(weights)
    for first in range(0, len(x), fields["chunk"]):
        part = slice(first, first + fields["chunk"])
        basis = np.polynomial.legendre.legvander(x[part], fields["degree"])
        gradient += 2 * basis.T @ (basis @ weights - y[part]) / len(x)
    rate = 0.5
    stepped: np.ndarray = (weights - rate * gradient) / (1 + 2 * rate * fields["ridge"])
    return stepped


def _loss(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean((np.polynomial.legendre.legval(x, weights) - y) ** 2))


def program(info: ProgramInfo | None) -> Program:
    return Polynomial()


def made_known() -> Program:
    """Registered in this process; its workers are told where it is."""
    register("polynomial", "tests.programs.polynomial:program")
    return Polynomial()


def two_degrees(seeds: int, margin: float, out: Path, executor: Executor) -> ComparisonResult:
    """Degrees 1 and 3 under the planted penalty, which spoils both."""
    return pb.compare(
        "degree",
        [1, 3],
        program=made_known(),
        settings={"ridge": FAULT},
        seeds=seeds,
        margin=margin,
        out=out,
        workers=1,
        executor=executor,
    )
