"""Who starts processes for jobs: with processes that do only what a test says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from paribus.web.comparison_request import Order
from paribus.web.events import Events
from paribus.web.job_runner import Conductor
from paribus.web.job_states import Job
from paribus.web.queue import MOST_ENDED, Queue

RUNS = [{"run": f"r{n}", "arm": "a", "seed": n, "epochs": 2} for n in range(2)]
STARTED = {"kind": "run", "run": "r0", "arm": "a", "seed": 0, "epochs": 2, "state": "training", "reused": False}
EPOCH = {"kind": "epoch", "run": "r0", "arm": "a", "seed": 0, "epoch": 1, "epochs": 2, "metrics": {}}
ENDED = {**STARTED, "state": "finished"}


class Puppet:
    """A worker that says what it is told to, and ends when it is told to, or asked."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.asked = False
        self._said: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._code = 0

    async def send(self, order: dict[str, Any]) -> None:
        self.orders.append(order)

    async def line(self) -> dict[str, Any] | None:
        return await self._said.get()

    def ask_to_end(self) -> None:
        if not self.asked:
            self.asked = True
            self.end(130)

    async def ended(self) -> int:
        return self._code

    def say(self, *lines: dict[str, Any]) -> None:
        for line in lines:
            self._said.put_nowait(dict(line))

    def end(self, code: int = 0) -> None:
        self._code = code
        self._said.put_nowait(None)


