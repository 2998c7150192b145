"""Runs of somebody's own code that fail: kept as outcomes, told, and made again only where that may help."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from paribus.core.errors import StoreError
from paribus.core.messages import Message
from paribus.records.events import RunEnded
from paribus.records.run import Failure
from paribus.runs.execute import execute
from paribus.runs.failing import RunFailed, failed
from paribus.runs.planning import Plan, Settings, make_plan
from paribus.runs.program_protocol import Program
from paribus.runs.single_run import now
from paribus.runs.store import Store
from paribus.runs.time_limit import out_of_time
from tests.programs import polynomial
from tests.programs.polynomial import INFO, made_known
from tests.programs.test_polynomial_runs import design


def planned(folder: Path, time_limit: float | None = None, anew_since: str = "") -> Plan:
    """Of a program with a time limit, where one is given."""
    program: Program = made_known()
    program.anew_since = anew_since
    program.info = INFO if time_limit is None else INFO.model_copy(update={"source": {"time_limit": time_limit}})
    asked = design(seeds=1).model_copy(update={"program": program.info})
    return make_plan(asked, Settings(folder, workers=1), program=program)


def fail(monkeypatch: pytest.MonkeyPatch, error: BaseException | None) -> None:
    def after_step(step: int) -> None:
        if step == 3 and error is not None:
            raise error

    monkeypatch.setattr(polynomial, "after_step", after_step)


class Unsayable(Exception):
    def __str__(self) -> str:
        raise ValueError


def test_an_error_whose_own_words_fail_is_told_by_its_name() -> None:
    found = failed(Unsayable())
    assert str(found.said) == "Unsayable"
    assert "Unsayable" in found.tail


def test_what_a_run_raised_is_in_its_record_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, ValueError("lr must\nbe smaller\x1b[2J"))
    plan, store = planned(tmp_path), Store(tmp_path)
    assert made_known().perform(plan.tasks) == ("failed", "failed")
    record = store.ended(plan.tasks[0].run_id)
    assert record is not None
    assert record.failure is not None
    assert str(record.failure.message) == record.note == "ValueError: lr must be smaller\ufffd[2J"
    assert (record.status, record.failure.cause, record.figures, record.epochs_done) == ("failed", "error", {}, 3)
    told = store.open_run(record.id).error()
    assert told.startswith("Traceback (most recent call last):\n")
    assert "in after_step\n" in told
    assert "performing.py" not in told
    path = store.run_folder(record.id) / "error.txt"
    path.write_text(told + "x")
    with pytest.raises(StoreError, match=r"error\.txt"):
        store.open_run(record.id).error()


def test_it_stands_until_the_code_changes_or_all_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, RunFailed(Message("no figure"), "the last line"))
    store, happened = Store(tmp_path), list[object]()
    made_known().perform(planned(tmp_path).tasks)
    again = planned(tmp_path)
    assert (again.finished, [task.replaces for task in again.tasks]) == (2, ["", ""])
    execute(again.tasks, store, 1, happened.append)
    ended = [event for event in happened if isinstance(event, RunEnded)]
    assert [(event.status, event.reused, str(event.failure and event.failure.message)) for event in ended] == [
        ("failed", True, "no figure")
    ] * 2
    fail(monkeypatch, None)
    fresh = planned(tmp_path, anew_since=now())
    assert (fresh.finished, fresh.resumed) == (0, 0)
    assert made_known().perform(fresh.tasks) == ("finished", "finished")
    assert made_known().perform(fresh.tasks) == ("finished", "finished")  # they replace the failed ones alone
    folder = store.open_run(fresh.tasks[0].run_id)
    assert (folder.record().epochs_done, len(folder.epochs()), folder.error()) == (12, 12, "")
    assert planned(tmp_path).finished == 2


@pytest.mark.parametrize("error", [MemoryError(), RunFailed(Message("killed by signal 9"), cause="killed")])
def test_what_the_machine_brought_about_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    fail(monkeypatch, error)
    made_known().perform(planned(tmp_path).tasks)
    again = planned(tmp_path)
    assert again.finished == 0
    fail(monkeypatch, None)
    assert made_known().perform(again.tasks) == ("finished", "finished")


def test_a_run_out_of_time_is_tried_again_where_it_may_take_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, out_of_time(5))
    made_known().perform(planned(tmp_path, 5).tasks)
    assert [planned(tmp_path, limit).finished for limit in (4, 5, 6, None)] == [2, 2, 0, 0]


def test_a_store_that_cannot_be_written_fails_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, StoreError("{path}: full", path="here"))
    plan = planned(tmp_path)
    with pytest.raises(StoreError):
        made_known().perform(plan.tasks)
    assert Store(tmp_path).ended(plan.tasks[0].run_id) is None


def test_last_words_are_kept_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, RunFailed(Message("no figure"), "begun" + "한" * 500_000 + "\ud800ended"))
    made_known().perform(planned(tmp_path).tasks[:1])
    text = Store(tmp_path).open_run(planned(tmp_path).tasks[0].run_id).error()
    assert text.startswith("begun")
    assert text.endswith("ended")
    assert "\n…\n" in text


@pytest.mark.parametrize("said", [{"id": "{x:>99999999}", "values": {"x": "a"}}, {"id": "a{b.c}", "values": {}}])
def test_a_message_from_anybody_s_store_has_plain_places(said: dict[str, object]) -> None:
    for part in ({}, said, {"id": "{a}", "values": {"a": [said]}}):
        with pytest.raises(ValueError, match="message"):
            Failure(cause="error", said=part)


def test_what_is_replaced_is_the_run_that_was_planned_to_be(tmp_path: Path) -> None:
    """Not what another command has put there since."""
    task = planned(tmp_path).tasks[0]
    made_known().perform([task])
    there = Store(tmp_path).stamp(task.run_id)
    assert made_known().perform([replace(task, replaces="0" * 64)]) == ("finished",)
    assert Store(tmp_path).stamp(task.run_id) == there
