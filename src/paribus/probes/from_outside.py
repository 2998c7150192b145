"""A probe for a loop that knows nothing of it: it finds the model, the optimisers and the steps by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn, optim

from paribus.probes.model_hooks import memory
from paribus.probes.own_loop import Probe
from paribus.probes.source_location import own_line
from paribus.probes.torch_patches import Arguments, LoopEvents, first_tensor
from paribus.probes.weights import parameters_of
from paribus.records.trace import StepTrace

_ALONE = 10  # updates of one network after which another one is a training of its own
_NEVER = 16  # backward passes without a step, after which none is waited for: each counts as an update


class OutsideProbe:
    """Watches whatever is trained in this process, and changes nothing in it.

    What is watched is the first network that is called with gradients and that an optimiser steps, until another one is
    trained in its place. Where several are trained side by side, or anything goes wrong, `trace` is empty. A loop that
    has a `Probe` of its own is seen by that one alone, which knows more.
    """

    def __init__(self, every: int = 100, optimizers: Sequence[optim.Optimizer] = ()) -> None:
        """optimizers: those that were made before; of all that are made later it knows."""
        self._every = every
        self._events = LoopEvents()
        self._events.made += optimizers
        self._made_at: dict[int, str] = {}
        self._probe: Probe | None = None
        self._own: Probe | None = None  # the loop's
        self._model: nn.Module | None = None
        self._loss: Tensor | None = None
        self._backwards = 0
        self._stepped = self._ever = self._given_up = self._hopeless = False
        self._unheld: nn.Module | None = None
        self._updates = 0
        self._called_since = False  # the watched one, since the last update

    def __enter__(self) -> OutsideProbe:
        self._events.replace(Probe, "__enter__", self._entering)
        self._events.on_made(self._made)
        self._events.on_call(self._called)
        self._events.on_backward(self._going_back)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._backwards and not self._ever and self._own is None:
            self._safely(self._end)
        self._leave()

    def end(self) -> None:
        """All as it was before."""
        self.__exit__(None, None, None)

    @property
    def trace(self) -> tuple[StepTrace, ...]:
        """What was seen; steps count from 0."""
        if self._own is not None:
            return self._own.trace
        return () if self._probe is None or self._given_up else self._probe.trace

    def _leave(self) -> None:
        if self._probe is not None:
            self._probe.__exit__(None, None, None)
        self._events.take_back()
        self._loss = None

    def _entering(self, enter: Callable[[Probe], Probe]) -> Callable[[Probe], Probe]:
        def entered(probe: Probe) -> Probe:
            if probe is not self._probe:
                self._leave()
                self._own = probe
            return enter(probe)

        return entered

    def _safely(self, do: Callable[[], None]) -> None:
        """What goes wrong in watching is no fault of the loop's."""
        if self._given_up:
            return
        try:
            do()
        except Exception:
            self._given_up = True
            self._leave()

    def _made(self, optimizer: optim.Optimizer) -> None:
        self._made_at[id(optimizer)] = own_line()

    def _called(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        self._safely(lambda: self._see_call(module, args, kwargs))
        return args, kwargs

    def _see_call(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._probe is not None and self._probe.looks:
            return
        if not torch.is_grad_enabled():
            if self._probe is not None and module is self._model:
                self._probe.evaluated(first_tensor(args, kwargs))
            return
        if self._stepped:
            self._end()
        if self._probe is None:
            self._begin(module, args, kwargs)
        elif module is self._model:
            self._called_since = True
        elif self._trains(module):
            if self._called_since or self._updates < _ALONE:
                raise ValueError("several networks are trained side by side")
            self._leave()

    def _trains(self, module: nn.Module) -> bool:
        """Whether optimisers have weights of a network that are not also the watched one's."""
        known = {memory(p) for p in parameters_of(*self._events.made)}
        own = {memory(p) for p in self._model.parameters()} if self._model is not None else set()
        return any(p.requires_grad and memory(p) in known - own for p in module.parameters())

    def _begin(self, model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        made = self._events.made
        if not made or not any(p.requires_grad for p in model.parameters()):
            return
        if not self._trains(model) and not (self._unheld is model and self._backwards):
            self._unheld = model  # an optimiser of its own may be made yet
            return
        own = {memory(p) for p in model.parameters()}
        holding = [o for o in made if any(memory(p) in own for p in parameters_of(o))]
        self._model, self._backwards = model, 0
        self._probe = Probe(model, holding or list(made), every=self._every)
        alone = args[0] if len(args) == 1 and not kwargs and isinstance(args[0], Tensor) else None
        self._probe.begin_inside(alone, self._made_at.get(id((holding or made)[0]), ""))
        self._events.on_step(after=self._after_step)

    def _going_back(self, losses: Sequence[Tensor]) -> None:
        self._safely(lambda: self._see_backward(losses))

    def _see_backward(self, losses: Sequence[Tensor]) -> None:
        if self._stepped or (self._hopeless and not self._ever):
            self._end()
        self._backwards += 1
        if self._probe is None:
            return
        self._probe.note("backward")
        self._loss = losses[0] if len(losses) == 1 and losses[0].numel() == 1 else None
        self._hopeless = self._hopeless or self._backwards > _NEVER

    def _after_step(self, optimizer: optim.Optimizer) -> None:
        self._safely(lambda: self._see_step(optimizer))

    def _see_step(self, optimizer: optim.Optimizer) -> None:
        if self._probe is None or not self._probe.concerns(optimizer):
            return
        self._stepped = self._ever = True
        if self._probe.alone:
            self._end()

    def _end(self) -> None:
        """An update was made, or will never be."""
        if self._probe is not None:
            self._probe.step(self._loss)
        self._stepped, self._backwards, self._loss, self._called_since = False, 0, None, False
        self._updates += 1
