"""What the activations of a network do on a batch, reduced to scalars as each is computed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from paribus.core.activations import flat_ends

# A slope under this share of the activation's largest counts as flat: for sigmoid, inputs beyond 4.36 on either side.
FLAT = 0.05
_GRID = (-50.0, 50.0, 100_001)  # where an activation is asked for its slope, to find its flat ends to 0.001


@dataclass(frozen=True)
class Activity:
    """One activation on a batch; the fields are those of `LayerTrace`."""

    pre_mean: float
    pre_std: float
    slope: float
    zeros: float
    dead: float
    saturated_low: float | None
    saturated_high: float | None


@dataclass
class Sighting:
    """One forward pass: its output, layers in the order they ran, and each activation with the layer it follows.

    `dropout`: the largest probability of a dropout that is a function; None without one.
    """

    output: Any = None
    dropout: float | None = None
    layers: list[str] = field(default_factory=list)
    activations: list[tuple[str, Activity]] = field(default_factory=list)


@torch.no_grad()
def watch(model: nn.Module, x: Tensor, layers: Mapping[str, nn.Module]) -> Sighting:
    """Run the model on x and see each activation function that it calls, as a module, function or method.

    layers: modules with weights, by name; an activation follows the one that last began before it. Functions that torch
    knows under the names of `flat_ends` are seen; an activation composed of other operations is not.
    """
    sighting = Sighting()
    with _Catch(sighting, layers) as catch:
        handles = [
            module.register_forward_pre_hook(lambda *_, name=name: catch.enter(name)) for name, module in layers.items()
        ]
        try:
            sighting.output = model(x)
        finally:
            for handle in handles:
                handle.remove()
    return sighting


class _Catch(TorchFunctionMode):
    """Sees every call of a torch function; what an activation function calls inside is not seen again."""

    def __init__(self, sighting: Sighting, layers: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self._sighting = sighting
        self._layers = layers
        self._ends = flat_ends()
        self._last: str | None = None

    def enter(self, name: str) -> None:
        """The layer begins to run."""
        self._last = name
        if name not in self._sighting.layers:
            self._sighting.layers.append(name)

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "").removesuffix("_")  # `relu_` is relu in place
        z = args[0] if args else kwargs.get("input")
        if "dropout" in name and isinstance(p := kwargs.get("p", args[1] if len(args) > 1 else 0.5), float):
            self._sighting.dropout = max(self._sighting.dropout or 0.0, p)
        if name not in self._ends or self._last is None or not _is_batch(z):
            return func(*args, **kwargs)
        kwargs.pop("input", None)
        # In place or not, the function works on a copy: `z` is still needed for its own figures.
        leaf = z.detach().requires_grad_()
        with torch.enable_grad():
            copy = leaf.clone()
            y = func(copy, *args[1:], **kwargs)
            (slopes,) = torch.autograd.grad(y.sum(), leaf)
        in_place = copy._version > 0
        y = y.detach()
        module = self._layers[self._last]
        unit = -1 if getattr(module, "units_last", isinstance(module, nn.Linear)) else 1
        ends = self._ends[name]
        bounds = flat_bounds(ends, func, args[1:], tuple(kwargs.items())) if ends else (None, None)
        self._sighting.activations.append((self._last, _activity(z, y, slopes, unit, *bounds)))
        return z.copy_(y) if in_place else y


def _is_batch(z: object) -> bool:
    return isinstance(z, Tensor) and z.is_floating_point() and z.dim() > 1 and z.numel() > 0


def _activity(z: Tensor, y: Tensor, slopes: Tensor, unit: int, low: float | None, high: float | None) -> Activity:
    """`unit`: the dimension that counts units; a unit's outputs are those of all samples and positions."""
    rest = [d for d in range(z.dim()) if d != unit % z.dim()]
    precise = torch.promote_types(z.dtype, torch.float32)
    steepness = slopes.abs().mean(rest, dtype=precise)  # of each unit; 0 where every slope is
    wide = z.detach().to(precise)
    mean = wide.mean()
    return Activity(
        pre_mean=float(mean),
        pre_std=float((wide - mean).norm()) / z.numel() ** 0.5,
        slope=float(steepness.mean()),
        zeros=_share(torch.eq, y, 0),
        dead=_share(torch.eq, steepness, 0),
        saturated_low=None if low is None else _share(torch.lt, wide, low),
        saturated_high=None if high is None else _share(torch.gt, wide, high),
    )


def _share(test: Callable[..., Tensor], of: Tensor, value: float) -> float:
    """The share of entries for which `test(of, value)` holds."""
    holds = torch.empty_like(of, dtype=torch.promote_types(of.dtype, torch.float32))
    return float(test(of, value, out=holds).mean())  # counting truth values takes a CPU ten times as long


@functools.cache
@torch.enable_grad()
def flat_bounds(
    ends: tuple[str, ...], function: Callable[..., Tensor], args: tuple[Any, ...] = (), kwargs: Any = ()
) -> tuple[float | None, float | None]:
    """Below which input `function(input, *args, **kwargs)` is flat, and above which; None for an end not in `ends`.

    Flat: from there to the end the slope stays under `FLAT` times the largest.
    """
    grid = torch.linspace(*_GRID, dtype=torch.float64, device="cpu", requires_grad=True)
    y = function(grid.clone(), *args, **dict(kwargs))
    (slopes,) = torch.autograd.grad(y.sum(), grid)
    steep = grid.detach()[slopes.abs() >= FLAT * slopes.abs().max()]
    return float(steep[0]) if "low" in ends else None, float(steep[-1]) if "high" in ends else None
