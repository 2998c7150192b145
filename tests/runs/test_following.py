"""When runs are asked for that depend on others: with an executor whose runs end when the test says so."""

from concurrent.futures import Future

import pytest

from paribus.core.errors import ParibusError
from paribus.programs.recipe.recipe import LESSON
from paribus.records.events import RunEnded
from paribus.runs.engines import user_executor as module
from paribus.runs.execute import execute
from paribus.runs.store import Store
from tests.tasks import recipe_task


def task(name):
    return recipe_task("store", LESSON, run_id=name, arm=name, data_digest="d", code_identity="c")


class Bench:
    """An executor. Of the runs that it was handed the first ends at each look; `log`: what happened, in order."""

    def __init__(self, failing=()):
        self.log, self._handed, self._failing = [], {}, failing

    def submit(self, perform, tasks):
        future = Future()
        self._handed[future] = tasks[0].run_id
        self.log.append(f"+{tasks[0].run_id}")
        return future

    def wait(self, pending, timeout, return_when):
        future = next(f for f in self._handed if f in pending)
        name = self._handed[future]
        self.log.append(f"-{name}")
        if name in self._failing:
            future.set_exception(ParibusError(name))
        else:
            future.set_result(("finished",))
        return {future}, pending - {future}


def made(monkeypatch, tmp_path, bench, tasks, then, workers=2):
    monkeypatch.setattr(module, "wait", bench.wait)
    events = []
    execute(tasks, Store(tmp_path), workers, events.append, bench, then=then)
    return [event.run_id for event in events if isinstance(event, RunEnded)]


def test_more_runs_are_asked_for_when_a_worker_would_be_idle(monkeypatch, tmp_path):
    bench = Bench()

    def then():
        bench.log.append("?")
        return [task("d"), task("e")] if bench.log.count("?") == 2 else ()

    ended = made(monkeypatch, tmp_path, bench, [task("a"), task("b"), task("c")], then)
    assert bench.log == ["+a", "+b", "+c", "-a", "-b", "?", "-c", "?", "+d", "+e", "-d", "?", "-e", "?"]
    assert ended == ["a", "b", "c", "d", "e"]


def test_nothing_follows_a_failure(monkeypatch, tmp_path):
    bench = Bench(failing=["b"])
    with pytest.raises(ParibusError, match="b"):
        made(monkeypatch, tmp_path, bench, [task("a"), task("b"), task("c")], lambda: [task("d")], workers=1)
    assert bench.log == ["+a", "+b", "+c", "-a", "-b", "-c"]


def test_where_all_is_there_what_follows_is_made_at_once(monkeypatch, tmp_path):
    asked = iter([[task("d")], []])
    assert made(monkeypatch, tmp_path, Bench(), [], lambda: next(asked)) == ["d"]
