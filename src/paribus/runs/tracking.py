"""Figures of runs for a tracker, live while they are made: TensorBoard's event files, or MLflow. Each by an extra.

A tracker hears what the command that started the runs hears, in its own process: training knows nothing of it, and one
that fails is left out and told of, while the runs go on.
"""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from paribus.core.environ import variable_set
from paribus.core.errors import ParibusError, nearest, reason_of
from paribus.core.messages import Message
from paribus.records.events import EpochDone, Event, RunEnded, RunStarted
from paribus.runs.store import Store
from paribus.runs.store.safe_names import slug

FINAL = "final"  # what the figures at the end of a run are called by: `final/loss`


class Tracker(Protocol):
    """Where figures go."""

    def begin(self, arm: str, seed: int, run_id: str) -> bool:
        """A run begins; whether its figures are wanted: those of a run that is there already are not."""

    def log(self, arm: str, seed: int, step: int, figures: Mapping[str, float]) -> None:
        """Figures after so many epochs."""

    def end(self, arm: str, seed: int, well: bool) -> None:
        """The run has ended."""


class Tracking:
    """All trackers of a command. failed: what went wrong with those that were left out."""

    def __init__(self, trackers: Mapping[str, Tracker], store: Store, on_event: Callable[[Any], None]) -> None:
        self._trackers, self._store, self._on_event = dict(trackers), store, on_event
        self._wanted: set[tuple[str, str, int]] = set()
        self.failed: list[Message] = []

    def event(self, event: Any) -> None:
        """Hand an event on, and its figures to the trackers."""
        self._on_event(event)
        if isinstance(event, (RunStarted, EpochDone, RunEnded)):
            for name, tracker in list(self._trackers.items()):
                try:
                    self._tell(name, tracker, event)
                except Exception as error:  # whatever its library raises
                    del self._trackers[name]
                    self.failed.append(
                        Message(
                            "{name}: no more figures could be written: {reason}", name=name, reason=reason_of(error)
                        )
                    )

    def _tell(self, name: str, tracker: Tracker, event: Event) -> None:
        run = (name, event.arm, event.seed)
        if isinstance(event, RunStarted):
            if tracker.begin(event.arm, event.seed, event.run_id):
                self._wanted.add(run)
        elif run in self._wanted and isinstance(event, EpochDone):
            tracker.log(event.arm, event.seed, event.epoch.epoch, event.epoch.figures)
        elif run in self._wanted and isinstance(event, RunEnded):
            self._wanted.discard(run)
            record = self._store.ended(event.run_id) if event.run_id else None
            if record is not None:
                figures = {f"{FINAL}/{figure}": value for figure, value in record.figures.items()}
                tracker.log(event.arm, event.seed, record.epochs_done, figures)
            tracker.end(event.arm, event.seed, event.status == "finished")


@contextlib.contextmanager
def warned(
    where: str | Sequence[str], store: Store, on_event: Callable[[Any], None]
) -> Iterator[Callable[[Any], None]]:
    """As `tracked`, for Python: what went wrong is a warning at the end."""
    with tracked(where, store, on_event) as tracking:
        yield tracking.event
    for said in tracking.failed:
        warnings.warn(str(said), stacklevel=3)


@contextlib.contextmanager
def tracked(where: str | Sequence[str], store: Store, on_event: Callable[[Any], None]) -> Iterator[Tracking]:
    """Trackers by their names, `tensorboard:FOLDER` or `mlflow:ADDRESS`. Raises ParibusError for what names none."""
    with contextlib.ExitStack() as stack:
        named = [where] if isinstance(where, str) else where
        yield Tracking({name: _opened(name, stack) for name in named}, store, on_event)


def check_log(where: str | Sequence[str]) -> None:
    """Raise ParibusError for what names no tracker, before anything is trained."""
    for name in [where] if isinstance(where, str) else where:
        _split(name)


