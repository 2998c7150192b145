"""Why a program that is no recipe does badly: a penalty a thousand times too large is named, on fresh seeds."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest

from paribus.diagnosis.intervention_outcomes import Scale, effect
from paribus.diagnosis.placebo import placebo_of
from paribus.diagnosis.search import Found, search
from paribus.diagnosis.stored_evidence import beside_stored
from paribus.diagnosis.subject import FRESH_SEEDS, Subject
from paribus.diagnosis.trial_runner import TrialRunner
from paribus.diagnosis.words import intervention_outcomes as words
from paribus.records import explanation as values
from paribus.records.explanation import Symptoms
from paribus.records.intervention import OFF_DEFAULT, Change, Intervention, first_cause
from paribus.records.program import Fields
from paribus.runs.budget_runner import BudgetRunner, typical_epoch
from paribus.runs.planning import Settings
from tests.programs.polynomial import FAULT, made_known


@pytest.fixture
def executor() -> Iterator[Executor]:
    """In this process: a run takes a millisecond."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def explained(tmp_path: Path, executor: Executor, fields: Fields) -> tuple[BudgetRunner, Subject, Found]:
    program = made_known()
    runner = BudgetRunner(program, Settings(tmp_path, device="cpu", workers=1), executor)
    runs = runner.runs(fields, range(3), lambda event: None)
    symptoms = (Symptoms(arm="", seeds=(0, 1, 2), findings=(), traced=False),)
    subject = Subject(program, "polynomial", fields, tuple(runs), symptoms)
    driver = TrialRunner(runner, search(subject.question(runner.store)), typical_epoch(runs), lambda event: None)
    return runner, subject, driver.run()


def test_the_penalty_is_the_cause_and_nothing_else_has_an_effect(tmp_path: Path, executor: Executor) -> None:
    runner, subject, found = explained(tmp_path, executor, made_known().fields({"ridge": FAULT}))
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
    assert others == dict.fromkeys(["degree", "chunk", "steps"], "no_effect_seen")
    cause = next(t for t in found.tested if t.kind == "cause").confirmed
    assert cause is not None
    assert cause.seeds == tuple(range(3, 3 + FRESH_SEEDS)), "none that was looked at"
    assert cause.after < 0.1 < 0.5 < cause.before
    assert cause.explained_before == -cause.before
    assert cause.trained_before is None
    assert runner.complete
    placebo = placebo_of(found.tested, subject, runner)
    assert placebo is not None
    assert (placebo.kind, placebo.effect.seeds) == ("ruled_out", cause.seeds)
    assert placebo.effect.runs_after == tuple(run.record.id for run in subject.runs), "none was made for it"


def test_whole_runs_that_are_there_already_are_not_contradicted(tmp_path: Path, executor: Executor) -> None:
    """A short run saw no effect of the degree; the comparison's own runs have it, and did better."""
    program = made_known()
    runner = BudgetRunner(program, Settings(tmp_path, device="cpu", workers=1), executor)
    spoilt, better = (program.fields({"ridge": ridge}) for ridge in (FAULT, 0.01))
    runs = runner.runs(spoilt, range(3), lambda event: None)
    subject = Subject(program, "polynomial", spoilt, tuple(runs), (Symptoms(arm="", seeds=(), findings=()),))
    change = Intervention(changes=(Change(factor="ridge", before=FAULT, after=0.01),), finding=None)
    seen = effect(program, runs[:1], runs[:1], 1)
    short = values.Tested(intervention=change, kind="no_effect_seen", screened=seen)
    assert beside_stored((short,), subject, Scale(0.0), runner) == (short,), "nothing else is there"
    runner.runs(better, range(2), lambda event: None)
    (told,) = beside_stored((short,), subject, Scale(0.0), runner)
    assert told.kind == "not_established"
    assert told.stored is not None
    assert (told.stored.seeds, told.stored.after < 0.1 < 0.5 < told.stored.before) == ((0, 1), True)
    said = words.tested_words(told, program.info, "en")
    assert "did better in runs that were there already" in said
    assert "no effect seen in" in said


def test_of_a_program_that_does_well_nothing_is_named(tmp_path: Path, executor: Executor) -> None:
    _, _, found = explained(tmp_path, executor, made_known().fields({"steps": 40}))
    assert first_cause(found.tested) is None
    assert not [t for t in found.tested if t.kind in ("cause", "remedy")]
