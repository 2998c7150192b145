"""The stream of events: nothing is missed, what is stale is left out, and who does not read costs nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from paribus.web import events as module
from paribus.web.events import KEPT, Events


@pytest.fixture(autouse=True)
def no_pause_between_batches(monkeypatch):
    monkeypatch.setattr(module, "BATCH_SECONDS", 0.0)


def parsed(chunk: bytes) -> list[tuple[str, str, Any]]:
    """Id, name and data of each event in a chunk."""
    found = []
    for block in chunk.decode("ascii").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if "data" in fields:
            found.append((fields.get("id", ""), fields["event"], json.loads(fields["data"])))
    return found


async def heard(stream: AsyncIterator[bytes]) -> list[tuple[str, str, Any]]:
    """The next chunk that holds events."""
    while not (found := parsed(await asyncio.wait_for(anext(stream), 5))):
        pass
    return found


def log() -> Events:
    return Events(lambda: {"jobs": ["all"]})


def test_a_new_page_gets_the_whole_state_and_then_each_event():
    async def scenario() -> None:
        events = log()
        events.tell("epoch", {"epoch": 1})
        stream = events.listen(None)
        ((first, name, data),) = await heard(stream)
        assert (name, data) == ("state", {"jobs": ["all"]})
        events.tell("epoch", {"epoch": 2})
        ((second, name, data),) = await heard(stream)
        assert (name, data) == ("epoch", {"epoch": 2})
        assert first != second

    asyncio.run(scenario())


def test_a_page_that_comes_back_gets_what_it_missed():
    async def scenario() -> None:
        events = log()
        ((last, _, _),) = await heard(events.listen(None))
        for epoch in range(5):
            events.tell("epoch", {"epoch": epoch})
        missed = await heard(events.listen(last))
        assert [data["epoch"] for _, _, data in missed] == [0, 1, 2, 3, 4]
        assert [data["epoch"] for _, _, data in await heard(events.listen(missed[2][0]))] == [3, 4]

    asyncio.run(scenario())


def test_an_id_of_another_server_or_of_nobody_gets_the_whole_state():
    async def scenario() -> None:
        events, other = log(), log()
        other.tell("epoch", {})
        ((foreign, _, _),) = await heard(other.listen(None))
        for last_id in (foreign, "", ".", "x.1", foreign.split(".")[0] + ".-1", "\x00", "9" * 400):
            ((_, name, _),) = await heard(events.listen(last_id))
            assert name == "state"
        ((own, _, _),) = await heard(events.listen(None))
        for last_id in (own + "0" * 30, own.split(".")[0] + ".99"):
            ((_, name, _),) = await heard(events.listen(last_id))
            assert name == "state"

    asyncio.run(scenario())


def test_who_is_too_slow_gets_the_state_and_the_log_stays_small():
    async def scenario() -> None:
        events = log()
        ((last, _, _),) = await heard(events.listen(None))
        for number in range(KEPT + 10):
            events.tell("epoch", {"n": number})
        ((_, name, _),) = await heard(events.listen(last))
        assert name == "state"
        assert len(events._log) == KEPT

    asyncio.run(scenario())


def test_of_many_states_of_a_job_only_the_last_is_told():
    async def scenario() -> None:
        events = log()
        ((last, _, _),) = await heard(events.listen(None))
        for number in range(1000):
            events.tell("job", {"n": number}, of="a")
            events.tell("job", {"n": -number}, of="b")
        events.tell("verdict", {})
        told = await heard(events.listen(last))
        assert [data.get("n") for _, _, data in told] == [999, -999, None]

    asyncio.run(scenario())


def test_silence_is_broken_by_a_beat_and_closing_ends_every_stream(monkeypatch):
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)

    async def scenario() -> None:
        events = log()
        streams = [events.listen(None) for _ in range(100)]
        for stream in streams:
            await heard(stream)
        assert await heard(streams[0]) == [("", "beat", {})]
        assert events.listeners == 100
        events.close()
        for stream in streams:
            assert not [name for chunk in [c async for c in stream] for _, name, _ in parsed(chunk) if name != "beat"]
        assert events.listeners == 0

    asyncio.run(scenario())


def test_no_text_can_end_an_event_early():
    async def scenario() -> None:
        events = log()
        ((last, _, _),) = await heard(events.listen(None))
        hostile = {"name": "a\n\ndata: {}\r\nevent: verdict\u2028\ud800"}
        events.tell("job", hostile)
        ((_, name, data),) = await heard(events.listen(last))
        assert (name, data) == ("job", hostile)

    asyncio.run(scenario())
