"""What tests of loops share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture
def global_draws() -> Iterator[None]:
    """Loops draw from torch's global state, as scripts do."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield
