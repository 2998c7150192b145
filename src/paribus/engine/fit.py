"""The one training loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim

from paribus.engine.evaluate import evaluate
from paribus.engine.flat import zero
from paribus.engine.schedules import learning_rate_at
from paribus.matter.data.prepare import PreparedData
from paribus.matter.models import Dropout
from paribus.values.recipe import Recipe
from paribus.values.records import EpochMetrics
from paribus.values.seeds import derive

Batch = slice | Tensor


@dataclass(frozen=True)
class Watch:
    """What is called while a training runs; none of it may change the training.

    after_backward(step): gradients are there, the update is not yet made; steps count from 0.
    after_step(step): the update numbered `step` has been made.
    after_epoch(metrics): the epoch's figures; weights and optimiser are those to go on with.
    """

    after_backward: Callable[[int], None] = lambda step: None
    after_step: Callable[[int], None] = lambda step: None
    after_epoch: Callable[[EpochMetrics], None] = lambda metrics: None


def steps_in_epoch(samples: int, batch_size: int, drop_last: bool) -> int:
    """How many updates an epoch makes."""
    return samples // batch_size if drop_last else -(-samples // batch_size)


def fit(
    model: nn.Module,
    optimizer: optim.Optimizer,
    data: PreparedData,
    recipe: Recipe,
    seed: int,
    epochs_done: int = 0,
    watch: Watch = Watch(),
) -> bool:
    """Train in place from `epochs_done` to `recipe.epochs`; False as soon as the loss is no longer finite.

    An epoch's training figures are means over the samples trained on, each before its own update.
    """
    steps = steps_in_epoch(len(data.train_y), recipe.batch_size, recipe.drop_last)
    for epoch in range(epochs_done, recipe.epochs):
        start = time.perf_counter()
        train_loss, train_accuracy = _train_epoch(model, optimizer, data, recipe, seed, epoch, steps, watch)
        validation = evaluate(model, data.val_x, data.val_y)
        metrics = EpochMetrics(
            epoch=epoch + 1,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            val_loss=validation.loss,
            val_accuracy=validation.accuracy,
            learning_rate=learning_rate_at(recipe, steps * (epoch + 1) - 1, steps),
            seconds=time.perf_counter() - start,
        )
        watch.after_epoch(metrics)
        if not torch.isfinite(torch.tensor([train_loss, validation.loss])).all():
            return False
    return True


def _train_epoch(
    model: nn.Module,
    optimizer: optim.Optimizer,
    data: PreparedData,
    recipe: Recipe,
    seed: int,
    epoch: int,
    steps: int,
    watch: Watch,
) -> tuple[float, float]:
    """Mean loss (nats) and accuracy over the epoch's samples. Nothing waits for the device until the end."""
    model.train()
    _reseed(model, recipe, seed, epoch, data.train_x.device)
    loss_sum = torch.zeros((), dtype=_widest(data.train_x.device), device=data.train_x.device)
    hits = torch.zeros((), dtype=torch.int64, device=data.train_x.device)
    seen = 0
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimized = [p for group in optimizer.param_groups for p in group["params"]]
    for step, batch in enumerate(batches(data, recipe, seed, epoch), start=epoch * steps):
        x, y = data.train_x[batch], data.train_y[batch]
        logits = model(x)
        loss = F.cross_entropy(logits, y, label_smoothing=recipe.label_smoothing)
        zero(optimized)
        loss.backward()  # type: ignore[no-untyped-call]
        if recipe.gradient_clip > 0:
            nn.utils.clip_grad_norm_(parameters, recipe.gradient_clip)
        watch.after_backward(step)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate_at(recipe, step, steps)
        optimizer.step()
        loss_sum += loss.detach() * len(y)
        hits += (logits.detach().argmax(1) == y).sum()
        seen += len(y)
        watch.after_step(step)
    return float(loss_sum) / seen, float(hits) / seen


def batches(data: PreparedData, recipe: Recipe, seed: int, epoch: int) -> Iterator[Batch]:
    """The epoch's batches: slices where the order is the data's own, indices where it is shuffled."""
    samples, size = len(data.train_y), recipe.batch_size
    stop = samples - samples % size if recipe.drop_last else samples
    order: Tensor | None = None
    if recipe.batch_order == "shuffled":
        draws = torch.Generator().manual_seed(derive(seed, f"order/{epoch}"))
        order = torch.randperm(samples, generator=draws).to(data.train_x.device)
    for first in range(0, stop, size):
        part = slice(first, min(first + size, stop))
        yield part if order is None else order[part]


def _widest(device: torch.device) -> torch.dtype:
    return torch.float32 if device.type == "mps" else torch.float64  # MPS has no float64


def _reseed(model: nn.Module, recipe: Recipe, seed: int, epoch: int, device: torch.device) -> None:
    """Each epoch's draws come from streams of its own; a user's model may draw from torch's global state."""
    if recipe.model != "lenet":
        torch.manual_seed(derive(seed, f"model/{epoch}"))
    for name, module in model.named_modules():
        if isinstance(module, Dropout):
            module.reseed(derive(seed, f"dropout/{epoch}/{name}"), device)


def probe_steps(steps_per_epoch: int, epochs: int, early: tuple[int, ...]) -> frozenset[int]:
    """Where a light probe looks: the early steps (counted from 1), and the first step of every epoch."""
    return frozenset(step - 1 for step in early) | {e * steps_per_epoch for e in range(epochs)}
