"""The command itself: its words, its port, and a server that is killed in the middle of a comparison."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paribus.core.errors import ParibusError
from paribus.runs.store import Store
from paribus.web.comparison_request import Order
from paribus.web.job_states import Job, Kept
from paribus.web.read_store import write_note
from paribus.web.server import PORT, Served, ServerOptions, is_loopback, own_hosts, serve
from paribus.web.server_state import QUEUE
from tests.cli.lab import alive, children, killed_at_last, start, until
from tests.web.client import Client
from tests.web.conftest import TINY, serving

LONG = {**TINY, "values": ["tanh", "relu"], "settings": {**TINY["settings"], "dropout": 0.2}, "epochs": 10}


@contextmanager
def command(store: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str, Client]]:
    """`paribus serve` in a process of its own: what it says first, and a browser that has entered."""
    process = start("serve", "--no-browser", "--port=0", "--workers=1", "--lang=en", "--out", store, *words)
    with killed_at_last(process):
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            said += line
        (address,) = re.findall(r"http://\S+", said)
        yield process, said, Client(address)


def test_a_background_job_of_a_script_is_stopped_from_its_first_word_on(tmp_path):
    """A shell starts it with SIGINT ignored; the signal comes before the server listens."""
    too_late = threading.Event()

    def stopped_at_once(served: Served) -> None:
        signal.raise_signal(signal.SIGINT)
        timer.function = lambda: (too_late.set(), served.stop())
        timer.start()

    timer = threading.Timer(20, too_late.set)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        serve(ServerOptions(tmp_path, port=0), stopped_at_once)
    finally:
        signal.signal(signal.SIGINT, before)
        timer.cancel()
    assert not too_late.is_set()


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes in /proc")
def test_a_killed_server_leaves_no_process_and_the_next_goes_on(tmp_path):
    with command(tmp_path) as (process, said, client):
        assert "go on now" not in said
        client.enter()
        job = client.post("/api/comparisons", LONG).json["job"]
        client.post("/api/comparisons", {**LONG, "seeds": 2})
        until(lambda: any(run["metrics"] for run in client.get(f"/api/jobs/{job['id']}").json["runs"]))
        family = children(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: not alive(family))
    assert any(record.status == "running" for record in Store(tmp_path).runs())
    done = sum(len(Store(tmp_path).epochs(record.id)) for record in Store(tmp_path).runs())
    assert done > 0
    with command(tmp_path) as (process, said, again):
        assert "2 jobs of the queue go on now." in said
        again.cookie = client.cookie.replace(client.host.partition(":")[2], again.host.partition(":")[2])
        first, second = again.get("/api/jobs").json["jobs"]  # an open page outlives the restart
        assert first["id"] == job["id"]
        assert first["state"] == "running"
        again.post(f"/api/jobs/{second['id']}/stop")
        again.until(job["id"], "finished")
        family = children(process.pid)
        with again.events() as events:
            next(events)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        until(lambda: not alive(family))
        assert process.stdout is not None
        assert "Stopped." in process.stdout.read()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    (comparison,) = Store(tmp_path).comparisons()
    assert len(comparison.seeds) == 1


@pytest.mark.slow
def test_a_queue_that_somebody_sent_runs_no_code(tmp_path, monkeypatch):
    """It goes on by itself, and may name any model: none is looked up unless the server was told so."""
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\ndef make(): ...\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    order = Order.model_validate({**TINY, "settings": {**TINY["settings"], "model": "evil:make"}})
    plain = {"kind": "compare", "title": {"en": "", "ko": ""}, "created": "2026-01-01", "comparison": "c"}
    jobs = (Job.model_validate({**plain, "id": "job-1", "order": order, "state": "running"}),)
    jobs += (Job.model_validate({**plain, "id": "job-2"}),)
    write_note(tmp_path / "store", QUEUE, Kept(jobs=jobs))
    with serving(ServerOptions(tmp_path / "store", port=0)) as served:
        client = Client(served.address).enter()
        until(lambda: [job["state"] for job in client.get("/api/jobs").json["jobs"]] == ["failed", "failed"])
        first = client.get("/api/jobs").json["jobs"][0]
        assert "--own-models" in first["faults"][0]["rule"]["en"]
    assert not (tmp_path / "ran").exists()


def test_one_server_a_store_and_a_port(tmp_path):
    with serving(ServerOptions(tmp_path / "a", port=0)) as served:
        port = int(served.address.split(":")[2].partition("/")[0])
        with pytest.raises(ParibusError, match="is served already"), serving(ServerOptions(tmp_path / "a", port=0)):
            pass
        in_use = pytest.raises(ParibusError, match=f"port {port} is in use on 127.0.0.1")
        with in_use, serving(ServerOptions(tmp_path / "b", port=port)):
            pass
    with serving(ServerOptions(tmp_path / "a", port=0)):
        pass


def test_without_a_wish_the_next_free_port_is_taken(tmp_path):
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", PORT))
            taken.listen()
        except OSError:
            pass  # by somebody else: just as well
        with serving(ServerOptions(tmp_path)) as served:
            assert f":{PORT}/" not in served.address


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (ServerOptions(host="no such host"), "host must be an address of this machine"),
        (ServerOptions(host="192.0.2.7", port=0), "192.0.2.7 port 0 cannot be had"),
        (ServerOptions(port=70_000), "port must be from 0 to 65535; got 70000"),
        (ServerOptions(port=-1), "port must be from 0 to 65535; got -1"),
        (ServerOptions(workers=0), "workers must be at least 1; got 0"),
    ],
)
def test_what_cannot_be_served_is_said(tmp_path, options, text):
    asked = ServerOptions(tmp_path, options.host, options.port, options.workers)
    with pytest.raises(ParibusError, match=re.escape(text)), serving(asked):
        pass


def test_a_queue_that_cannot_be_read_is_said(tmp_path):
    (tmp_path / "queue.json").write_text('{"schema_number": 99}')
    with pytest.raises(ParibusError, match="newer Paribus"), serving(ServerOptions(tmp_path, port=0)):
        pass


def test_only_the_machines_own_addresses_are_its_own():
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "192.168.0.2", "localhost.example", "example"))


@pytest.mark.parametrize(
    ("host", "port", "sent"),
    [
        ("LOCALHOST", 8321, {"localhost:8321"}),
        ("Lab.Example", 8321, {"lab.example:8321"}),
        ("0:0:0:0:0:0:0:1", 8321, {"[::1]:8321", "localhost:8321"}),
        ("127.0.0.1", 80, {"127.0.0.1", "127.0.0.1:80", "localhost", "localhost:80"}),
        ("127.0.0.1", 8321, {"127.0.0.1:8321", "localhost:8321"}),
    ],
)
def test_hosts_are_written_as_browsers_send_them(host, port, sent):
    """URLs: names in lower case, the shortest IPv6, no port 80 (https://url.spec.whatwg.org/#host-writing)."""
    assert own_hosts(host, port) == sent


def test_on_all_networks_every_own_name_will_do_and_no_other(tmp_path):
    with serving(ServerOptions(tmp_path, host="0.0.0.0", port=0)) as served:
        client = Client(served.address)
        port = client.host.partition(":")[2]
        for name in ("127.0.0.1", "localhost"):
            own = {"Host": f"{name}:{port}"}
            client.host = f"127.0.0.1:{port}"
            assert client.send("GET", "/", own).status == 401
        assert client.send("GET", "/", {"Host": f"0.0.0.0:{port}"}).status == 403
        assert client.send("GET", "/", {"Host": f"evil.example:{port}"}).status == 403
