"""Everything that a training needs to go on, as named arrays: weights, buffers and the optimiser's memory.

Random numbers need no saving: each epoch's draws come from streams named after the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn, optim

from paribus.runs.weights import Arrays

NUMBERS = (bool, int, float)


def weights_of(model: nn.Module) -> Arrays:
    """Parameters and buffers by name, copied to host memory."""
    return {name: _array(tensor) for name, tensor in model.state_dict().items()}


def pack(model: nn.Module, optimizer: optim.Optimizer, own: bool = False) -> Arrays:
    """Model and optimiser as one flat mapping, `model/NAME` and `optimizer/INDEX/NAME`.

    Plain numbers of an optimiser are `number/INDEX/NAME`; own: one of the user's, which may keep some in its groups.
    """
    arrays = {f"model/{name}": array for name, array in weights_of(model).items()}
    for index, entries in optimizer.state_dict()["state"].items():
        for name, value in entries.items():
            if isinstance(value, torch.Tensor):
                arrays[f"optimizer/{index}/{name}"] = _array(value)
            elif isinstance(value, NUMBERS):
                arrays[f"number/{index}/{name}"] = np.array(value)
    if own:
        for index, group in enumerate(optimizer.param_groups):
            arrays |= {f"group/{index}/{k}": np.array(v) for k, v in group.items() if isinstance(v, NUMBERS)}
    return arrays


def unpack(arrays: Mapping[str, NDArray[Any]], model: nn.Module, optimizer: optim.Optimizer) -> None:
    """Put what `pack` took back in place, bit for bit."""
    load_weights(model, {k.removeprefix("model/"): v for k, v in arrays.items() if k.startswith("model/")})
    state: dict[int, dict[str, Any]] = {}
    groups = optimizer.state_dict()["param_groups"]
    for key, array in arrays.items():
        match key.split("/", 2):
            case ["optimizer", index, name]:
                state.setdefault(int(index), {})[name] = _tensor(array)
            case ["number", index, name]:
                state.setdefault(int(index), {})[name] = array.item()
            case ["group", index, name]:
                groups[int(index)][name] = array.item()
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def load_weights(model: nn.Module, weights: Mapping[str, NDArray[Any]]) -> None:
    """Strictly: every name and shape must match."""
    model.load_state_dict({name: _tensor(array) for name, array in weights.items()})


def _array(tensor: torch.Tensor) -> NDArray[Any]:
    """NumPy has no bfloat16, each of whose numbers is one of float32."""
    tensor = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
    return tensor.detach().cpu().clone().contiguous().numpy()


def _tensor(array: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(np.array(array))  # a copy: torch wants memory that it may write to
