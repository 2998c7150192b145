"""`local:N`: a cluster of this machine alone."""

from __future__ import annotations

from paribus.core.errors import ParibusError


def local_workers(cluster: str) -> int | None:
    """N of `local:N`; None of anything else. Raises ParibusError where N is no number of workers."""
    kind, _, count = cluster.partition(":")
    if kind != "local":
        return None
    if not (count.isascii() and count.isdigit() and 0 < int(count) <= 1024):
        raise ParibusError("{field} must be local:N, with N runs at once, from 1 to 1024", field="cluster", got=cluster)
    return int(count)
