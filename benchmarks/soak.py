"""Long use: what is left of memory, files and processes after very many comparisons, and whether all was made once.

    python benchmarks/soak.py [--size N] [--only serve|python|processes|clocks|endings]

serve      one `paribus serve` makes a comparison after another, as the page asks for them
python     one process calls `pb.compare` again and again
processes  very many processes make the same comparisons in one store, and now and then a worker of theirs is killed
clocks     `python`, while the clock jumps to and fro by up to a day (needs a C compiler)
endings    commands ended at any moment by Ctrl-C, SIGTERM, SIGHUP and SIGKILL of the parent alone

`--size` is in percent of the full size: 200 comparisons by `serve`, 300 in one process, 50 processes, 40 endings.
Memory may grow by a tenth after the first tenth; nothing else may. Exits with 1 where something did.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent))
from soak_place import CLOCK, ONE_OF_MANY, ONE_PROCESS, Held, Place, children, is_worker

FULL = {"serve": 200, "python": 300, "processes": 50, "clocks": 60, "endings": 40}
SETTLED = 0.1  # of the comparisons, after which what is kept on purpose is there
GROWTH = 1.1  # of memory
ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")
PATIENCE = 120.0


class Findings:
    """The table, and what is wrong."""

    def __init__(self) -> None:
        self.bad: list[str] = []
        print("| part | done | at the start | at the end |\n|---|---|---|---|")

    def row(self, part: str, done: str, first: str = "", last: str = "") -> None:
        """A line."""
        print(f"| {part} | {done} | {first} | {last} |", flush=True)

    def check(self, holds: bool, said: str) -> None:
        """Something that must be so."""
        if not holds:
            self.bad.append(said)

    def grew(self, part: str, first: Held, last: Held) -> None:
        """Nothing may."""
        self.check(last.megabytes <= GROWTH * first.megabytes, f"{part}: memory grew: {first.row}, then {last.row}")
        for name in ("files", "processes", "temporary"):
            self.check(getattr(last, name) <= getattr(first, name), f"{part}: {name}: {first.row}, then {last.row}")


def made_once(place: Place, part: str, runs: int, found: Findings, killed: int = 0) -> None:
    """Every run has ended once; made anew were those that were under way as a worker was killed."""
    from paribus.runs.first_run import AGAIN
    from paribus.runs.store import Store
    from paribus.runs.store.verifying import verified

    ended = [record for record in Store(place.store).runs() if record.status == "finished"]
    made = len(place.made.read_text().splitlines()) if place.made.exists() else len(ended)
    own, most = [record for record in ended if not record.id.endswith(AGAIN)], len(ended) + 2 * killed
    found.check(len(own) == runs, f"{part}: {len(own)} of {runs} runs have ended")
    found.check(len(ended) <= made <= most, f"{part}: {len(ended)} runs were made {made} times, {killed} killed")
    faults = [str(fault) for one in verified(Store(place.store)) for fault in one.faults]
    found.check(not faults, f"{part}: {faults[:2]}")


def python(place: Place, size: int, found: Findings, part: str = "python") -> None:
    """One process and its comparisons, each answered before the next."""
    words = (place.script(ONE_PROCESS), str(place.made), str(place.store), str(size))
    process = place.start(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    first = last = Held(0, 0, 0, 0)
    for number in range(size):
        found.check(process.stdout.readline().strip() == str(number), f"{part}: comparison {number} came to nothing")
        last = place.held(process.pid)
        first = last if number <= SETTLED * size else first
        process.stdin.write("\n")
        process.stdin.flush()
    found.check(process.wait(60) == 0, f"{part}: it ended with {process.returncode}")
    found.grew(part, first, last)
    made_once(place, part, 6 * size, found)
    found.row(part, f"{size} comparisons, {6 * size} runs, each once", first.row, last.row)


def clocks(place: Place, size: int, found: Findings) -> None:
    """The same under a clock that jumps."""
    if (compiler := shutil.which("cc")) is None:
        return found.row("clocks", "no C compiler")
    (place.root / "clock.c").write_text(CLOCK)
    library = str(place.root / "clock.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, str(place.root / "clock.c"), "-ldl"], check=True)
    place.environment["LD_PRELOAD"] = library
    python(place, size, found, "clocks")


def processes(place: Place, size: int, found: Findings) -> None:
    """Each makes the same comparisons; a command whose worker was killed is given again."""
    draws, killed, given = random.Random(19), 0, 0
    script = place.script(ONE_OF_MANY)

    def begun() -> subprocess.Popen[str]:
        return place.start(script, str(place.made), str(place.store), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    under_way = [begun() for _ in range(size)]
    end = time.monotonic() + 60 * size
    while under_way and time.monotonic() < end:
        time.sleep(0.3)
        workers = [pid for pid in children(*(process.pid for process in under_way)) if is_worker(pid)]
        if workers and killed < size // 4 and draws.random() < 0.7:
            with contextlib.suppress(ProcessLookupError):
                os.kill(draws.choice(workers), signal.SIGKILL)
                killed += 1
        for process in [one for one in under_way if one.poll() is not None]:
            under_way.remove(process)
            said = process.stderr.read() if process.stderr else ""
            if process.returncode:
                found.check("a worker process was killed" in said, f"processes: ended with {said[-300:]}")
                given += 1
                under_way.append(begun())
    found.check(not under_way, "processes: some did not end")
    made_once(place, "processes", 24, found, killed)
    done = f"{size} processes, {killed} workers killed, {given} commands given again"
    found.row("processes", done, "", f"{len([*(place.root / 'tmp').iterdir()])} temporary")


def serve(place: Place, size: int, found: Findings) -> None:
    """As the page does: an order, then asking until it is done."""
    process = place.start("-m", "paribus", "serve", "--port", "0", "--no-browser", stdout=subprocess.PIPE)
    assert process.stdout
    address = next(word for line in process.stdout for word in line.split() if word.startswith("http://"))
    host, token = urlsplit(address).netloc, urlsplit(address).query
    cookie = asked(host, "GET", f"/?{token}", {})[1]["set-cookie"].partition(";")[0]
    own = {"Cookie": cookie, "Origin": f"http://{host}", "Content-Type": "application/json"}
    first = last = Held(0, 0, 0, 0)
    for number in range(size):
        order = {"factor": "activation", "values": ["sigmoid", "relu"], "recipe": "fair", "seeds": 1, "epochs": 1,
                 "first_seed": number, "settings": {"train_size": 256, "validation_fraction": 0.01}}  # fmt: skip
        job = asked(host, "POST", "/api/comparisons", own, json.dumps(order))[2]["job"]["id"]
        end = time.monotonic() + PATIENCE
        while (state := asked(host, "GET", f"/api/jobs/{job}", own)[2]["state"]) not in ("finished", "failed"):
            assert time.monotonic() < end, "serve: a comparison does not end"
            time.sleep(0.1)
        found.check(state == "finished", f"serve: comparison {number} is {state}")
        time.sleep(1)  # the next child loads what it needs
        last = place.held(process.pid)
        first = last if number <= SETTLED * size else first
    process.send_signal(signal.SIGTERM)
    found.check(process.wait(60) == 0, f"serve: it ended with {process.returncode}")
    found.grew("serve", first, last)
    made_once(place, "serve", 2 * size, found)
    found.row("serve", f"{size} comparisons, {2 * size} runs, each once", first.row, last.row)


def asked(host: str, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, Any, Any]:
    """Status, headers and JSON of an answer."""
    connection = http.client.HTTPConnection(host, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers)
        got = connection.getresponse()
        data = got.read()
        told = json.loads(data) if "json" in got.headers.get("content-type", "") else {}
        return got.status, {name.lower(): value for name, value in got.getheaders()}, told


def endings(place: Place, size: int, found: Findings) -> None:
    """Whatever ends a command, its processes end with it, and the next command is not kept waiting."""
    draws, slowest, script = random.Random(19), 0.0, place.script(ONE_OF_MANY)
    for number in range(size):
        how = ENDING[number % len(ENDING)]
        process = place.start(script, str(place.made), str(place.store), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)  # fmt: skip
        time.sleep(draws.uniform(0.3, 4))
        family = children(process.pid)
        process.send_signal(getattr(signal, how))
        process.wait(60)
        started = time.monotonic()
        while alive := [pid for pid in family if Path(f"/proc/{pid}").exists()]:
            if time.monotonic() > started + 20:
                found.check(False, f"endings: after {how} {len(alive)} processes stay")
                break
            time.sleep(0.05)
        slowest = max(slowest, time.monotonic() - started)
    last = place.start(script, str(place.made), str(place.store), stdout=subprocess.DEVNULL)
    found.check(last.wait(PATIENCE) == 0, "endings: the last command did not end well")
    made_once(place, "endings", 24, found, killed=size)
    swept = place.held(os.getpid()).temporary
    found.check(not list(place.store.rglob("*.tmp")), "endings: something half-written stays")
    found.row("endings", f"{size} commands ended", "", f"no process after {slowest:.1f} s; {swept} temporary")


PARTS = {"serve": serve, "python": python, "processes": processes, "clocks": clocks, "endings": endings}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=100, help="percent of the full size (default 100)")
    parser.add_argument("--only", choices=tuple(PARTS), help="one part")
    asked_for = parser.parse_args()
    found = Findings()
    for name, part in PARTS.items():
        if asked_for.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as folder:
                place = Place(Path(folder) / "p")
                try:
                    part(place, max(2, round(FULL[name] * asked_for.size / 100)), found)
                finally:
                    place.close()
    print("\n".join(found.bad), file=sys.stderr)
    return 1 if found.bad else 0


if __name__ == "__main__":
    sys.exit(main())
