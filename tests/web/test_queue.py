"""The queue as a state machine: what may follow what, that one job at most is under way, and that all of it is kept."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from paribus.core.errors import StoreError
from paribus.web.comparison_request import Order
from paribus.web.job_states import COMMANDS, ENDED, LIVE, Job, Kept, PlannedRun, Problem, Progress, State, offered
from paribus.web.problems import Missing
from paribus.web.queue import MOST_ACTIVE, MOST_ENDED, Queue, Refused

TITLE = {"en": "Sigmoid / ReLU", "ko": "시그모이드 / ReLU"}


def order(seeds: int = 2) -> Order:
    return Order(factor="activation", values=("sigmoid", "relu"), seeds=seeds)


def queue(*jobs: Job) -> tuple[Queue, list[Kept]]:
    kept: list[Kept] = []
    return Queue(Kept(jobs=jobs), kept.append), kept


def job(state: str, name: str = "job-1", **fields: object) -> Job:
    plain = {"id": name, "kind": "compare", "comparison": "c", "title": TITLE, "created": "2026-01-01"}
    return Job.model_validate({**plain, "state": state, **fields})


def add(to: Queue, seeds: int) -> Job:
    return to.add("compare", f"c-{seeds}", TITLE, order(seeds))[0]


def test_the_first_that_waits_begins_and_no_other_beside_it():
    jobs, _ = queue()
    first, second = add(jobs, 1), add(jobs, 2)
    assert jobs.next() == first
    jobs.begin(first)
    assert jobs.next() is None
    jobs.done(first.id)
    assert jobs.next() == second
    assert [jobs.place(one) for one in jobs.jobs] == [None, 1]


def test_the_same_order_joins_once_and_a_paused_one_goes_on():
    jobs, kept = queue()
    first, new = jobs.add("compare", "c", TITLE, order())
    assert new
    written = len(kept)
    for _ in range(100):
        assert jobs.add("compare", "c", TITLE, order()) == (first, False)
    assert len(kept) == written
    jobs.command(first.id, "pause")
    again, new = jobs.add("compare", "c", TITLE, order())
    assert (again.id, again.state, new) == (first.id, "waiting", False)
    assert jobs.add("compare", "c", TITLE, order(3))[1]
    assert jobs.add("why", "c", TITLE)[1]


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_given_twice_is_as_one_and_what_does_not_fit_is_refused(state, command):
    jobs, kept = queue()
    jobs.jobs = (job(state),)
    if state not in COMMANDS[command]:
        with pytest.raises(Refused, match=state):
            jobs.command("job-1", command)
        assert jobs.jobs == (job(state),)
        return
    once = jobs.command("job-1", command)
    assert once.state == COMMANDS[command][state]
    written = len(kept)
    assert jobs.command("job-1", command) == once
    assert len(kept) == written


@pytest.mark.parametrize(
    ("asked", "after"), [("pause", "paused"), ("stop", "stopped"), ("resume", "waiting"), (None, "failed")]
)
def test_a_process_that_ends_leaves_what_was_asked_of_it(asked, after):
    jobs, _ = queue()
    first = jobs.begin(add(jobs, 1))
    if asked == "resume":
        jobs.command(first.id, "pause")
    if asked:
        jobs.command(first.id, asked)
    problem = Problem(rule="it ended")
    gone = jobs.gone(first.id, [problem])
    assert gone.state == after
    assert gone.problems == ((problem,) if after == "failed" else ())


def test_work_that_is_done_is_done_whatever_was_asked_meanwhile():
    jobs, _ = queue()
    first = jobs.begin(add(jobs, 1))
    jobs.command(first.id, "stop")
    assert jobs.done(first.id).state == "finished"


@pytest.mark.parametrize(
    ("before", "after"),
    [("running", "waiting"), ("resuming", "waiting"), ("pausing", "paused"), ("stopping", "stopped")],
)
def test_a_queue_that_a_killed_server_left_goes_on_where_it_was(before, after):
    jobs, _ = queue(job(before, progress=Progress(runs=4, ended=1, epochs=8, done=3)), job("paused", "job-2"))
    assert [one.state for one in jobs.jobs] == [after, "paused"]
    assert jobs.jobs[0].progress.done == 3


def test_moving_changes_what_begins_next_and_nothing_else():
    jobs, kept = queue()
    names = [add(jobs, seeds).id for seeds in range(1, 4)]
    jobs.move(names[2], names[0])
    assert [one.id for one in jobs.jobs] == [names[2], names[0], names[1]]
    written = len(kept)
    jobs.move(names[2], names[0])
    jobs.move(names[1], names[1])
    jobs.move(names[1], None)
    assert len(kept) == written
    for wrong in ((names[0], "job-x"), ("job-x", None)):
        with pytest.raises(Missing, match="job-x"):
            jobs.move(*wrong)


def test_a_full_disk_refuses_a_command_and_bears_what_has_happened():
    full = StoreError("disk full")

    def refuse(kept: Kept) -> None:
        raise full

    complaints: list[StoreError] = []
    jobs = Queue(Kept(jobs=(job("running"), job("waiting", "job-2"))), refuse, complain=complaints.append)
    jobs.jobs = (job("running"), job("waiting", "job-2"))
    with pytest.raises(StoreError):
        jobs.command("job-2", "pause")
    assert jobs.find("job-2").state == "waiting"
    assert jobs.done("job-1").state == "finished"
    assert complaints == [full]


def test_the_queue_is_bounded_and_forgets_the_oldest_that_ended():
    jobs, _ = queue()
    for seeds in range(1, MOST_ACTIVE + 1):
        add(jobs, seeds)
    with pytest.raises(Refused, match="at most 100"):
        add(jobs, 500)
    for one in jobs.jobs:
        jobs.command(one.id, "stop")
    last = add(jobs, 500)
    jobs.command(last.id, "stop")
    assert len(jobs.jobs) == MOST_ENDED
    assert jobs.jobs[-1].id == last.id


def test_what_ended_long_ago_is_forgotten_wherever_it_stands_in_the_queue():
    old = [job("finished", f"job-{n}", ended=f"2026-01-01T00:00:{n:02}+00:00") for n in range(60)]
    old += [job("stopped", f"job-{n + 60}", ended=f"2026-01-01T00:01:{n:02}+00:00") for n in range(40)]
    jobs, _ = queue(job("running", "first"), *old)
    jobs.begin(jobs.find("first"))
    jobs.done("first")
    assert [one.id for one in jobs.jobs if one.id in ("first", "job-0", "job-1")] == ["first", "job-1"]
    add(jobs, 1)
    assert jobs.find("first").state == "finished"


class Clicks(RuleBasedStateMachine):
    """Any commands from any number of tabs, with processes that end whenever they like, and servers that are killed."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Kept] = [Kept()]
        self.told: dict[str, Job] = {}
        self.jobs = self.start()

    def start(self) -> Queue:
        return Queue(self.kept[-1], self.kept.append, tell=lambda one: self.told.update({one.id: one}))

    @rule(target=names, seeds=st.integers(1, 4))
    def add(self, seeds: int) -> str:
        return add(self.jobs, seeds).id

    @rule(name=names, command=st.sampled_from(list(COMMANDS)))
    def command(self, name: str, command) -> None:
        try:
            self.jobs.command(name, command)
        except (Refused, Missing):
            return

    @rule(name=names, other=st.none() | names)
    def move(self, name: str, other: str | None) -> None:
        self.jobs.move(name, other)

    @rule()
    def begin(self) -> None:
        if (following := self.jobs.next()) is not None:
            begun = self.jobs.begin(following)
            self.jobs.planned(begun.id, [PlannedRun(run="r", arm="a", seed=0, epochs=2)])

    @rule(well=st.booleans())
    def end(self, well: bool) -> None:
        for one in self.jobs.jobs:
            if one.state in LIVE:
                self.jobs.done(one.id) if well else self.jobs.gone(one.id, [Problem(rule="x")])

    @rule()
    def kill_the_server(self) -> None:
        before = self.jobs.jobs
        self.jobs = self.start()
        assert [one.id for one in self.jobs.jobs] == [one.id for one in before]
        assert not any(one.state in LIVE for one in self.jobs.jobs)
        self.told |= {one.id: one for one in self.jobs.jobs}

    @invariant()
    def at_most_one_is_under_way(self) -> None:
        assert sum(one.state in LIVE for one in self.jobs.jobs) <= 1

    @invariant()
    def what_is_kept_and_what_was_told_is_what_is(self) -> None:
        if len(self.kept) > 1:
            again = Queue(self.kept[-1], lambda kept: None)
            settled = [(one.id, one.order) for one in again.jobs]
            assert settled == [(one.id, one.order) for one in self.jobs.jobs]
        assert {name: self.told[name].state for name in self.told} == {one.id: one.state for one in self.jobs.jobs}

    @invariant()
    def no_order_is_there_twice(self) -> None:
        active = [one.order for one in self.jobs.jobs if one.state not in ENDED]
        assert all(active.count(one) == 1 for one in active)


TestClicks = Clicks.TestCase
TestClicks.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_a_page_offers_the_commands_that_change_something() -> None:
    assert {state: offered(state) for state in get_args(State)} == {
        "waiting": ["pause", "stop"],
        "running": ["pause", "stop"],
        "pausing": ["resume", "stop"],
        "resuming": ["pause", "stop"],
        "stopping": ["resume"],
        "paused": ["resume", "stop"],
        "finished": [],
        "failed": ["resume"],
        "stopped": ["resume"],
    }
