"""What the lab page's server adds to a comparison, and what a hundred viewers do to it.

    python benchmarks/serve.py [--rounds N] [--seeds N] [--epochs N] [--viewers N]

Each round makes the same comparison three times, in turn, in stores of their own: by the command; by the server, whose
page one viewer watches; and by the server with a hundred viewers, half of whom never read a byte of what they are sent.
Seconds are from the first step of the first run to the last run's record (`training`), and from the command's start or
the click to the verdict on disk (`whole`; a server has torch loaded before the click). Each is divided by the
command's of the same round; the median over rounds is printed, with the least and the most.

`server` is the processor time that the server's own process took from the click to the verdict, in per cent of what the
processes took that made the comparison: unlike seconds it hardly depends on what else the machine does (Linux). A round
trip through the server is timed now and then, with all viewers there, while it trains.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Timed:
    """Seconds of one comparison; server: share of processor time; trips: seconds of requests while it trained."""

    training: float
    whole: float
    server: float = 0.0
    trips: list[float] = field(default_factory=list)


def main() -> None:
    """Print the table."""
    options = parse()
    print(f"cores: {os.cpu_count()}; rounds: {options.rounds}; viewers: 1 and {options.viewers}")
    found: dict[str, list[Timed]] = {"command": [], "one": [], "many": []}
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(options.rounds):
            kinds = ["command", "one", "many"]
            for kind in kinds[number % 3 :] + kinds[: number % 3]:
                store = Path(scratch) / f"{number}-{kind}"
                viewers = {"command": 0, "one": 1, "many": options.viewers}[kind]
                found[kind].append(served(options, store, viewers) if viewers else commanded(options, store))
    show(found, options.viewers)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--viewers", type=int, default=100)
    return parser.parse_args()


def show(found: dict[str, list[Timed]], viewers: int) -> None:
    """One line a kind."""
    command = found["command"]
    print(f"{'':24}{'training':>22}{'whole':>24}{'server':>10}{'round trip':>13}")
    seconds = [statistics.median(getattr(timed, part) for timed in command) for part in ("training", "whole")]
    print(f"{'the command':24}{seconds[0]:20.2f} s{seconds[1]:22.2f} s")
    for kind, name in (("one", "served, 1 viewer"), ("many", f"served, {viewers} viewers")):
        cells = [spread(found[kind], command, part) for part in ("training", "whole")]
        share = statistics.median(timed.server for timed in found[kind])
        trip = statistics.median(trip for timed in found[kind] for trip in timed.trips)
        print(f"{name:24}{cells[0]:>22}{cells[1]:>24}{share:>9.2%}{trip * 1e3:>10.1f} ms")


def spread(timed: list[Timed], against: list[Timed], part: str) -> str:
    """The ratio's median over rounds, with the least and the most."""
    ratios = [getattr(a, part) / getattr(b, part) for a, b in zip(timed, against, strict=True)]
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


def commanded(options: argparse.Namespace, store: Path) -> Timed:
    """The comparison by the command."""
    begun = time.time()
    words = [f"--seeds={options.seeds}", f"--epochs={options.epochs}", "--recipe=fair", "--quiet", f"--out={store}"]
    subprocess.run([*paribus("compare", "activation=sigmoid,relu"), *words], check=True, stdout=subprocess.DEVNULL)
    return measured(store, begun)


def served(options: argparse.Namespace, store: Path, viewers: int) -> Timed:
    """The same by the server, once it is ready."""
    words = [f"--out={store}", "--no-browser", "--port=0", "--lang=en"]
    server = subprocess.Popen([*paribus("serve"), *words], stdout=subprocess.PIPE, text=True)
    try:
        page = Page(server)
        order = {"factor": "activation", "values": ["sigmoid", "relu"], "recipe": "fair"}
        order |= {"seeds": options.seeds, "epochs": options.epochs}
        page.ask("POST", "/api/check", order)  # as the page does: then torch is loaded
        with page.watched(viewers), Spent(server.pid) as spent:
            begun = time.time()
            page.ask("POST", "/api/comparisons", order)
            trips = []
            while not page.verdict.wait(1.0):
                before = time.perf_counter()
                page.ask("GET", "/api/jobs")
                trips.append(time.perf_counter() - before)
        return measured(store, begun, spent.server / spent.others, trips)
    finally:
        server.terminate()
        server.communicate()


