"""Mends of networks as they are called: their mode, their inputs, their first weights, their dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from paribus.probes.model_hooks import BY_MODE
from paribus.probes.torch_patches import Arguments, first_tensor, with_first
from paribus.programs.function.mending.base import Mending
from paribus.runs.training_process import random_state_kept

_ALIKE = 0.2  # how far scale and place of inputs may be off, of the deviation, to be called the same
_DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")


def _in_mode(mending: Mending, name: str, training: bool, wanted: Callable[[nn.Module], bool]) -> None:
    """Calls for which it is wanted are made in that mode; afterwards each module has its own again."""
    held: list[tuple[nn.Module, bool]] = []

    def before(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        if wanted(module) and any(isinstance(part, BY_MODE) for part in module.modules()):
            mending.hit(name)
            held[:] = [(part, part.training) for part in module.modules()]
            module.train(training)
        return args, kwargs

    def after(module: nn.Module, output: Any) -> None:
        for part, mode in held:
            part.training = mode
        held.clear()

    mending.events.on_call(before, after)


def train_mode(mending: Mending, value: Any) -> None:
    """What is computed with gradients is computed in training mode."""
    _in_mode(mending, "train_mode", True, lambda module: torch.is_grad_enabled() and not module.training)


def eval_mode(mending: Mending, value: Any) -> None:
    """What is computed without gradients is computed in evaluation mode."""
    _in_mode(mending, "eval_mode", False, lambda module: not torch.is_grad_enabled() and module.training)


def standard_inputs(mending: Mending, value: Any) -> None:
    """Inputs less the mean of the first batch that was trained on, over its deviation; each network's by itself."""
    moments: dict[int, tuple[float, float]] = {}

    def standard(module: nn.Module, x: Tensor) -> Tensor | None:
        if id(module) not in moments and torch.is_grad_enabled():
            moments[id(module)] = _moments(x)
        mean, std = moments.get(id(module), (0.0, 1.0))
        if std == 0 or (abs(mean) < _ALIKE and abs(std - 1) < _ALIKE):
            return None
        return (x - mean) / std

    _on_inputs(mending, "standard_inputs", standard)


def alike_inputs(mending: Mending, value: Any) -> None:
    """Inputs of what is computed without gradients get mean and deviation of those that were trained on."""
    trained: dict[int, tuple[float, float]] = {}

    def alike(module: nn.Module, x: Tensor) -> Tensor | None:
        own = _moments(x)
        if torch.is_grad_enabled():
            trained[id(module)] = own
        mean, std = trained.get(id(module), own)
        if std == 0 or own[1] == 0 or (abs(own[0] - mean) < _ALIKE * std and abs(own[1] / std - 1) < _ALIKE):
            return None
        return (x - own[0]) / own[1] * std + mean

    _on_inputs(mending, "alike_inputs", alike)


def _on_inputs(mending: Mending, name: str, change: Callable[[nn.Module, Tensor], Tensor | None]) -> None:
    """Networks are called with what `change` makes of their first tensor; None leaves it."""

    def before(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        x = first_tensor(args, kwargs)
        changed = None if x is None else change(module, x)
        if changed is None:
            return args, kwargs
        mending.hit(name)
        return with_first(changed, args, kwargs)

    mending.events.on_call(before)


def _moments(x: Tensor) -> tuple[float, float]:
    x = x.detach().float()
    return float(x.mean()), float(x.std(correction=0))


def usual_weights(mending: Mending, value: Any) -> None:
    """Every layer begins with the weights that torch draws for one of its kind."""
    met: list[nn.Module] = []

    def before(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        if not any(module is other for other in met):
            met.append(module)
            seed = int(torch.randint(2**31, (1,), generator=mending.draws("usual_weights")))
            with random_state_kept(torch.device("cpu")):
                torch.manual_seed(seed)
                for part in module.modules():
                    if callable(reset := getattr(part, "reset_parameters", None)):
                        reset()
                        mending.hit("usual_weights")
        return args, kwargs

    mending.events.on_call(before)


def _dropout(mending: Mending, name: str, wanted: Callable[[], bool]) -> None:
    def without(dropout: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def passed(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
            if training and p > 0 and wanted():
                mending.hit(name)
                training = False
            return dropout(input, p, training, inplace)

        return passed

    mending.events.on_function(_DROPOUTS, without)


def no_dropout(mending: Mending, value: Any) -> None:
    """Dropout passes everything on."""
    _dropout(mending, "no_dropout", lambda: True)


def no_chance(mending: Mending, value: Any) -> None:
    """Without gradients dropout passes everything on."""
    _dropout(mending, "no_chance", lambda: not torch.is_grad_enabled())
