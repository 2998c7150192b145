"""Layers with weights: their names, their place in the optimiser, and what their weights are like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn, optim

_COMPARED_UNITS = 128  # pairs of units grow with the square

# torch's optimisers, by where weight decay goes: added to the gradient, or taken off the weights beside the update
# (Loshchilov and Hutter 2019). A group's own `decoupled_weight_decay` comes first. By name: some are newer than others.
_DECOUPLED = ("AdamW", "Muon", "Adafactor")
_COUPLED = ("SGD", "ASGD", "Adam", "Adamax", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta")


@dataclass(frozen=True, eq=False)
class Layer:
    """A parameter with two dimensions or more, called by its module's name where it is that one's `weight`.

    group: the optimiser's settings for it; None where no optimiser has it.
    """

    name: str
    module: nn.Module
    weight: nn.Parameter
    group: dict[str, Any] | None


def parameters_of(*optimizers: optim.Optimizer) -> list[nn.Parameter]:
    """All that these optimisers hold, in the order of their groups."""
    return [p for optimizer in optimizers for group in optimizer.param_groups for p in group["params"]]


def layers_of(model: nn.Module, *optimizers: optim.Optimizer | None) -> list[Layer]:
    """In the order of registration; a weight that two modules share is listed once.

    A weight's group is found by its memory: our own models' parameters are views of the one that the optimiser has.
    """
    groups = {}
    for group in (group for optimizer in optimizers if optimizer for group in optimizer.param_groups):
        groups.update({p.untyped_storage().data_ptr(): group for p in group["params"]})
    found: dict[int, Layer] = {}
    for place, module in model.named_modules():
        for name, p in module.named_parameters(prefix=place, recurse=False):
            if p.dim() > 1 and id(p) not in found:
                short = name.removesuffix(".weight") if place else name
                found[id(p)] = Layer(short, module, p, groups.get(p.untyped_storage().data_ptr()))
    return list(found.values())


def is_decoupled(optimizer: optim.Optimizer, group: dict[str, Any]) -> bool | None:
    """Whether weight decay is applied to the weights rather than added to the gradient; None where that is unknown."""
    if "decoupled_weight_decay" in group:
        return bool(group["decoupled_weight_decay"])
    for kind in type(optimizer).__mro__:
        if kind.__module__.startswith("torch.optim") and kind.__name__ in _DECOUPLED + _COUPLED:
            return kind.__name__ in _DECOUPLED
    return None


@torch.no_grad()
def unit_spread(layer: Layer) -> float | None:
    """Smallest distance between what enters two units, weights and bias, as a share of their root mean square norm.

    Of the first 128 units. 0 where two units are equal; None for one unit, or a layer that is neither dense nor a
    convolution.
    """
    if not isinstance(layer.module, nn.Linear | nn.Conv1d | nn.Conv2d | nn.Conv3d) or len(layer.weight) < 2:
        return None
    rows = layer.weight.detach().flatten(1)
    bias = layer.module.bias
    if bias is not None:
        rows = torch.cat([rows, bias.detach()[:, None]], dim=1)
    rows = rows[:_COMPARED_UNITS].float()
    scale = float(rows.square().sum(1).mean().sqrt())
    return float(nearest_pair(rows)) / scale if scale != 0 else 0.0


def nearest_pair(rows: Tensor) -> Tensor:
    """Smallest Euclidean distance between two of the rows [n, d], from differences, so that equal rows give 0."""
    return torch.pdist(rows.cpu()).min()  # MPS has no pdist


@torch.no_grad()
def forces(layer: Layer) -> dict[str, Any]:
    """What moves a layer: the norms of its weights and of the data's gradient, and how hard weight decay pulls."""
    weight, gradient = layer.weight, layer.weight.grad
    norm = float(weight.norm())
    decay = layer.group.get("weight_decay") if layer.group else None
    return {
        "weight_norm": norm,
        "gradient_norm": 0.0 if gradient is None else float(gradient.norm()),
        "weight_rms": norm / weight.numel() ** 0.5,
        "decay_pull": None if decay is None else float(decay) * norm,
        "unit_spread": unit_spread(layer),
    }
