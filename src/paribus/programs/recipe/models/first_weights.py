"""The first weights: every scheme transforms the same raw draws, parameter by parameter."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from paribus.core.seeds import derive
from paribus.programs.recipe.initialisation_schemes import INITIALISATIONS, Initialisation

WEIGHTED = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


@torch.no_grad()
def initialise(model: nn.Module, scheme: str, seed: int, gain: float = 1.0, bias: float | str = "default") -> None:
    """Set weights and biases of every dense and convolutional layer in place; other layers keep theirs.

    The draws of a parameter come from the stream `init/NAME` of `seed`, so they depend on nothing but that name
    and the parameter's shape. `gain` multiplies the weights; `bias` is every bias's value, or "default".
    """
    law = INITIALISATIONS[scheme]
    for name, layer in model.named_modules():
        if not isinstance(layer, WEIGHTED):
            continue
        weight = layer.weight
        receptive = weight[0, 0].numel() if weight.dim() > 2 else 1
        fan_in, fan_out = weight.shape[1] * receptive, weight.shape[0] * receptive
        raw = _raw(weight, seed, f"{name}.weight")
        weight.copy_((_orthogonal(raw) if law.orthogonal else raw * law.bound(fan_in, fan_out)) * gain)
        if layer.bias is not None:
            layer.bias.copy_(_bias(layer.bias, law, fan_in, bias, seed, f"{name}.bias"))


def _raw(like: Tensor, seed: int, name: str) -> Tensor:
    """Uniform in [-1, 1), drawn on the CPU so that every device begins alike."""
    draws = torch.Generator().manual_seed(derive(seed, f"init/{name}"))
    return torch.rand(like.shape, generator=draws, dtype=torch.float32) * 2 - 1


def _bias(like: Tensor, law: Initialisation, fan_in: int, bias: float | str, seed: int, name: str) -> Tensor:
    if bias == "default":
        return _raw(like, seed, name) * law.bias_bound(fan_in)
    return torch.full(like.shape, float(bias))


def _orthogonal(raw: Tensor) -> Tensor:
    """Rows or columns orthonormal: Q of the QR of normal draws, signs fixed by R's diagonal (Mezzadri 2007)."""
    normal = torch.erfinv(raw.clamp(-1 + 1e-6, 1 - 1e-6)).reshape(raw.shape[0], -1)
    tall = normal.shape[0] >= normal.shape[1]
    q, r = torch.linalg.qr(normal if tall else normal.T)
    q = q * torch.sign(torch.diagonal(r))
    rows: Tensor = q if tall else q.T
    return rows.reshape(raw.shape)
