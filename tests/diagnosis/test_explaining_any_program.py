"""Why a program that is no recipe does badly: a penalty a thousand times too large is named, on fresh seeds."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest

from paribus.diagnosis.search import Found, search
from paribus.diagnosis.subject import FRESH_SEEDS, Subject
from paribus.diagnosis.trial_runner import TrialRunner
from paribus.records.explanation import OFF_DEFAULT, Symptoms, first_cause
from paribus.records.program import Fields
from paribus.runs.planning import Settings
from paribus.runs.runner import Runner, typical_epoch
from tests.programs.polynomial import FAULT, made_known


@pytest.fixture
def executor() -> Iterator[Executor]:
    """In this process: a run takes a millisecond."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def explained(tmp_path: Path, executor: Executor, fields: Fields) -> tuple[Runner, Found]:
    program = made_known()
    runner = Runner(program, Settings(tmp_path, device="cpu", workers=1), executor)
    runs = runner.runs(fields, range(3), lambda event: None)
    symptoms = (Symptoms(arm="", seeds=(0, 1, 2), findings=(), traced=False),)
    subject = Subject(program, "polynomial", fields, tuple(runs), symptoms)
    driver = TrialRunner(runner, search(subject.question()), typical_epoch(runs), lambda event: None)
    return runner, driver.run()


def test_the_penalty_is_the_cause_and_nothing_else_has_an_effect(tmp_path: Path, executor: Executor) -> None:
    runner, found = explained(tmp_path, executor, made_known().fields({"ridge": FAULT}))
    assert first_cause(found.tested) is not None
    (change,) = first_cause(found.tested).changes
    assert (change.factor, change.before, change.after, first_cause(found.tested).finding) == (
        "ridge",
        FAULT,
        0.01,
        OFF_DEFAULT,
    )
    kinds = {(t.intervention.changes[0].factor, t.intervention.changes[0].after): t.kind for t in found.tested}
    others = {factor: kind for (factor, _), kind in kinds.items() if factor != "ridge"}
    assert others == {"degree": "ruled_out", "chunk": "ruled_out", "steps": "ruled_out"}
    cause = next(t for t in found.tested if t.kind == "cause").confirmed
    assert cause is not None
    assert cause.seeds == tuple(range(3, 3 + FRESH_SEEDS)), "none that was looked at"
    assert cause.after < 0.1 < 0.5 < cause.before
    assert cause.explained_before == -cause.before
    assert cause.trained_before is None
    assert runner.complete


def test_of_a_program_that_does_well_nothing_is_named(tmp_path: Path, executor: Executor) -> None:
    _, found = explained(tmp_path, executor, made_known().fields({"steps": 40}))
    assert first_cause(found.tested) is None
    assert not [t for t in found.tested if t.kind in ("cause", "remedy")]
