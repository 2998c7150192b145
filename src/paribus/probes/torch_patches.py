"""What any training loop of this process does with torch, told to whoever asks, until it is taken back.

Backward passes, steps of optimisers, optimisers that are made, calls of networks from outside of any other network, and
calls of torch's functions, under whatever name the loop has them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn, optim
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]
Scaled: TypeAlias = Callable[[Sequence[Tensor]], float]
Before: TypeAlias = Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], Arguments]
After: TypeAlias = Callable[[nn.Module, Any], None]
Function: TypeAlias = Callable[..., Any]


class Patches:
    """What stands in place of something else for a while."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def replace(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Put what `make` makes of an attribute in its place; one that its owner only inherits is deleted again."""
        before = getattr(owner, name)
        own = vars(owner).get(name, self)
        setattr(owner, name, make(before))
        self._undo.append(
            functools.partial(delattr, owner, name) if own is self else functools.partial(setattr, owner, name, own)
        )

    def undone_by(self, undo: Callable[[], None]) -> None:
        """Something that was done elsewhere, and how it is undone."""
        self._undo.append(undo)

    def take_back(self) -> None:
        """All as it was, the last first."""
        while self._undo:
            self._undo.pop()()


class LoopEvents(Patches):
    """Lists of who is told. Each kind of event is looked for from the first time that somebody is added.

    `scaled` gives a factor for the gradient of each backward pass. `around`: before and after each call of a network
    that is not inside another one's; what it is called with may be changed. Modules without parameters, such as losses,
    are none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.made: list[optim.Optimizer] = []  # also those of which nobody else knows any more
        self._on_made: list[Callable[[optim.Optimizer], None]] = []
        self._before_backward: list[Callable[[Sequence[Tensor]], None]] = []
        self._after_backward: list[Callable[[Sequence[Tensor]], None]] = []
        self._scaled: list[Scaled] = []
        self._around: list[tuple[Before, After]] = []
        self._functions: dict[str, Callable[[Function], Function]] = {}
        self._depth = 0

    def on_function(self, names: Sequence[str], make: Callable[[Function], Function]) -> None:
        """Calls of torch's functions of these names, of those in torch.nn.functional and of a tensor's methods too.

        What `make` makes of the function is called in its place. What it calls itself is not told of.
        """
        if not self._functions:
            mode = _Functions(self._functions)
            mode.__enter__()  # type: ignore[no-untyped-call]
            self.undone_by(functools.partial(mode.__exit__, None, None, None))
        for name in names:
            earlier = self._functions.get(name)
            self._functions[name] = make if earlier is None else _both(make, earlier)

    def on_made(self, tell: Callable[[optim.Optimizer], None] = lambda optimizer: None) -> None:
        """Optimisers, once they have their parameters; from then on they are in `made`."""
        if not self._on_made:
            self.replace(optim.Optimizer, "__init__", self._noting)
        self._on_made.append(tell)

    def on_backward(
        self,
        before: Callable[[Sequence[Tensor]], None] | None = None,
        after: Callable[[Sequence[Tensor]], None] | None = None,
        scaled: Scaled | None = None,
    ) -> None:
        """Backward passes, by `loss.backward()` or `torch.autograd.backward`."""
        if not (self._before_backward or self._after_backward or self._scaled):
            self.replace(torch.autograd, "backward", self._backward)
        self._before_backward += [before] if before else []
        self._after_backward += [after] if after else []
        self._scaled += [scaled] if scaled else []

    def on_step(
        self,
        before: Callable[[optim.Optimizer], None] | None = None,
        after: Callable[[optim.Optimizer], None] | None = None,
    ) -> None:
        """Steps of torch's optimisers and of those that are made from them."""
        if before is not None:
            self.undone_by(register_optimizer_step_pre_hook(lambda optimizer, *_: before(optimizer)).remove)
        if after is not None:
            self.undone_by(register_optimizer_step_post_hook(lambda optimizer, *_: after(optimizer)).remove)

    def on_call(
        self,
        before: Before = lambda module, args, kwargs: (args, kwargs),
        after: After = lambda module, output: None,
    ) -> None:
        """Networks that are called."""
        if not self._around:
            self.replace(nn.Module, "__call__", self._calling)
        self._around.append((before, after))

    def _noting(self, init: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(init)
        def noted(optimizer: optim.Optimizer, *args: Any, **kwargs: Any) -> None:
            init(optimizer, *args, **kwargs)
            self.made.append(optimizer)
            for tell in self._on_made:
                tell(optimizer)

        return noted

    def _backward(self, backward: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(backward)
        def told(tensors: Any, grad_tensors: Any = None, *args: Any, **kwargs: Any) -> None:
            losses = (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)
            for tell in self._before_backward:
                tell(losses)
            factor = 1.0
            for scaled in self._scaled:
                factor *= scaled(losses)
            if factor != 1.0:
                grad_tensors = _times(factor, losses, grad_tensors)
            backward(tensors, grad_tensors, *args, **kwargs)
            for tell in self._after_backward:
                tell(losses)

        return told

    def _calling(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def called(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if self._depth or next(module.parameters(), None) is None:
                return call(module, *args, **kwargs)
            self._depth += 1
            try:
                for before, _ in self._around:
                    args, kwargs = before(module, args, kwargs)
                output = call(module, *args, **kwargs)
            finally:
                self._depth -= 1
            for _, after in self._around:
                after(module, output)
            return output

        return called


class _Functions(TorchFunctionMode):
    """Sees every call of a function of torch."""

    def __init__(self, made: Mapping[str, Callable[[Function], Function]]) -> None:
        super().__init__()
        self._made = made

    def __torch_function__(
        self, func: Function, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        make = self._made.get(getattr(func, "__name__", ""))
        return (func if make is None else make(func))(*args, **(kwargs or {}))


def _both(make: Callable[[Function], Function], earlier: Callable[[Function], Function]) -> Any:
    return lambda function: make(earlier(function))


def _times(factor: float, losses: Sequence[Tensor], given: Any) -> list[Tensor]:
    """The gradients that a backward pass begins with, so many times as large."""
    held = [None] * len(losses) if given is None else [given] if isinstance(given, Tensor) else list(given)
    begun = zip(losses, held, strict=True)
    return [factor * (torch.ones_like(loss) if gradient is None else gradient) for loss, gradient in begun]


def first_tensor(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor | None:
    """What a network is called with first, where that is a table of numbers [n, ...] that may be scaled."""
    given = args[0] if args else next(iter(kwargs.values()), None)
    return given if isinstance(given, Tensor) and given.is_floating_point() and given.dim() > 1 else None


def with_first(value: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
    """The same call with another first argument."""
    if args:
        return (value, *args[1:]), kwargs
    name = next(iter(kwargs))
    return args, {**kwargs, name: value}
