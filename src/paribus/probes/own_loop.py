"""A probe for a training loop of the user's own."""

from __future__ import annotations

from collections.abc import Callable, Container
from types import TracebackType
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn, optim
from torch.utils.hooks import RemovableHandle

from paribus.core.errors import ParibusError
from paribus.diagnosis.findings import findings_of
from paribus.probes import Probe as EngineProbe
from paribus.probes import Sampling
from paribus.records.finding import Finding
from paribus.records.trace import StepTrace


class Probe:
    """Watches a training in your own script and says what it found; it changes nothing in it.

        with pb.Probe(model, optimizer, batch=(x, y)) as probe:
            for images, labels in loader:
                optimizer.zero_grad()
                loss = F.cross_entropy(model(images), labels)
                loss.backward()
                optimizer.step()
                probe.step(loss)
        print(probe.findings())

    batch: some held-out inputs and their labels, a hundred or so, on the model's device. Without them there is nothing
    about activations and output. It looks at steps 1, 2, 5, 10, 20, 50, ... and at every `every`-th; a look costs about
    as much as a few training steps. curvature: measure sharpness and gradient noise at every `every`-th step too, which
    costs as much as some hundred steps. loss: of the model's output and the batch's labels, a mean over samples.

    The gradient is seen as `optimizer.step()` begins. An optimiser that computes it inside `step`, from a closure, as
    LBFGS does, is not seen rightly. Raises ParibusError for an `every` under 1 and for a step outside of `with`.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: optim.Optimizer,
        *,
        batch: tuple[Tensor, Tensor] | None = None,
        every: int = 100,
        curvature: bool = False,
        loss: Callable[[Any, Tensor], Tensor] = F.cross_entropy,
    ) -> None:
        if type(every) is not int or every < 1:
            raise ParibusError("every must be a whole number, at least 1", got=every)
        looks = Sampling(_Steps(every, early=True), _Steps(every) if curvature else ())
        self._model, self._optimizer = model, optimizer
        self._seen: list[StepTrace] = []
        self._probe = EngineProbe(model, optimizer, looks, self._seen.append, batch, loss)
        self._handles: list[RemovableHandle] = []
        self._done = 0
        self._inputs: Any = None

    def __enter__(self) -> Probe:
        before_update = self._optimizer.register_step_pre_hook(self._before_update)
        self._handles = [before_update, self._model.register_forward_pre_hook(self._remember)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles, self._inputs = [], None

    def _remember(self, model: nn.Module, args: tuple[Any, ...]) -> None:
        if model.training and args:  # an evaluation between two updates is no training batch
            self._inputs = args[0]

    def _before_update(self, *_: Any) -> None:
        self._probe.after_backward(self._done, x=self._inputs)

    def step(self, loss: Tensor | float | None = None) -> None:
        """Call once for each update, after `optimizer.step()`; `loss` is that of its batch."""
        if not self._handles:
            raise ParibusError("probe.step must be called inside of `with pb.Probe(model, optimizer) as probe:`")
        self._probe.after_step(self._done, loss)
        self._done += 1

    @property
    def trace(self) -> tuple[StepTrace, ...]:
        """What was seen so far; steps count from 0."""
        return tuple(self._seen)

    def findings(self) -> tuple[Finding, ...]:
        """What the trace shows by rules: symptoms with their evidence and strength, strongest first."""
        return findings_of(self.trace)


class _Steps(Container[int]):
    """0, every, 2 every, ...; with `early` also 1, 2, 5, 10, 20, 50, ... counted from 1."""

    def __init__(self, every: int, early: bool = False) -> None:
        self._every, self._early = every, early

    def __contains__(self, step: object) -> bool:
        if not isinstance(step, int):
            return False
        return step % self._every == 0 or (self._early and str(step + 1).rstrip("0") in ("1", "2", "5"))
