"""What the tests of programs share."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    """In this process: a run of the polynomial takes a millisecond."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
