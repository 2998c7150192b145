"""The first run of other people's code goes by itself, twice: what is wrong is told before the rest is made."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from paribus.comparison.compare import run_plan
from paribus.comparison.fair_design import design_from_factor
from paribus.comparison.words.json_view import comparison_json
from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.maps.grid import grid_for
from paribus.maps.run_map import run_map
from paribus.records.comparison import Comparison
from paribus.records.events import Event, RunEnded
from paribus.runs.failing import RunFailed
from paribus.runs.first_run import FirstRunFailed, make_first
from paribus.runs.planning import Settings, make_plan
from paribus.runs.program_protocol import Outcome
from paribus.runs.store import Store
from paribus.runs.store.prune import to_prune
from paribus.words.errors import error_words
from tests.programs.polynomial import FAULT, Polynomial, made_known

EXECUTOR = ThreadPoolExecutor(1)  # so that what a test sets holds in its workers too


@pytest.fixture(autouse=True)
def others_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Polynomial, "first_alone", True)
    monkeypatch.setattr(Polynomial, "repeat_check", True)


def compared(folder: Path, happened: list[Event] | None = None, seeds: int = 3) -> Comparison:
    program = made_known()
    design = design_from_factor(program, "ridge", (FAULT, 0.01), program.fields({}), "polynomial", range(seeds))
    plan = make_plan(design, Settings(folder, workers=1))
    listener = (lambda event: None) if happened is None else happened.append
    return run_plan(plan, 0.1, listener, EXECUTOR).comparison


def ends(happened: list[Event]) -> list[tuple[str, int, str, bool]]:
    return [(e.arm, e.seed, e.status, e.reused) for e in happened if isinstance(e, RunEnded)]


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> None:
    def run(self: Polynomial, *given: object) -> Outcome:
        if error is not None:
            raise error
        return whole(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Polynomial, "run", run)


whole = Polynomial.run


def test_where_the_first_run_fails_nothing_more_starts_and_the_next_call_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tail = "\n".join(f"line {n}" for n in range(100)) + "\nno file data.csv\x1b[2J"
    failing(monkeypatch, RunFailed(Message("exit code 3"), tail))
    happened: list[Event] = []
    with pytest.raises(FirstRunFailed) as caught:
        compared(tmp_path, happened)
    assert caught.value.exit_code == 1
    told = str(caught.value)
    assert told.startswith("the first run (10, seed 0) failed, and nothing more was started: exit code 3\nline 86\n")
    assert told.endswith("no file data.csv\ufffd[2J")
    assert "첫 실행" in error_words(caught.value, "ko")
    assert ends(happened) == [("10", 0, "failed", False)]
    assert len(Store(tmp_path).runs()) == 1
    failing(monkeypatch, None)
    happened.clear()
    compared(tmp_path, happened)
    assert ends(happened)[0] == ("10", 0, "finished", False)
    assert sorted(ends(happened)) == sorted((arm, s, "finished", False) for arm in ("10", "0.01") for s in range(3))


def test_a_run_of_no_comparison_is_told_by_its_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RunFailed(Message("exit code 3")))
    program = made_known()
    design = design_from_factor(program, "ridge", (FAULT, 0.01), program.fields({}), "polynomial", range(2))
    (task, *_) = make_plan(design, Settings(tmp_path, workers=1)).tasks
    with pytest.raises(FirstRunFailed, match=r"the first run \(seed 0\) failed"):
        make_first(program, [replace(task, arm="")], Store(tmp_path), lambda event: None, EXECUTOR)


def test_a_missing_figure_is_a_mistake_in_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Polynomial, "run", lambda *given: Outcome({"los": 1.0, "accuracy": 0.5}))
    with pytest.raises(ParibusError) as caught:
        compared(tmp_path)
    assert caught.value.exit_code == 2
    why = 'the run gave no figure "loss"; did you mean los?'
    assert str(caught.value) == f"the first run (10, seed 0) failed, and nothing more was started: {why}"


def test_later_failures_stop_nothing_and_what_went_well_before_is_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared(tmp_path, seeds=1)
    failing(monkeypatch, ValueError("no luck"))
    happened: list[Event] = []
    comparison = compared(tmp_path, happened, seeds=2)
    assert [end[2] for end in sorted(ends(happened), key=lambda end: end[1])] == ["finished"] * 2 + ["failed"] * 2
    assert [run.status for run in comparison.arms[0].runs] == ["finished", "failed"]


def test_the_first_run_is_made_twice_and_not_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = compared(tmp_path)
    assert comparison.repeat is not None
    assert (comparison.repeat.same, comparison.repeat.share, comparison.repeat.arm) == (True, 0.0, "10")
    store = Store(tmp_path)
    assert [record.id for record in store.runs() if record.id.endswith("-again")] == [
        comparison.arms[0].runs[0].id + "-again"
    ]
    assert len(store.runs()) == 7
    assert [p.run_id for p in to_prune(store, runs=True) if p.what == "run"] == [
        comparison.arms[0].runs[0].id + "-again"
    ]
    failing(monkeypatch, ValueError("nothing may run"))
    assert compared(tmp_path).repeat == comparison.repeat
    monkeypatch.setattr(Polynomial, "repeat_check", False)
    assert compared(tmp_path).repeat is None


def test_no_run_is_made_twice_where_all_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Polynomial, "repeat_check", False)
    compared(tmp_path)
    monkeypatch.setattr(Polynomial, "repeat_check", True)
    assert compared(tmp_path).repeat is None
    assert compared(tmp_path, seeds=4).repeat is not None


def test_other_figures_under_the_same_seed_are_told_with_their_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = itertools.chain([1.0, 1.5], itertools.cycle([2.0, 3.0]))
    monkeypatch.setattr(Polynomial, "run", lambda *given: Outcome({"loss": next(figures)}))
    comparison = compared(tmp_path)
    repeat = comparison.repeat
    assert repeat is not None
    # The arm has 1.0 and, seeds 1 and 2 being made after the other arm's, 3.0 and 3.0: their deviation is 2 / sqrt(3).
    assert [run.figures["loss"] for run in comparison.arms[0].runs] == [1.0, 3.0, 3.0]
    assert (repeat.first, repeat.again, repeat.same) == (1.0, 1.5, False)
    assert repeat.share == pytest.approx(0.5 / (2 / 3**0.5))
    data = comparison_json(comparison)
    assert data["repeat"] == {**repeat.model_dump(), "same": False}
    told = "ridge=10, seed 0, was made twice and gave 1.000, then 1.500 (a GPU, threads or a clock may do that)."
    assert f"The same seed does not give the same figures: {told} That is 43 % of the" in data["verdict"]["en"]
    assert "같은 시드" in data["verdict"]["ko"]


def test_a_second_run_that_fails_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = itertools.count()

    def run(*given: object) -> Outcome:
        if next(calls) == 1:
            raise ValueError
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Polynomial, "run", run)
    comparison = compared(tmp_path)
    assert comparison.repeat is not None
    assert (comparison.repeat.again, comparison.repeat.share) == (None, None)
    assert "then no figure" in comparison_json(comparison)["verdict"]["en"]


def test_a_map_begins_with_one_run_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ValueError("no luck"))
    grid = grid_for("ridge", [FAULT, 0.01], {"degree": [1, 3]}, None, {}, 3, None, None, program=made_known())
    with pytest.raises(FirstRunFailed):
        run_map(grid, Settings(tmp_path, workers=1), executor=EXECUTOR)
    assert len(Store(tmp_path).runs()) == 1
