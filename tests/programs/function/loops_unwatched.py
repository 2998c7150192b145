"""The loops of tests/diagnosis/loops as people write them, without a probe in them."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import paribus as pb
from tests.diagnosis.loops.mistakes import MISTAKES
from tests.diagnosis.loops.parts import Loop

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}


class NoProbe:
    """Stands in place of the probe that the loops have for other tests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __enter__(self) -> NoProbe:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def step(self, *args: Any, **kwargs: Any) -> None:
        pass

    epoch = step


def run(loop: Loop, steps: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """The weights after so many steps, whose draws are always the same."""
    monkeypatch.setattr(pb, "Probe", NoProbe)
    torch.manual_seed(1)
    loop.steps = steps
    loop.run()
    return {name: p.detach().clone() for name, p in loop.model.named_parameters()}
