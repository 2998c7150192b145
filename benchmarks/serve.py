"""What the lab page's server adds to a comparison, and what a hundred viewers do to it.

    python benchmarks/serve.py [--rounds N] [--seeds N] [--epochs N] [--viewers N]

Each round makes the same comparison three times, in turn, in stores of their own: by the command; by the server, whose
page one viewer watches; and by the server with a hundred viewers, half of whom never read a byte of what they are sent.
Seconds are from the first step of the first run to the last run's record (`training`), and from the command's start or
the click to the verdict on disk (`whole`; a server has torch loaded before the click). Each is divided by the
command's of the same round; the median over rounds is printed, with the least and the most.

`server` is the processor time that the server's own process took meanwhile, in per cent of the whole comparison's
seconds on all cores: unlike seconds it does not depend on what else the machine does. A command's round trip through
the server is timed with all viewers there, while it trains.
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
    """Seconds of one comparison; server: of the server's processor time; trips: of requests while it trained."""

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
        share = statistics.median(timed.server / timed.whole / (os.cpu_count() or 1) for timed in found[kind])
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
        with page.watched(viewers):
            spent, begun = processor_seconds(server.pid), time.time()
            job = page.ask("POST", "/api/comparisons", order)["job"]["id"]
            trips = []
            while page.ask("GET", f"/api/jobs/{job}")["state"] != "finished":
                before = time.perf_counter()
                page.ask("GET", "/api/jobs")
                trips.append(time.perf_counter() - before)
                time.sleep(0.25)
            return measured(store, begun, processor_seconds(server.pid) - spent, trips)
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


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far, without its children's (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Page:
    """A browser's requests, as plain as they can be."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        assert server.stdout is not None
        found = None
        while found is None:
            found = re.search(r"http://([^/]+)(/\S+)", server.stdout.readline())
        self.host = found[1]
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
                    threading.Thread(target=drain, args=(sock,), daemon=True).start()
            yield


def drain(sock: socket.socket) -> None:
    """Read until the end."""
    with contextlib.suppress(OSError):
        while sock.recv(1 << 16):
            pass


if __name__ == "__main__":
    main()
