"""The curves of an explanation's interventions: of the runs that it names, where all of them can be read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from paribus.diagnosis.intervention_outcomes import effect
from paribus.diagnosis.learning_curves import learning_curves_of
from paribus.records.explanation import Explanation
from paribus.records.run import RunResult
from paribus.runs.registry import default_program
from paribus.runs.store import Store
from tests.diagnosis.explanations import LONGER, NO_DECAY, an_explanation
from tests.factories import make_comparison, make_design, make_results


@pytest.fixture
def runs() -> dict[tuple[str, int], RunResult]:
    """Three pairs of runs of several epochs."""
    design = make_design("activation", ["sigmoid", "relu"], seeds=3)
    return make_results(design, {"sigmoid": [0.1] * 3, "relu": [0.9] * 3})


def explained(store: Store, runs: dict[tuple[str, int], RunResult]) -> Explanation:
    """As it is found by the runs, which lie in the store; and one intervention that was not run."""
    for run in runs.values():
        folder = store.begin(run.record.model_copy(update={"status": "running"}))
        for metrics in run.epochs:
            folder.append_epoch(metrics)
    sides = [[runs[arm, seed] for seed in range(3)] for arm in ("sigmoid", "relu")]
    seen = effect(default_program(), sides[0], sides[1], len(sides[0][0].epochs))
    tested = NO_DECAY.model_copy(update={"confirmed": seen})
    return an_explanation(tested, LONGER, comparison=make_comparison("lesson"))


def test_a_curve_ends_where_its_effect_is(tmp_path: Path, runs: dict[tuple[str, int], RunResult]) -> None:
    store = Store(tmp_path)
    explanation = explained(store, runs)
    found, none = learning_curves_of(explanation, store)
    seen = explanation.tested[0].confirmed
    assert none is None
    assert found is not None
    assert seen is not None
    assert (found.before[-1], found.after[-1]) == pytest.approx((seen.before, seen.after))
    assert len(found.before) == len(found.after) == seen.epochs


def test_where_one_run_is_gone_or_damaged_there_is_no_curve(
    tmp_path: Path, runs: dict[tuple[str, int], RunResult]
) -> None:
    store = Store(tmp_path)
    explanation = explained(store, runs)
    (store.run_folder(runs["relu", 1].record.id) / "metrics.jsonl").write_text("{")
    assert learning_curves_of(explanation, store) == (None, None)
    shutil.rmtree(store.run_folder(runs["relu", 1].record.id))
    assert learning_curves_of(explanation, store) == (None, None)
