"""Handlers of what the page asks to be done: check, compare, pause, resume, stop, move, why, tag.

All in the event loop's thread, without waiting between a look at the queue and its change: so a hundred clicks in two
tabs are a hundred steps, one after another.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from paribus.comparison.command_line import command_for
from paribus.comparison.words.run_json import epoch_json
from paribus.core.errors import Fault, FaultsError, ParibusError
from paribus.runs.planning import Settings
from paribus.runs.store import Damage, Store
from paribus.web.comparison_request import design_of, read_order, refuse_code
from paribus.web.events import ORDER
from paribus.web.http_json import BadRequest, answer, faults_json, read_json
from paribus.web.job_states import Command, Job, PlannedRun
from paribus.web.page_json import arms_json, foreseen_json, job_json, title_of
from paribus.web.problems import Missing, Problem
from paribus.web.read_store import open_comparison, run_history
from paribus.web.server_state import Lab, lab_of

_NOTHING = {"id": None, "command": None, "foreseen": None, "estimate": None}  # is known where the order has faults


async def check(request: Request) -> Response:
    """All faults, or what the comparison will take."""
    lab = lab_of(request)
    body = await read_json(request)
    try:
        order = read_order(body, lab.own_models)
        design = await run_in_threadpool(design_of, order, lab.own_models)
    except ParibusError as error:
        return answer({"ok": False, "faults": faults_json(error), **_NOTHING})
    counted = await lab.planner.plan(order.model_dump(mode="json"))
    looks = await run_in_threadpool(Store(lab.store).looks, design.id)
    known = {
        "id": design.id,
        "command": command_for(design, order.margin, Settings(lab.store)),
        "foreseen": foreseen_json(design, looks),
    }
    if "problems" in counted:
        faults = [Problem.model_validate(problem).answer() for problem in counted["problems"]]
        return answer({"ok": False, "faults": faults, **known, "estimate": None})
    estimate = {name: value for name, value in counted.items() if name != "kind"}
    return answer({"ok": True, "faults": [], **known, "estimate": estimate})


async def compare(request: Request) -> Response:
    """Put a comparison into the queue."""
    lab = lab_of(request)
    order = read_order(await read_json(request), lab.own_models)
    design = await run_in_threadpool(design_of, order, lab.own_models)
    return _added(lab, *lab.queue.add("compare", design.id, title_of(design), order))


async def why(request: Request) -> Response:
    """Put the explanation of a comparison into the queue."""
    lab = lab_of(request)
    budget = (await read_json(request, ("budget",))).get("budget")
    if budget is not None and (type(budget) not in (int, float) or not 0 < budget < 1e9):
        fault = Fault("budget must be a number of seconds greater than 0, or {none} for no bound", budget, none="null")
        raise FaultsError("the explanation", [fault])
    result = await run_in_threadpool(open_comparison, lab.store, request.path_params["id"])
    refuse_code(result, lab.own_models)
    return _added(lab, *lab.queue.add("why", result.comparison.id, title_of(result.comparison), budget=budget))


async def tag(request: Request) -> Response:
    """Tag a comparison, or take tags away."""
    store, name = lab_of(request).store, request.path_params["id"]
    body = await read_json(request, ("add", "remove"))
    for part, tags in body.items():
        if not isinstance(tags, list) or not all(isinstance(one, str) for one in tags):
            raise BadRequest("{field} must be a list of values", field=part)
    await run_in_threadpool(open_comparison, store, name)
    return answer({"tags": await run_in_threadpool(lambda: Store(store).tag(name, **body))})


def _added(lab: Lab, job: Job, new: bool) -> Response:
    lab.conductor.look()
    return answer({"job": job_json(job, lab.queue)}, 201 if new else 200)


async def jobs(request: Request) -> Response:
    """The queue."""
    return answer(lab_of(request).state())


async def job(request: Request) -> Response:
    """One job, with how far its runs are."""
    lab = lab_of(request)
    found = lab.queue.find(request.path_params["id"])
    shown = job_json(found, lab.queue)
    details, faults = await run_in_threadpool(_details, lab, found)
    return answer({**shown, **details, "faults": [*shown["faults"], *faults]})


def _details(lab: Lab, job: Job) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What is told of one job beside what is told of all, and what of it cannot be read."""
    arms, damage = [], Damage()
    if job.order is not None:
        with contextlib.suppress(ParibusError):  # a queue that somebody sent may name code, which is not loaded
            arms = arms_json(design_of(job.order, lab.own_models))
    runs = []
    for run in _made(lab, job, damage) if job.state == "finished" else job.runs:
        state, history = run_history(lab.store, run.run)
        runs.append({**run.model_dump(), "state": state, "metrics": [epoch_json(epoch) for epoch in history]})
    details = {"arms": arms, "runs": runs, "search": lab.conductor.searches.get(job.id)}
    return details, [one for fault in damage.faults for one in faults_json(fault)]


def _made(lab: Lab, job: Job, damage: Damage) -> list[PlannedRun]:
    """The runs of a job that is finished, which the queue forgets and its comparison keeps."""
    if job.order is None:
        return []
    with contextlib.suppress(Missing), damage.left_out():  # taken away, or damaged; the job is what it was
        return [
            PlannedRun(run=run.id, arm=arm.name, seed=run.seed, epochs=arm.fields["epochs"])
            for arm in open_comparison(lab.store, job.comparison).comparison.arms
            for run in arm.runs
        ]
    return []


def commanding(command: Command) -> Callable[[Request], Awaitable[Response]]:
    """The handler of one command."""

    async def handler(request: Request) -> Response:
        lab = lab_of(request)
        await read_json(request, ())
        job = lab.conductor.command(request.path_params["id"], command)
        return answer({"job": job_json(job, lab.queue)})

    return handler


async def move(request: Request) -> Response:
    """Put a job in front of another."""
    lab = lab_of(request)
    body = await read_json(request, ("before",))
    before = body.get("before")
    if "before" not in body or not (before is None or isinstance(before, str)):
        raise BadRequest("before must be given: the id of a job, or null for the end")
    lab.queue.move(request.path_params["id"], before)
    lab.events.tell(ORDER, {"jobs": [job.id for job in lab.queue.jobs]}, of=ORDER)
    lab.conductor.look()
    return answer(lab.state())


async def events(request: Request) -> Response:
    """What happens, as it happens."""
    stream = lab_of(request).events.listen(request.headers.get("last-event-id"))
    headers = {"cache-control": "no-store"}
    return StreamingResponse(stream, headers=headers, media_type="text/event-stream")
