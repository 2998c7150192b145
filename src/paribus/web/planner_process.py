"""The process that plans and trains for the page: `python -m paribus.web.planner_process STORE WORKERS [own-models]`.

The server itself neither plans nor trains. This process loads torch before it is needed; then it reads an order a
line from stdin, and writes what comes of it, a line each, as JSON. When stdin ends, by the server's wish or with its
life, that is Ctrl-C: everything is kept but the epochs in progress.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from paribus.comparison.compare import run_plan
from paribus.comparison.words.json_view import strict
from paribus.comparison.words.run_json import epoch_json
from paribus.core.errors import Fault, FaultsError, ParibusError
from paribus.core.exit_codes import INTERRUPTED
from paribus.diagnosis.explain import explain
from paribus.diagnosis.words.search import Search, search_json
from paribus.records.design import Design
from paribus.records.events import EpochDone, RunEnded, RunStarted, SearchEvent
from paribus.results import ComparisonResult
from paribus.runs.planning import Settings, check_settings, make_plan, to_download
from paribus.web.comparison_request import Order, design_of, refuse_code
from paribus.web.preload import get_ready
from paribus.web.problems import problems_of
from paribus.web.read_store import open_comparison


class Lines:
    """JSON a line, out to the server. What else is printed here goes to stderr."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._runs: dict[tuple[str, int], str] = {}
        self._search = Search()

    def write(self, kind: str, **data: Any) -> None:
        """One line. A server that is gone needs none: stdin's end stops this process."""
        with contextlib.suppress(OSError, ValueError):
            self._out.write(json.dumps(strict({"kind": kind, **data}), allow_nan=False) + "\n")
            self._out.flush()

    def event(self, event: SearchEvent) -> None:
        """What happens while a comparison runs, or is explained."""
        match event:
            case RunStarted():
                self._runs[event.arm, event.seed] = event.run_id
                self._run(event, epochs=event.epochs, state="training")
            case EpochDone():
                self.write(
                    "epoch",
                    run=self._runs.get((event.arm, event.seed)),
                    arm=event.arm,
                    seed=event.seed,
                    epoch=event.epoch.epoch,
                    epochs=event.epochs,
                    metrics=epoch_json(event.epoch),
                )
            case RunEnded():
                self._run(event, epochs=None, state=event.status)
            case _:
                self._search = self._search.after(event)
                self.write("search", **search_json(self._search))

    def _run(self, event: RunStarted | RunEnded, epochs: int | None, state: str) -> None:
        run = self._runs.get((event.arm, event.seed))
        found = {"run": run, "arm": event.arm, "seed": event.seed, "epochs": epochs}
        self.write("run", **found, state=state, reused=event.reused)

    def failed(self, error: ParibusError) -> None:
        """What a user can mend."""
        self.write("failed", problems=[problem.model_dump(mode="json") for problem in problems_of(error)])


def main() -> int:
    """Answer plans until a job comes; do that, and end: each job has a process of its own."""
    store, workers, own_models = Path(sys.argv[1]), int(sys.argv[2]) or None, "own-models" in sys.argv[3:]
    source, lines = _private_streams()
    handler = CommandHandler(Settings(store, workers=workers), own_models, lines)
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: _interrupt(came, number))
    orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, orders), daemon=True).start()
    try:
        get_ready()
        while handler.handle(orders.get()):
            pass
    except (KeyboardInterrupt, Exception) as error:
        if isinstance(error, Exception) and not came:  # loading torch may turn a KeyboardInterrupt into another error
            raise
        return INTERRUPTED
    return 0


def _interrupt(came: list[int], number: int) -> None:
    came.append(number)
    raise KeyboardInterrupt


def _private_streams() -> tuple[int, Lines]:
    """Stdin and stdout for the server alone: no worker inherits them, and no print of a user's model gets in."""
    source, out = os.dup(0), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, Lines(out)


def _read(source: int, orders: queue.SimpleQueue[dict[str, Any]]) -> None:
    """In a thread. By the descriptor itself: a file object that is being read would keep the process from ending."""
    rest = b""
    while piece := os.read(source, 1 << 16):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            orders.put(json.loads(line))
    signal.raise_signal(signal.SIGINT)  # the main thread's handler takes it, wherever it is


class CommandHandler:
    """Where orders are done, in one store."""

    def __init__(self, how: Settings, own_models: bool, lines: Lines) -> None:
        self._how = how
        self._own_models = own_models
        self._lines = lines

    def handle(self, order: dict[str, Any]) -> bool:
        """Do it, and say whether another may follow."""
        with _answered(self._lines):
            match order["do"]:
                case "plan":
                    self._lines.write("plan", **self._counted(order))
                case "compare":
                    self._compare(order)
                case "why":
                    self._why(order)
        return bool(order["do"] == "plan")

    def _counted(self, order: dict[str, Any]) -> dict[str, Any]:
        """What it takes. Nothing is downloaded for that: without the data most of it is not known yet."""
        design = self._design(order)
        if download := to_download(design):
            runs = len(design.arms) * len(design.seeds)
            unknown = {"seconds": None, "finished": None, "resumed": None, "bytes": None, "workers": None}
            return {**unknown, "runs": runs, "download": download}
        plan = make_plan(design, self._how, timed=True)
        names = ("seconds", "finished", "resumed", "bytes", "workers")
        return {**{name: getattr(plan, name) for name in names}, "runs": len(plan.tasks), "download": 0}

    def _design(self, order: dict[str, Any]) -> Design:
        check_settings(self._how)
        design = design_of(Order.model_validate(order["order"]), self._own_models)
        refuse_code(design, self._own_models)
        return design

    def _compare(self, order: dict[str, Any]) -> None:
        plan = make_plan(self._design(order), self._how)
        runs = [{"run": t.run_id, "arm": t.arm, "seed": t.seed, "epochs": t.length} for t in plan.tasks]
        self._lines.write("planned", runs=runs)
        made = run_plan(plan, Order.model_validate(order["order"]).margin, self._lines.event)
        self._lines.write("done", comparison=made.comparison.id)
        self._report(made)  # after the verdict, so that a full disk takes nothing from the user

    def _why(self, order: dict[str, Any]) -> None:
        what = open_comparison(self._how.out, order["comparison"])
        refuse_code(what, self._own_models)
        how = {"budget": order["budget"], "workers": self._how.workers, "trust": self._own_models}
        explain(what, **how, on_event=self._lines.event)
        self._lines.write("done", comparison=what.comparison.id)
        self._report(what)  # now with the explanation in it

    def _report(self, made: ComparisonResult) -> None:
        """Write it; what it goes without is a fault of the job's report."""
        if left_out := made.report_told()[1]:
            raise FaultsError("the report", [Fault(said) for said in left_out])


@contextlib.contextmanager
def _answered(lines: Lines) -> Iterator[None]:
    """A user's mistake is an answer; Ctrl-C is none."""
    try:
        yield
    except ParibusError as error:
        if error.exit_code == INTERRUPTED:
            raise KeyboardInterrupt from None
        lines.failed(error)


if __name__ == "__main__":
    sys.exit(main())
