"""A probe for a training loop of the user's own."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeAlias

import torch.nn.functional as F
from torch import Tensor, nn, optim
from torch.utils.hooks import RemovableHandle

from paribus.core.errors import ParibusError
from paribus.diagnosis.findings import findings_of
from paribus.diagnosis.words.findings import findings_text
from paribus.probes import Probe as EngineProbe
from paribus.probes import Sampling
from paribus.probes.loop_look import Look
from paribus.probes.model_hooks import LoopWatch
from paribus.records.finding import Finding
from paribus.records.program import Epoch
from paribus.records.trace import StepTrace
from paribus.words.translation import Lang

Figures: TypeAlias = float | Mapping[str, float] | None


class Probe:
    """Watches a training in your own script and says what it found; it changes nothing in it.

        with pb.Probe(model, optimizer, batch=(x, y)) as probe:
            for images, labels in loader:
                optimizer.zero_grad()
                loss = F.cross_entropy(model(images), labels)
                loss.backward()
                optimizer.step()
                probe.step(loss)
        print(probe.report())

    optimizer: one, or a list of several. batch: some held-out inputs and their labels, a hundred or so, prepared as the
    loop's own evaluation prepares them, on the model's device. Without them there is nothing about activations and
    held-out answers. It looks at steps 1, 2, 5, 10, 20, 50, ... and at every `every`-th; a look costs about as much as
    a few training steps, and for its time some copies of the weights. curvature: measure sharpness and gradient noise
    at every `every`-th step too, which costs as much as some hundred steps. loss: for these, of the model's output and
    the batch's labels, a mean over samples.

    Which loss the loop has, and its targets, are read off the gradient by the outputs. The gradient is seen as it comes
    and as `optimizer.step()` begins, or as a closure that it is given has computed it; of an optimiser that calls its
    closure several times in a step, as LBFGS does, the first time is seen. Raises ParibusError for an `every` under 1
    and for a step outside of `with`.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: optim.Optimizer | Sequence[optim.Optimizer],
        *,
        batch: tuple[Tensor, Tensor] | None = None,
        every: int = 100,
        curvature: bool = False,
        loss: Callable[[Any, Tensor], Tensor] = F.cross_entropy,
    ) -> None:
        if type(every) is not int or every < 1:
            raise ParibusError("every must be a whole number, at least 1", got=every)
        optimizers = [optimizer] if isinstance(optimizer, optim.Optimizer) else list(optimizer)
        if not optimizers:
            raise ParibusError("optimizer must be an optimiser, or a list of at least one", got=[])
        self._steps = _Steps(every, early=True)
        looks = Sampling(self._steps, _Steps(every) if curvature else ())
        self._optimizers = optimizers
        self._seen: list[StepTrace] = []
        self._probe = EngineProbe(model, optimizers, looks, self._seen.append, batch, loss)
        self._watch = LoopWatch(model, optimizers, batch[0] if batch else None)
        self._look = Look(self._watch, batch)
        self._epochs: list[Epoch] = []
        self._handles: list[RemovableHandle] = []
        self._done = self._begun = 0

    def __enter__(self) -> Probe:
        self._handles = self._watch.enter()
        for optimizer in self._optimizers:
            self._handles.append(optimizer.register_step_pre_hook(self._before_update))
            self._handles.append(optimizer.register_step_post_hook(self._after_update))
        self._watch.begin(self._done in self._steps, clean=True)
        return self

    def begin_inside(self, inputs: Tensor | None, made_at: str) -> None:
        """Begin as the model is called already: with what, where that is a tensor alone, and who made the optimiser."""
        self.__enter__()
        self._watch.note("forward")
        self._watch.within(inputs)
        self._probe.on_inputs(inputs)
        if made_at:
            self._watch.places["optimizer"] = made_at

    def note(self, what: str) -> None:
        """The line of the loop that does this now is remembered."""
        self._watch.note(what)

    def evaluated(self, inputs: Tensor | None) -> None:
        """The model is called without gradients, with these."""
        self._look.evaluated = self._look.evaluated if inputs is None else inputs.detach()

    def concerns(self, optimizer: optim.Optimizer) -> bool:
        """Whether it is one of those that are watched, or has weights of the model."""
        return optimizer in self._optimizers or optimizer in self._watch.strangers

    @property
    def looks(self) -> bool:
        """Whether it calls the model itself at the moment."""
        return self._watch.paused

    @property
    def alone(self) -> bool:
        """Whether one optimiser makes the whole update."""
        return len(self._optimizers) == 1 or bool(self._watch.strangers)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.leave(self._handles)
        self._handles = []

    def _before_update(self, optimizer: optim.Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Look, or where the step computes the gradient itself, from a closure, look once it has done so first."""
        closure = kwargs.get("closure", args[1] if len(args) > 1 else None)
        if not callable(closure):
            self._look_before(optimizer)
            return None
        met = [False]

        def looked_at() -> Any:
            loss = closure()
            if not met[0]:
                met[0] = True
                self._look_before(optimizer)
            return loss

        if len(args) > 1:
            return (args[0], looked_at, *args[2:]), kwargs
        return args, {**kwargs, "closure": looked_at}

    def _look_before(self, optimizer: optim.Optimizer) -> None:
        self._begun += 1
        if self._done not in self._steps:
            return
        if self._begun == 1:
            self._see()
        else:
            self._probe.before_own_step(self._done, optimizer.param_groups)
        self._watch.before_update(optimizer)

    def _see(self) -> None:
        self._watch.paused = True
        try:
            self._probe.after_backward(self._done)
        finally:
            self._watch.paused = False

    def _after_update(self, *_: Any) -> None:
        if self._done in self._steps:
            self._watch.after_update()

    def step(self, loss: Tensor | float | None = None, *, inputs: Any = None, targets: Any = None) -> None:
        """Call once for each update, after `optimizer.step()`; `loss` is that of its batch.

        inputs, targets: of the training batch, where the probe cannot see them: a model that is not called as a module,
        a loss that it does not know.
        """
        if not self._handles:
            raise ParibusError("probe.step must be called inside of `with pb.Probe(model, optimizer) as probe:`")
        if self._done in self._steps:
            came = (
                self._begun or self._watch.gradients.backwards() or self._watch.count or self._watch.held_by_strangers
            )
            if not self._begun and came and (not self._watch.updates or self._watch.held_by_strangers):
                self._see()  # no optimiser that the probe knows has stepped: what is there without
            if self._begun or (came and not self._watch.updates):
                answers = self._probe.answers
                figures = self._look.figures(self._done, loss, inputs, targets, answers)
                self._probe.after_step(self._done, loss, figures)
            else:
                self._steps.add(self._done + 1)  # several batches make an update: look at the next one
        self._done += 1
        self._watch.begin(self._done in self._steps, clean=self._begun > 0)
        self._begun = 0

    def epoch(self, *, train: Figures = None, val: Figures = None) -> None:
        """Call at the end of an epoch with what was measured: the accuracy, as a share, or a mapping.

        A mapping has `accuracy`, a share, or `loss`, or both. A number above 1 is taken for a loss.
        """
        figures = {**_named("train", train), **_named("val", val)}
        self._epochs.append(Epoch(epoch=len(self._epochs) + 1, figures=figures, seconds=0.0))

    @property
    def trace(self) -> tuple[StepTrace, ...]:
        """What was seen so far; steps count from 0."""
        return tuple(self._seen)

    def findings(self) -> tuple[Finding, ...]:
        """What the trace shows by rules: mistakes and symptoms with their evidence and strength, causes first."""
        return findings_of(self.trace, self._epochs)

    def report(self, lang: Lang = "en") -> str:
        """The findings in words: what each is, what to do about it, and the numbers that speak for it."""
        return findings_text(self.findings(), lang)


def _named(kind: str, figures: Figures) -> dict[str, float]:
    if figures is None:
        return {}
    if not isinstance(figures, Mapping):
        figures = {"loss" if figures > 1 else "accuracy": figures}
    for name in figures:
        if name not in ("accuracy", "loss"):
            raise ParibusError("a figure of an epoch must be one of accuracy, loss", got=name)
    return {f"{kind}_{name}": float(value) for name, value in figures.items()}


class _Steps(Container[int]):
    """0, every, 2 every, ...; with `early` also 1, 2, 5, 10, 20, 50, ... counted from 1; and the last one added."""

    def __init__(self, every: int, early: bool = False) -> None:
        self._every, self._early = every, early
        self._more = -1

    def add(self, step: int) -> None:
        """One more."""
        self._more = step

    def __contains__(self, step: object) -> bool:
        if not isinstance(step, int):
            return False
        return (
            step == self._more
            or step % self._every == 0
            or (self._early and str(step + 1).rstrip("0") in ("1", "2", "5"))
        )
