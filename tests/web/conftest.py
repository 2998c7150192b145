"""A real server on a free port, with a store of its own, in a thread of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paribus.web import job_processes
from paribus.web.server import Served, ServerOptions, serve
from tests.cli.lab import ROOT, until
from tests.web.client import PATIENCE, Client

# Runs of about a second, most of it answering the whole test set.
TINY = {
    "factor": "activation",
    "values": ["sigmoid", "relu"],
    "recipe": "fair",
    "settings": {"train_size": 512, "validation_fraction": 0.02},
    "seeds": 1,
    "epochs": 1,
}


@pytest.fixture(scope="session", autouse=True)
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Data sets and sessions are kept for these tests alone, not in the user's folders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARIBUS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.delenv("PARIBUS_OUT", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def forked_children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Servers in this process get children that have loaded torch already. `start("serve")` starts real ones."""
    if not sys.platform.startswith("linux"):
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="prefork-"))  # a socket's path must be short
    path = folder / "socket"
    client = (sys.executable, "-S", "-E", str(ROOT / "tests" / "cli" / "prefork_client.py"), str(path))
    with subprocess.Popen([sys.executable, "-m", "tests.cli.prefork", str(path)], cwd=ROOT) as server:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(job_processes, "COMMAND", (*client, "paribus.web.planner_process"))
            until(path.exists)
            yield
        server.kill()
    shutil.rmtree(folder)


@contextmanager
def serving(options: ServerOptions) -> Iterator[Served]:
    """Serve in a thread until the block ends."""
    started: list[Served] = []
    failed: list[BaseException] = []
    ready = threading.Event()

    def run() -> None:
        try:
            serve(options, lambda served: (started.append(served), ready.set()))
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(PATIENCE)
    if failed:
        raise failed[0]
    try:
        yield started[0]
    finally:
        started[0].stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()
    if failed:
        raise failed[0]


@pytest.fixture(scope="session")
def store(places: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab") / "store"


@pytest.fixture(scope="session")
def served(store: Path) -> Iterator[Served]:
    """The server that most tests share."""
    with serving(ServerOptions(store, port=0, workers=min(2, os.cpu_count() or 1))) as found:
        yield found


@pytest.fixture(scope="session")
def client(served: Served) -> Client:
    """A browser that has entered."""
    return Client(served.address).enter()
