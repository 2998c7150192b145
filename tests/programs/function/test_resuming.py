"""A killed run of a function: with a state it goes on to the very same bits, without one it starts again, alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import paribus as pb
from paribus.core.errors import ParibusError
from paribus.programs.function.nested import flattened, rebuilt
from paribus.runs.store import Store
from tests.programs.function.making import make
from tests.programs.function.without_torch import killed_at, once, plain

KILL = "kill"  # a file that says at which epoch the worker is killed


def resumable(seed: int, *, a: int = 1, epochs: int = 5, state: pb.State) -> Iterator[dict[str, float]]:
    """Everything that draws, a network and its optimiser."""
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Dropout(0.5), torch.nn.Linear(4, 1))
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01 * a)
    order = pb.stream("order")
    done, early = 0, pb.stream("early", torch=True)
    if (saved := state.load()) is not None:
        done = saved["epoch"]
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
    for epoch in range(done, epochs):
        x = torch.rand(8, 3, generator=early) + random.random() + float(np.random.rand()) + order.random()
        loss = network(x).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        late = pb.stream(f"late{epoch // 2}").random()
        state.save({"epoch": epoch + 1, "network": network.state_dict(), "optimiser": optimiser.state_dict()})
        yield {"x": loss.item() + late, "epoch": epoch}
        killed_at(epoch)


@pytest.mark.parametrize(("function", "epoch"), [(resumable, 3), (plain, 3), (once, 2)])
def test_a_killed_run_ends_as_if_it_had_not_been(
    function: Callable[..., Any], epoch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARIBUS_TEST_KILL", str(tmp_path / KILL))
    whole = make(function, tmp_path / "whole")
    (tmp_path / KILL).write_text(str(epoch))
    with pytest.raises(ParibusError, match="a worker process was killed"):
        make(function, tmp_path / "lab", pool=1)
    assert not (tmp_path / KILL).exists()
    again = make(function, tmp_path / "lab")
    assert again.plan.resumed == 1
    for key, result in whole.results.items():
        found = again.results[key]
        assert (found.record.status, found.record.figures) == ("finished", result.record.figures)
        assert [e.figures for e in found.epochs] == [e.figures for e in result.epochs]
        assert found.record.damaged == ""
    kept = Store(tmp_path / "lab").open_run(again.plan.tasks[0].run_id).read_state()
    assert (kept is None) == (function is plain)


def late(seed: int, *, a: int = 1, state: pb.State) -> Iterator[dict[str, float]]:
    for epoch in range(3):
        yield {"x": epoch}
        state.save({"epoch": epoch})


def object_kept(seed: int, *, a: int = 1, state: pb.State) -> dict[str, float]:
    state.save({"rng": np.random.default_rng(0)})
    return {"x": 1.0}


@pytest.mark.parametrize(("function", "said"), [(late, "after the last yield"), (object_kept, "a state is made of")])
def test_a_state_used_wrongly_is_told(function: Callable[..., Any], said: str, tmp_path: Path) -> None:
    assert said in make(function, tmp_path).first.record.note


TREES = [
    None,
    {"a": [1, 2.5, "text", None, True, (1, (2,))], 3: {"b": []}, "big": 2**127, "inf": float("inf")},
    {"array": np.arange(6, dtype=np.int16).reshape(2, 3), "scalar": np.float32(0.1), "empty": np.zeros((0, 2))},
    {"bf16": torch.tensor([1.5, -2.0], dtype=torch.bfloat16), "point": torch.tensor(3), "flag": torch.tensor([True])},
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_a_state_comes_back_as_it_was(tree: Any) -> None:
    arrays, text = flattened(tree)
    back = rebuilt(arrays, text)
    assert repr(back) == repr(tree)
    assert flattened(back)[1] == text


def test_a_state_is_a_copy_of_then() -> None:
    values = np.zeros(2)
    arrays, text = flattened([values])
    values += 1
    assert rebuilt(arrays, text)[0].tolist() == [0, 0]


def test_optimisers_and_generators_are_data() -> None:
    network = torch.nn.Linear(2, 2)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    network(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    back = rebuilt(*flattened(optimiser.state_dict()))
    optimiser.load_state_dict(back)
    draws = np.random.default_rng(3)
    draws.random()
    other = np.random.default_rng(4)
    other.bit_generator.state = rebuilt(*flattened(draws.bit_generator.state))
    assert other.random() == draws.random()
