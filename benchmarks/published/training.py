"""One plain training loop: what a published training reaches on its held-out data, and what `pb.Probe` says of it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch

import paribus as pb

if TYPE_CHECKING:
    from paribus.records.finding import Finding
    from published.fault import Data, Training

LOOKS = 8  # epochs that are told to the probe
HELD = 200  # held-out rows that it sees


def reached(training: Training, seed: int) -> float:
    """The score on held-out data; NaN where the training diverged."""
    return run(training, seed, None)[0]


def said(training: Training, seed: int) -> tuple[Finding, ...]:
    """What the probe finds, the first first."""
    return run(training, seed, LOOKS)[1]


def run(training: Training, seed: int, looks: int | None) -> tuple[float, tuple[Finding, ...]]:
    """Both, with data, first weights and batches of the seed. Leaves torch's global stream as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2 * seed)
        data = training.data()
        torch.manual_seed(2 * seed + 1)  # first weights are the same, however much the data drew
        model = training.network()
        optimizer = training.optimizer(model.parameters())
        if looks is None:
            loop(training, data, model, optimizer, seed, None)
            return score(training, model, data.xv, data.yv), ()
        probe = pb.Probe(model, optimizer, batch=(data.xv[:HELD], data.yv[:HELD]), every=max(1, training.steps // 20))
        with probe:
            loop(training, data, model, optimizer, seed, probe)
        return score(training, model, data.xv, data.yv), probe.findings()


def loop(
    training: Training,
    data: Data,
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    seed: int,
    probe: pb.Probe | None,
) -> None:
    """Train."""
    epoch = max(1, training.steps // LOOKS)
    model.train(training.mode[0])
    for step, rows in enumerate(batches(len(data.x), training.size, training.steps, seed)):
        if training.clear:
            optimizer.zero_grad()
        loss = training.loss(model(data.x[rows]), data.y[rows])
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if probe is not None:
            probe.step(loss)
            if step % epoch == epoch - 1:
                figures = [score(training, model, x, y) for x, y in ((data.x, data.y), (data.xv, data.yv))]
                probe.epoch(train=figures[0], val=figures[1])


def batches(samples: int, size: int, steps: int, seed: int) -> Iterator[torch.Tensor]:
    """Rows of each step, epoch by epoch in a new order."""
    order = torch.Generator().manual_seed(seed)
    done = 0
    while True:
        for rows in torch.split(torch.randperm(samples, generator=order), size):
            if done == steps:
                return
            yield rows
            done += 1


@torch.no_grad()
def score(training: Training, model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    """Of these rows, in the mode that the training evaluates in."""
    model.train(training.mode[1])
    outputs = model(x)
    model.train(training.mode[0])
    return training.score(outputs, y) if bool(outputs.isfinite().all()) else math.nan


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without torch's warnings, of which faulty trainings make some."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
