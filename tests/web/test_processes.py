"""The child that is kept ready, which may die while nobody needs it."""

from __future__ import annotations

import asyncio
import sys

import pytest

from paribus.web.job_processes import Child, Planner

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """All children that were started: processes that send every order back."""
    found: list[Child] = []

    async def start(*_: object) -> Child:
        pipe = asyncio.subprocess.PIPE
        found.append(Child(await asyncio.create_subprocess_exec(sys.executable, "-c", ECHO, stdin=pipe, stdout=pipe)))
        return found[-1]

    monkeypatch.setattr(Child, "start", start)
    return found


def test_a_child_that_died_while_it_waited_is_no_jobs_failure(tmp_path, started):
    async def scenario() -> None:
        planner = Planner(tmp_path, workers=1, own_models=False)
        await planner.get_ready()
        started[0].kill()
        await started[0].ended()
        assert (await planner.plan({"factor": "x"}))["order"] == {"factor": "x"}
        started[1].kill()
        await started[1].ended()
        taken = await planner.take()
        assert taken is started[2]
        taken.ask_to_end()
        assert await taken.ended() == 0
        await planner.close()

    asyncio.run(scenario())
