"""The state of the process that trains."""

from __future__ import annotations

import pytest
import torch

from paribus.runs.training_process import random_state_kept


def test_torchs_random_state_is_as_it_was_after_draws_and_after_an_error() -> None:
    before = torch.get_rng_state()
    with random_state_kept(torch.device("cpu")):
        torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before)
    with pytest.raises(RuntimeError), random_state_kept(torch.device("cpu")):
        torch.tensor(torch.rand(3).tolist()).reshape(2)
    assert torch.equal(torch.get_rng_state(), before)


def test_an_apple_gpus_random_state_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    state = [torch.tensor([1])]
    monkeypatch.setattr(torch.mps, "get_rng_state", lambda: state[-1])
    monkeypatch.setattr(torch.mps, "set_rng_state", state.append)
    with random_state_kept(torch.device("mps")):
        state.append(torch.tensor([2]))  # a draw
    assert [int(each) for each in state] == [1, 2, 1]
