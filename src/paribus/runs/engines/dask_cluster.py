"""Dask: a cluster that one has, by its scheduler's address, or one of this machine alone, `local:4`.

Dask passes pickles: whoever reaches the scheduler can run code on every worker and on this machine.
"""

from __future__ import annotations

import contextlib
import pickle
import secrets
from collections import deque
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError, reason_of
from paribus.core.extras import found, missing_extra
from paribus.records.program import Epoch
from paribus.records.run import Status
from paribus.runs.engines import remote_worker
from paribus.runs.engines.engine import Again, Engine, Handed, polled
from paribus.runs.engines.local_cluster import local_workers
from paribus.runs.engines.wanted_lock import Session
from paribus.runs.registry import program_of_task
from paribus.runs.store import Store
from paribus.runs.store.packages import taken_in
from paribus.runs.task import Task

_CONNECT_SECONDS = 10
_WORKERS_SECONDS = 30  # until the first worker of a cluster that is just starting is there


class Dask(Engine):
    """Runs on the workers of a scheduler. at: its address, `local:N`, or a Client of the user's own.

    apart: the runs come back as packages also where the workers share the store's folder.
    """

    def __init__(self, at: Any, store: Path, *, apart: bool = False) -> None:
        if found("distributed") is None:
            raise missing_extra("Dask", "dask")
        self._store, self._apart = Store(store), apart
        self._end = contextlib.ExitStack()
        self._tasks: dict[Handed, tuple[Task, ...]] = {}
        self._news: deque[tuple[str, Epoch]] = deque()
        self._data: dict[str, Any] = {}  # by the first run that lacked them
        with contextlib.ExitStack() as opened:
            self._session = Session(self._store.root)
            opened.callback(self._session.end)
            self._client = _client(at, opened)
            self._topic = f"paribus-{secrets.token_hex(8)}"
            self.workers = sum(_threads(self._client).values())
            self._check_workers()
            self._client.subscribe_topic(self._topic, self._hear)
            self._end = opened.pop_all()

    def __exit__(self, kind: type[BaseException] | None, *what: object) -> None:
        """Leave the cluster, or end it where it is our own."""
        self._end.close()

    def _check_workers(self) -> None:
        """Before any run is handed out: whoever would make other runs is named at once."""
        try:
            there = self._client.run(remote_worker.versions)
        except Exception as error:
            raise ParibusError(
                "the workers of the cluster cannot run Paribus: {reason}. Install the same version there: "
                "pip install paribus=={version}",
                reason=f"{type(error).__name__}: {error}",
                version=remote_worker.versions()["paribus"],
            ) from error
        for where, versions in there.items():
            remote_worker.check_versions(remote_worker.versions(), versions, where)

    def submit(self, tasks: Sequence[Task]) -> Handed:
        """Each bundle under a key of its own: Dask takes equal keys for equal results."""
        order = remote_worker.Order(
            remote_worker.versions(), "" if self._apart else str(self._session.path), pickle.dumps(tuple(tasks))
        )
        data = self._data.get(tasks[0].data_digest)
        key = f"{tasks[0].run_id}-{secrets.token_hex(4)}"
        handed: Handed = self._client.submit(_on_worker, order, data, self._topic, key=key, pure=False)
        self._tasks[handed] = tuple(tasks)
        return handed

    def wait(self, pending: Set[Handed], timeout: float) -> tuple[set[Handed], set[Handed]]:
        """Dask's futures are asked."""
        return polled(pending, timeout)

    def waits(self, handed: Handed) -> bool:
        """Dask's futures do not say whether they run."""
        return False

    def news(self) -> Sequence[tuple[str, Epoch]]:
        """What workers that share no folder have told."""
        return [self._news.popleft() for _ in range(len(self._news))]

    def _hear(self, event: tuple[float, Any]) -> None:
        with contextlib.suppress(ValueError, TypeError, KeyError):  # anybody on the cluster can tell something
            run_id, text = event[1]
            self._news.append((str(run_id), Epoch.model_validate_json(text)))

    def statuses(self, handed: Any) -> tuple[Status, ...]:
        """Takes packages into the store; brings data to a worker that lacks them."""
        tasks = self._tasks.pop(handed)
        if handed.status in ("cancelled", "lost"):
            raise Again("the scheduler lost it")
        if (failed := handed.exception()) is not None:
            raise _failure(failed)
        answer: remote_worker.Answer = handed.result()
        if answer.lacking:
            self._bring(tasks[0])
            raise Again("a worker lacked the data")
        if answer.lost:
            raise Again("its process was ended")
        if answer.fault is not None:
            raise answer.fault
        if not answer.packages:
            return answer.statuses
        taken = [taken_in(self._store, *each) for each in zip(tasks, answer.packages, strict=True)]
        return tuple(record.status for record in taken)

    def _bring(self, task: Task) -> None:
        """Once to the cluster; Dask hands it from worker to worker, and each keeps it."""
        if task.data_digest not in self._data:
            packed = program_of_task(task).packed_data(task.fields)
            self._data[task.data_digest] = self._client.scatter(packed, hash=False)

    def stop(self) -> None:
        """Workers that share the folder see that the session is over, others that their runs are cancelled."""
        self._session.end()
        self.give_up({*self._tasks})

    def give_up(self, pending: Set[Handed]) -> None:
        """Cancel them."""
        with contextlib.suppress(Exception):  # a scheduler that is gone
            self._client.cancel([*pending])


