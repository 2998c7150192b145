"""Where a student's code is run: what it prints is not shown, and what it changes is put back."""

from __future__ import annotations

import contextlib
import copy
import io
import random
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn


@contextlib.contextmanager
def untouched(built: tuple[Any, ...]) -> Iterator[None]:
    """Random state, modes, threads, and every network and optimiser that `built` can reach are put back afterwards."""
    reached = [thing for one in built for thing in _reached(one)]
    networks = {id(thing): _network_state(thing) for thing in reached if isinstance(thing, nn.Module)}
    loaders = [one.generator for one in reached if isinstance(getattr(one, "generator", None), torch.Generator)]
    states = [(generator, generator.get_state()) for generator in loaders]
    optimisers = [(one, copy.deepcopy(one.state_dict())) for one in reached if isinstance(one, torch.optim.Optimizer)]
    before = random.getstate(), np.random.get_state(), torch.is_grad_enabled(), torch.get_default_dtype()
    threads = torch.get_num_threads()
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings(), _silence():
            warnings.simplefilter("ignore")
            torch.manual_seed(0)
            torch.set_grad_enabled(True)
            torch.set_num_threads(1)  # inputs are so small that several wait for each other
            yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
        torch.set_grad_enabled(before[2])
        torch.set_default_dtype(before[3])
        torch.set_num_threads(threads)
        if cuda:
            torch.cuda.set_rng_state_all(cuda)
        for generator, state in states:
            generator.set_state(state)
        for put_back in networks.values():
            put_back()
        for optimiser, kept in optimisers:
            optimiser.load_state_dict(kept)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _reached(built: Any) -> list[Any]:
    """What stands in it, and for a function what its globals and closures name: by value, not by text."""
    found, todo, seen = [], [built], set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        found.append(one)
        if isinstance(one, types.FunctionType):
            todo += [value for value in one.__globals__.values() if isinstance(value, _KEPT)]
            todo += [cell.cell_contents for cell in one.__closure__ or () if _is_filled(cell)]
        elif isinstance(one, type) and one.__module__ != "builtins":
            todo += [value for value in vars(one).values() if isinstance(value, (types.FunctionType, nn.Module))]
        elif isinstance(one, (list, tuple)):
            todo += one
        elif isinstance(one, dict):
            todo += one.values()
    return found


_KEPT = (nn.Module, torch.optim.Optimizer, torch.utils.data.DataLoader, list, tuple, dict)


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _network_state(network: nn.Module) -> Callable[[], None]:
    """A function that puts the network back as it is now: weights, gradients, buffers, modes."""
    modes = [(module, module.training) for module in network.modules()]
    tensors = [one for one in (*network.parameters(), *network.buffers()) if not _is_lazy(one)]
    kept = [(one, one.detach().clone(), None if one.grad is None else one.grad.clone()) for one in tensors]

    def put_back() -> None:
        for module, mode in modes:
            module.training = mode
        with torch.no_grad():
            for tensor, value, gradient in kept:
                if not torch.equal(tensor, value):
                    tensor.copy_(value)
                tensor.grad = gradient

    return put_back


def _is_lazy(tensor: Any) -> bool:
    return nn.parameter.is_lazy(tensor)
