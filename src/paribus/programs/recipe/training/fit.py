"""The one training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim

from paribus.core.seeds import derive
from paribus.programs.recipe.data import PreparedData
from paribus.programs.recipe.models import Dropout, native_gradient
from paribus.programs.recipe.own_code import is_own, own_code
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.batch_order import batches, steps_in_epoch
from paribus.programs.recipe.training.evaluate import Answers, NumberAnswers, evaluate
from paribus.programs.recipe.training.losses_and_metrics import OF_CLASSES, Yardstick, yardstick_of
from paribus.programs.recipe.training.optimizers import zero
from paribus.programs.recipe.training.schedules import learning_rate_at
from paribus.programs.recipe.training.user_code import loss_of
from paribus.records.program import Epoch

ScheduledGroup = tuple[dict[str, Any], Recipe]  # a parameter group, and the recipe whose learning rate it follows


@dataclass(frozen=True)
class Callbacks:
    """What is called while a training runs; none of it may change the training.

    after_backward(step, x, y, loss): gradients of the batch's loss are there, the update is not yet made; steps count
    from 0.
    after_step(step): the update numbered `step` has been made.
    after_validation(answers): to the validation set, at the end of an epoch.
    after_epoch(metrics): the epoch's figures; weights and optimiser are those to go on with.
    looks(step): whether after_backward would do anything; a stack asks before it looks up what it would show.
    """

    after_backward: Callable[[int, Tensor, Tensor, Tensor], None] = lambda step, x, y, loss: None
    after_step: Callable[[int], None] = lambda step: None
    after_epoch: Callable[[Epoch], None] = lambda epoch: None
    after_validation: Callable[[Answers | NumberAnswers], None] = lambda answers: None
    looks: Callable[[int], bool] = lambda step: True


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """One run in training: its network and optimiser, which change in place, and what they learn from."""

    model: nn.Module
    optimizer: optim.Optimizer
    data: PreparedData
    recipe: Recipe
    seed: int
    callbacks: Callbacks = Callbacks()
    yardstick: Yardstick = OF_CLASSES


class TrainingRuns(Protocol):
    """One run (`Single`), or many at once (`stacked.Stack`), as the loop sees them.

    shape: () for one run, (runs,) for many: that of every figure which each run has its own of. samples: in a run's
    epoch, before drop_last. optimizer: of all runs. scheduled_groups: of every parameter group.
    """

    runs: Sequence[TrainingRun]
    shape: tuple[int, ...]
    samples: int
    device: torch.device
    optimizer: optim.Optimizer
    scheduled_groups: Sequence[ScheduledGroup]

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Step by step the images [*shape, batch, channels, height, width] and their labels [*shape, batch]."""

    def learn(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Each run's loss, a mean over its batch, and how many it answered right, [*shape]; gradients in place."""

    def clip(self) -> None:
        """Shorten each run's gradient to its recipe's limit."""

    def show(self, step: int, x: Tensor, y: Tensor, losses: Tensor) -> None:
        """Let each run's `Callbacks` see its own part after the backward pass."""


class Single:
    """One run: nothing is stacked."""

    shape: tuple[int, ...] = ()

    def __init__(self, run: TrainingRun) -> None:
        self.runs: Sequence[TrainingRun] = [run]
        self.scheduled_groups: Sequence[ScheduledGroup] = [(group, run.recipe) for group in run.optimizer.param_groups]
        self.samples, self.device = len(run.data.train_y), run.data.train_y.device
        self.optimizer = run.optimizer
        self._leaves: list[Tensor] = [p for group in run.optimizer.param_groups for p in group["params"]]
        self._numbers = run.data.classes == 0
        self._own_loss = loss_of(run.recipe, self._numbers) if is_own(run.recipe.loss) else None
        self._native = native_gradient(run.model, self._leaves) if self._own_loss is None else None
        self._parameters = [p for p in run.model.parameters() if p.requires_grad]

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Images [batch, channels, height, width] and labels [batch]."""
        run = self.runs[0]
        for part in batches(run.data, run.recipe, run.seed, epoch):
            yield run.data.train_x[part], run.data.train_y[part]

    def learn(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Scalars; in one native call where the run's kernel is one for whole networks, else by autograd."""
        smoothing = self.runs[0].recipe.label_smoothing
        if self._native is not None:
            return self._native.learn(x, y, smoothing)
        logits = self.runs[0].model(x)
        own = self._own_loss
        losses = F.cross_entropy(logits, y, label_smoothing=smoothing) if own is None else own(logits, y)
        return by_autograd(logits, losses, None if self._numbers else y, self._leaves)

    def clip(self) -> None:
        """By the norm of the whole gradient."""
        if (limit := self.runs[0].recipe.gradient_clip) > 0:
            nn.utils.clip_grad_norm_(self._parameters, limit)

    def show(self, step: int, x: Tensor, y: Tensor, losses: Tensor) -> None:
        """All of it is the run's own."""
        self.runs[0].callbacks.after_backward(step, x, y, losses)


def by_autograd(logits: Tensor, losses: Tensor, y: Tensor | None, leaves: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Losses and hits, [*shape], of logits [*shape, batch, classes], with the leaves' gradients in place of the old.

    No run's loss depends on another's weights, so each gets the gradient of its own. Without classes there are no hits.
    """
    zero(leaves)
    losses.sum().backward()  # type: ignore[no-untyped-call]
    hits = torch.zeros_like(losses, dtype=torch.int64) if y is None else (logits.detach().argmax(-1) == y).sum(-1)
    return losses.detach(), hits


def fit(
    model: nn.Module,
    optimizer: optim.Optimizer,
    data: PreparedData,
    recipe: Recipe,
    seed: int,
    epochs_done: int = 0,
    callbacks: Callbacks = Callbacks(),
) -> bool:
    """Train one run in place from `epochs_done` to `recipe.epochs`; False once its loss is no longer finite."""
    measured = yardstick_of({}, recipe, data.classes == 0)
    return fit_all(Single(TrainingRun(model, optimizer, data, recipe, seed, callbacks, measured)), epochs_done)[0]


def fit_all(training_runs: TrainingRuns, epochs_done: int = 0) -> list[bool]:
    """Train in place, all runs to the end or to that of the epoch in which any of them stops being finite.

    Says of each run whether its loss is finite. An epoch's training figures are means over the samples trained on,
    each before its own update; its seconds are the run's share of the time.
    """
    runs, recipe = training_runs.runs, training_runs.runs[0].recipe
    steps = steps_in_epoch(training_runs.samples, recipe.batch_size, recipe.drop_last)
    finite = [True] * len(runs)
    for epoch in range(epochs_done, recipe.epochs):
        start = time.perf_counter()
        trained = _train_epoch(training_runs, epoch, steps)
        seconds = (time.perf_counter() - start) / len(runs)
        finite = [_end_epoch(run, epoch, steps, *t, seconds) for run, t in zip(runs, trained, strict=True)]
        if not all(finite):
            break
    return finite


def _train_epoch(training_runs: TrainingRuns, epoch: int, steps: int) -> list[tuple[float, float]]:
    """Each run's mean loss (nats) and accuracy over the epoch. Nothing waits for the device until the end."""
    runs, optimizer, device = training_runs.runs, training_runs.optimizer, training_runs.device
    for run in runs:
        run.model.train()
        _reseed(run, epoch, device)
    loss_sum = torch.zeros(training_runs.shape, dtype=_widest(device), device=device)
    hits = torch.zeros(training_runs.shape, dtype=torch.int64, device=device)
    seen = 0
    for step, (x, y) in enumerate(training_runs.batches(epoch), start=epoch * steps):
        losses, right = training_runs.learn(x, y)
        training_runs.clip()
        training_runs.show(step, x, y, losses)
        for group, recipe in training_runs.scheduled_groups:
            group["lr"] = learning_rate_at(recipe, step, steps)
        optimizer.step()
        loss_sum.add_(losses, alpha=y.shape[-1])
        hits += right
        seen += y.shape[-1]
        for run in runs:
            run.callbacks.after_step(step)
    sums = zip(loss_sum.reshape(-1).tolist(), hits.reshape(-1).tolist(), strict=True)
    return [(loss / seen, right / seen) for loss, right in sums]


def _end_epoch(run: TrainingRun, epoch: int, steps: int, loss: float, accuracy: float, seconds: float) -> bool:
    """Validate one run and say what its epoch gave; whether its losses are finite."""
    start = time.perf_counter()
    validation = evaluate(run.model, run.data.val_x, run.data.val_y, run.yardstick)
    run.callbacks.after_validation(validation)
    hits = {"train_accuracy": accuracy} if isinstance(validation, Answers) else {}
    ended = Epoch(
        epoch=epoch + 1,
        figures={
            "train_loss": loss,
            **hits,
            **validation.figures("val"),
            "learning_rate": learning_rate_at(run.recipe, steps * (epoch + 1) - 1, steps),
        },
        seconds=seconds + time.perf_counter() - start,
    )
    run.callbacks.after_epoch(ended)
    return math.isfinite(loss) and math.isfinite(validation.loss)


def _widest(device: torch.device) -> torch.dtype:
    return torch.float32 if device.type == "mps" else torch.float64  # MPS has no float64


def _reseed(run: TrainingRun, epoch: int, device: torch.device) -> None:
    """Each epoch's draws come from streams of its own; a user's code may draw from torch's global state."""
    if own_code(run.recipe.as_fields()):
        torch.manual_seed(derive(run.seed, f"model/{epoch}"))
    for name, module in run.model.named_modules():
        if isinstance(module, Dropout):
            module.reseed(derive(run.seed, f"dropout/{epoch}/{name}"), device)
