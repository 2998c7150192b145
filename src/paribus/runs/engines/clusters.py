"""Which engine makes a command's runs: as `--cluster` names it, or the executor that was given in Python."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError
from paribus.runs.engines.engine import Engine
from paribus.runs.engines.local_cluster import local_workers
from paribus.runs.engines.user_executor import check_executor, workers_of

_SCHEMES = ("tcp", "tls", "ws", "wss", "inproc")  # of the address of a Dask scheduler


def check_cluster(cluster: str | None, executor: Any = None) -> None:
    """Raise ParibusError for what names no cluster, and for an executor that cannot be handed runs."""
    if executor is not None:
        if cluster is not None:
            raise ParibusError("cluster and executor both say where runs are made; give one of them", got=cluster)
        if not isinstance(executor, Engine) and not _is_dask(executor):
            check_executor(executor)
    if cluster is None or local_workers(cluster) is not None or cluster.partition("://")[0] in _SCHEMES:
        return
    if not _is_slurm(cluster):
        raise ParibusError(
            "{field} must be local:N, the address of a Dask scheduler (tcp://HOST:8786), slurm or slurm:FILE.toml",
            field="cluster",
            got=cluster,
        )
    from paribus.runs.engines.slurm import job_of

    job_of(cluster)


def workers_at(where: Executor | Engine | None, asked: int | None) -> int | None:
    """How many runs are made at once: as was asked, else as the engine says; None where neither says."""
    if asked is not None or where is None:
        return asked
    return where.workers if isinstance(where, Engine) else workers_of(where)


@contextlib.contextmanager
def opened(cluster: str | None, executor: Any, store: Path) -> Iterator[Executor | Engine | None]:
    """The engine, for as long as the block takes; None for processes of our own."""
    if cluster is None and not _is_dask(executor):
        yield executor
        return
    if cluster is not None and _is_slurm(cluster):
        from paribus.runs.engines.slurm import Slurm, job_of

        with Slurm(job_of(cluster), store) as jobs:
            yield jobs
        return
    from paribus.runs.engines.dask_cluster import Dask

    with Dask(executor if cluster is None else cluster, store) as engine:
        yield engine


def _is_slurm(cluster: str) -> bool:
    return cluster.partition(":")[0] == "slurm"


def _is_dask(executor: Any) -> bool:
    """Whether it is a Client of Dask's, which is not loaded for that."""
    distributed = sys.modules.get("distributed")
    return distributed is not None and isinstance(executor, distributed.Client)