def _split(name: str) -> tuple[str, str]:
    kind, colon, place = name.partition(":")
    if kind not in _KINDS or not colon or not place:
        raise ParibusError(
            "a log is tensorboard:FOLDER or mlflow:ADDRESS", got=name, hint=nearest(kind, _KINDS) if colon else None
        )
    return kind, place


def _opened(name: str, stack: contextlib.ExitStack) -> Tracker:
    kind, place = _split(name)
    return _KINDS[kind](place, stack)


class _TensorBoard:
    """FOLDER/ARM/seed-N, as `paribus judge` reads it."""

    def __init__(self, place: str, stack: contextlib.ExitStack) -> None:
        try:
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError:
            raise ParibusError("event files need TensorBoard: pip install 'paribus[tensorboard]'") from None
        self._folder, self._writer, self._stack = Path(place), EventFileWriter, stack
        self._open: dict[tuple[str, int], Any] = {}

    def begin(self, arm: str, seed: int, run_id: str) -> bool:
        """A folder that is there has the run's figures."""
        folder = self._folder / (slug(arm, 80) or "arm") / f"seed-{seed}"
        if any(folder.glob("*tfevents*")):
            return False
        writer = self._open[arm, seed] = self._writer(str(folder))
        self._stack.callback(writer.close)
        return True

    def log(self, arm: str, seed: int, step: int, figures: Mapping[str, float]) -> None:
        """Scalars, which are on the disk at once."""
        from tensorboard.compat.proto.event_pb2 import Event as Written
        from tensorboard.compat.proto.summary_pb2 import Summary

        writer = self._open[arm, seed]
        values = [Summary.Value(tag=name, simple_value=value) for name, value in figures.items()]
        writer.add_event(Written(step=step, wall_time=time.time(), summary=Summary(value=values)))
        writer.flush()

    def end(self, arm: str, seed: int, well: bool) -> None:
        """Nothing more of it comes."""
        self._open.pop((arm, seed)).close()


class _MLflow:
    """Runs of the experiment `paribus`, with arm and seed as parameters."""

    def __init__(self, place: str, stack: contextlib.ExitStack) -> None:
        try:
            from mlflow.tracking import MlflowClient
        except ImportError:
            raise ParibusError("MLflow's runs need it: pip install 'paribus[mlflow]'") from None
        stack.enter_context(
            variable_set("MLFLOW_ALLOW_FILE_STORE", "true")
        )  # without it MLflow refuses its own folders
        address = place if "://" in place else Path(place).absolute().as_uri()
        try:
            self._client = MlflowClient(tracking_uri=address)
            found = self._client.get_experiment_by_name("paribus")
            self._experiment = found.experiment_id if found else self._client.create_experiment("paribus")
        except Exception as error:  # whatever its many stores raise
            raise ParibusError("{path}: cannot be written: {reason}", path=place, reason=reason_of(error)) from None
        self._runs: dict[tuple[str, int], str] = {}

    def begin(self, arm: str, seed: int, run_id: str) -> bool:
        """A run of this name that ended well is there already."""
        same = self._client.search_runs([self._experiment], f"tags.paribus_run = '{run_id}'")
        if any(run.info.status == "FINISHED" for run in same):
            return False
        made = self._client.create_run(self._experiment, run_name=run_id, tags={"paribus_run": run_id})
        self._runs[arm, seed] = made.info.run_id
        self._client.log_param(made.info.run_id, "arm", arm)
        self._client.log_param(made.info.run_id, "seed", seed)
        return True

    def log(self, arm: str, seed: int, step: int, figures: Mapping[str, float]) -> None:
        """Metrics."""
        for name, value in figures.items():
            self._client.log_metric(self._runs[arm, seed], name, value, step=step)

    def end(self, arm: str, seed: int, well: bool) -> None:
        """Finished or failed."""
        self._client.set_terminated(self._runs.pop((arm, seed)), "FINISHED" if well else "FAILED")


_KINDS: Mapping[str, Callable[[str, contextlib.ExitStack], Tracker]] = {"tensorboard": _TensorBoard, "mlflow": _MLflow}