def _on_worker(order: remote_worker.Order, data: bytes | None, topic: str) -> remote_worker.Answer:
    """In a thread of a worker."""
    from distributed import get_worker
    from distributed.worker import thread_state

    worker, key = get_worker(), thread_state.key

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state in ("executing", "long-running")

    def tell(run_id: str, epoch: Epoch) -> None:
        worker.log_event(topic, (run_id, epoch.model_dump_json()))

    return remote_worker.made(order, data, worker.address, wanted, tell)


def _client(at: Any, opened: contextlib.ExitStack) -> Any:
    """A client of the scheduler; what is started for it ends with `opened`."""
    from distributed import Client

    if not isinstance(at, str):
        return at
    cluster: Any = at
    if (count := local_workers(at)) is not None:
        opened.callback(remote_worker.end_processes)
        cluster = _local(count)
        opened.enter_context(cluster)
    try:
        client = Client(cluster, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ParibusError(
            "{address}: no Dask scheduler answers there ({reason}). `dask scheduler` starts one",
            address=at,
            reason=reason_of(error) if isinstance(error, OSError) else str(error),
        ) from None
    opened.enter_context(client)
    with contextlib.suppress(TimeoutError):
        client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        return client
    raise ParibusError(
        "{address}: the scheduler has no workers. `dask worker {address}` starts one on whatever machine it is given",
        address=at,
    )


def _local(count: int) -> Any:
    """One worker with a thread a run, which is made in a process of its own. It shows nothing to other machines."""
    import dask
    from distributed import LocalCluster

    shown = {"dashboard_address": "127.0.0.1:0", "worker_dashboard_address": "127.0.0.1:0"}
    with dask.config.set({f"distributed.{one}.http.routes": [] for one in ("scheduler", "worker")}):
        return LocalCluster(
            n_workers=1,
            threads_per_worker=count,
            processes=False,
            memory_limit=0,
            scheduler_kwargs={"dashboard": False},
            **shown,
        )


def _threads(client: Any) -> dict[str, int]:
    """By worker: how many runs it makes at once."""
    found_threads: dict[str, int] = client.nthreads()
    return found_threads


def _failure(error: BaseException) -> BaseException:
    """What Dask says of runs of which no worker gave an answer."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return Again("workers were killed as they made it")
    if isinstance(error, ParibusError):
        return error
    return ParibusError("the cluster could not make a run: {reason}", reason=f"{type(error).__name__}: {error}")