class Stage:
    """A conductor with its queue and its puppets."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.events = Events(dict)
        self.queue = Queue(None, lambda kept: None, tell=lambda job: self.told.append(job.state))
        self.puppets: list[Puppet] = []
        self.conductor = Conductor(self.queue, self.events, self.take)

    async def take(self) -> Puppet:
        self.puppets.append(Puppet())
        return self.puppets[-1]

    def add(self, seeds: int = 2) -> Job:
        order = Order(factor="activation", values=("sigmoid", "relu"), seeds=seeds)
        job, _ = self.queue.add("compare", f"c-{seeds}", {"en": "", "ko": ""}, order)
        self.conductor.look()
        return job

    def state(self, job: Job) -> str:
        return self.queue.find(job.id).state


@contextlib.asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    stage = Stage()
    task = asyncio.create_task(stage.conductor.conduct())
    yield stage
    stage.conductor.close()
    await asyncio.wait_for(task, 5)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def play(scenario) -> None:
    async def whole() -> None:
        async with staged() as stage:
            await scenario(stage)

    asyncio.run(whole())


def test_a_job_is_counted_told_and_done_and_the_next_begins():
    async def scenario(stage: Stage) -> None:
        first, second = stage.add(1), stage.add(2)
        await settle()
        (puppet,) = stage.puppets
        assert puppet.orders[0]["do"] == "compare"
        assert puppet.orders[0]["order"]["seeds"] == 1
        puppet.say({"kind": "planned", "runs": RUNS}, STARTED, EPOCH, {**EPOCH, "epoch": 2}, ENDED)
        await settle()
        progress = stage.queue.find(first.id).progress
        assert (progress.runs, progress.ended, progress.epochs, progress.done) == (2, 1, 4, 2)
        assert stage.queue.find(first.id).runs[1].run == "r1"
        puppet.say({"kind": "done", "comparison": "c-1"})
        puppet.end()
        await settle()
        assert (stage.state(first), stage.state(second)) == ("finished", "running")
        assert stage.queue.find(first.id).runs == ()
        names = [told.name for told in stage.events._log]
        assert names == ["run", "epoch", "epoch", "run", "verdict"]
        assert len(stage.puppets) == 2

    play(scenario)


def test_a_pause_asks_the_process_once_and_going_on_takes_another():
    async def scenario(stage: Stage) -> None:
        job = stage.add()
        await settle()
        for _ in range(50):
            stage.conductor.command(job.id, "pause")
        await settle()
        assert stage.puppets[0].asked
        assert stage.state(job) == "paused"
        stage.conductor.command(job.id, "resume")
        await settle()
        assert stage.state(job) == "running"
        assert len(stage.puppets) == 2
        stage.conductor.command(job.id, "pause")
        stage.conductor.command(job.id, "resume")
        await settle()
        assert stage.state(job) == "running"
        assert len(stage.puppets) == 3

    play(scenario)


def test_a_job_paused_while_its_process_starts_does_not_train():
    async def scenario(stage: Stage) -> None:
        job = stage.add()
        stage.conductor._take = slow = SlowStart(stage)
        await settle()
        stage.conductor.command(job.id, "stop")
        slow.go.set()
        await settle()
        assert stage.puppets[0].asked
        assert stage.state(job) == "stopped"

    play(scenario)


class SlowStart:
    def __init__(self, stage: Stage) -> None:
        self.go = asyncio.Event()
        self._take = stage.take

    async def __call__(self) -> Puppet:
        await self.go.wait()
        return await self._take()


def test_what_a_process_refuses_and_one_that_dies_are_told_and_can_be_tried_again(capsys):
    async def scenario(stage: Stage) -> None:
        refused, died = stage.add(1), stage.add(2)
        await settle()
        stage.puppets[0].say({"kind": "failed", "problems": [{"rule": "no such data", "received": "x"}]})
        stage.puppets[0].end()
        await settle()
        stage.puppets[1].end(1)
        await settle()
        assert (stage.state(refused), stage.state(died)) == ("failed", "failed")
        assert str(stage.queue.find(refused.id).problems[0].rule) == "no such data"
        assert "code 1" in str(stage.queue.find(died.id).problems[0].rule)
        stage.conductor.command(died.id, "resume")
        await settle()
        assert stage.state(died) == "running"
        assert stage.queue.find(died.id).problems == ()

    play(scenario)
    assert "c-2: the process that trains ended with code 1" in capsys.readouterr().err


def test_the_name_in_a_queue_that_somebody_sent_does_nothing_to_the_terminal(capsys):
    async def scenario(stage: Stage) -> None:
        stage.queue.add("why", "c\x1b]0;title\x07\u202e", {"en": "", "ko": ""})
        stage.conductor.look()
        await settle()
        stage.puppets[0].end(1)
        await settle()

    play(scenario)
    said = capsys.readouterr().err
    assert "title" in said
    assert not set("\x1b\x07\u202e") & set(said)


def test_no_process_can_be_started(capsys):
    async def scenario(stage: Stage) -> None:
        async def fail() -> Puppet:
            raise OSError(11, "no more processes")

        stage.conductor._take = fail
        job = stage.add()
        await settle()
        assert stage.state(job) == "failed"
        assert "no more processes" in str(stage.queue.find(job.id).problems[0].rule)

    play(scenario)


def test_what_nobody_foresaw_fails_one_job_and_not_the_queue(capsys):
    async def scenario(stage: Stage) -> None:
        first, second = stage.add(1), stage.add(2)
        await settle()
        stage.puppets[0].say({"kind": "run"})  # without what a run has
        await settle()
        assert stage.puppets[0].asked
        assert (stage.state(first), stage.state(second)) == ("failed", "running")

    play(scenario)
    assert "KeyError" in capsys.readouterr().err


def test_a_job_that_was_forgotten_while_its_process_ended_holds_up_nothing():
    async def scenario(stage: Stage) -> None:
        first = stage.add(2)
        await settle()
        stage.puppets[0].say({"kind": "done", "comparison": first.comparison})  # and writes its report still
        await settle()
        for seeds in range(3, 4 + MOST_ENDED):
            stage.conductor.command(stage.add(seeds).id, "stop")
        assert first.id not in [job.id for job in stage.queue.jobs]
        last = stage.add(1)
        stage.puppets[0].end()
        await settle()
        assert stage.state(last) == "running"

    play(scenario)


def test_a_search_is_told_and_known_while_it_goes_on():
    async def scenario(stage: Stage) -> None:
        job = stage.add()
        await settle()
        for ended in range(2):
            stage.puppets[0].say({"kind": "search", "phase": None, "doing": [], "ended": ended, "of": 2, "done": []})
        await settle()
        assert stage.conductor.searches[job.id]["ended"] == 1
        told = [event for event in stage.events._log if event.name == "search"]
        assert [f'"ended":{n}' in event.data for n, event in enumerate(told)] == [True, True]
        assert {event.of for event in told} == {job.id}, "who listens late hears of the latest alone"
        stage.puppets[0].say({"kind": "done", "comparison": job.comparison})
        stage.puppets[0].end()
        await settle()
        assert stage.conductor.searches == {}

    play(scenario)


@pytest.mark.parametrize("lines", [[{"kind": "failed", "problems": [{"rule": "full", "received": None}]}], []])
def test_a_report_that_fails_after_the_answer_is_told_and_the_job_stays_finished(lines: list[dict[str, Any]]):
    async def scenario(stage: Stage) -> None:
        job = stage.add()
        await settle()
        stage.puppets[0].say({"kind": "done", "comparison": job.comparison}, *lines)
        stage.puppets[0].end(0 if lines else 1)
        await settle()
        (problem,) = stage.queue.find(job.id).problems
        assert str(problem.rule) == (
            "full" if lines else "the report could not be made; the server's terminal says why"
        )
        assert stage.state(job) == "finished"

    play(scenario)


def test_when_the_server_ends_what_is_under_way_waits_for_the_next():
    stages: list[tuple[Stage, Job, Job]] = []

    async def scenario(stage: Stage) -> None:
        stages.append((stage, stage.add(1), stage.add(2)))
        await settle()

    play(scenario)
    ((stage, first, second),) = stages
    assert stage.puppets[0].asked
    assert (stage.state(first), stage.state(second)) == ("waiting", "waiting")