def paribus(*words: str) -> list[str]:
    """The command in this environment."""
    return [sys.executable, "-m", "paribus", *words]


def measured(store: Path, begun: float, server: float = 0.0, trips: list[float] | None = None) -> Timed:
    """From the times of the files that a comparison leaves."""
    steps = [path.stat().st_mtime for path in store.glob("runs/*/checkpoints/step-000001.json")]
    records = [path.stat().st_mtime for path in store.glob("runs/*/record.json")]
    (verdict,) = store.glob("comparisons/*/comparison.json")
    return Timed(max(records) - min(steps), verdict.stat().st_mtime - begun, server, trips or [])


class Spent:
    """Processor seconds while the block lasts: of the server, and of all processes that it has started (Linux).

    Those form sessions of their own; workers may be gone when the block ends, and so are looked at all the while.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._seen: dict[int, float] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.server = self.others = 0.0

    def __enter__(self) -> Spent:
        self._before = self._look()
        self._thread.start()
        return self

    def __exit__(self, *what: object) -> None:
        self._end.set()
        self._thread.join()
        spent = {pid: seconds - self._before.get(pid, 0.0) for pid, seconds in self._seen.items()}
        self.server = spent.pop(self._pid)
        self.others = sum(spent.values())

    def _watch(self) -> None:
        while True:
            self._seen |= self._look()
            if self._end.wait(0.2):
                return

    def _look(self) -> dict[int, float]:
        found = dict(filter(None, (stat(path) for path in Path("/proc").iterdir() if path.name.isdigit())))
        sessions = {session for parent, session, _ in found.values() if parent == self._pid}
        return {pid: spent for pid, (_, session, spent) in found.items() if pid == self._pid or session in sessions}


def stat(path: Path) -> tuple[int, tuple[int, int, float]] | None:
    """A process: its parent, its session, and its processor seconds; None where it is gone."""
    try:
        fields = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return int(path.name), (int(fields[1]), int(fields[3]), (int(fields[11]) + int(fields[12])) / TICKS)


class Page:
    """A browser's requests, as plain as they can be."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        assert server.stdout is not None
        found = None
        while found is None:
            found = re.search(r"http://([^/]+)(/\S+)", server.stdout.readline())
        self.host = found[1]
        self.verdict = threading.Event()
        with contextlib.closing(self._connection()) as connection:
            connection.request("GET", found[2])
            self.cookie = (connection.getresponse().getheader("set-cookie") or "").partition(";")[0]

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, timeout=600)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON."""
        headers = {"Cookie": self.cookie, "Origin": f"http://{self.host}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        with contextlib.closing(self._connection()) as connection:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            return json.loads(connection.getresponse().read())

    @contextlib.contextmanager
    def watched(self, viewers: int) -> Iterator[None]:
        """While so many read the events: the second, fourth, ... of them never do."""
        address, _, port = self.host.partition(":")
        request = f"GET /api/events HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\n\r\n".encode()
        with contextlib.ExitStack() as open_ones:
            for number in range(viewers):
                sock = open_ones.enter_context(socket.create_connection((address, int(port))))
                sock.sendall(request)
                if number % 2 == 0:
                    threading.Thread(target=self._read, args=(sock,), daemon=True).start()
            yield

    def _read(self, sock: socket.socket) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while piece := sock.recv(1 << 16):
                rest = (rest + piece)[-100_000:]
                if b"event: verdict" in rest:
                    self.verdict.set()


if __name__ == "__main__":
    main()
