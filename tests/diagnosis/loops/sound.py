"""What healthy loops are made of."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.parts import (
    OPTIMIZERS,
    Data,
    Loop,
    cnn,
    digits,
    mlp,
    raw_digits,
    residual,
    shuffled,
)
from tests.diagnosis.loops.sound_networks import Siamese, TinyText


@dataclass(frozen=True)
class Healthy:
    """A loop, and how it is run to a probe that has seen it."""

    name: str
    make: Callable[[], Loop | pb.Probe]

    def probe(self) -> pb.Probe:
        made = self.make()
        return made.run() if isinstance(made, Loop) else made


def loop(model: nn.Module, optimizer: str, **changes: Any) -> Loop:
    return Loop(model, OPTIMIZERS[optimizer](model.parameters()), **changes)


def scheduled(model: nn.Module, optimizer: str, schedule: Callable[[Any], Any], **changes: Any) -> Loop:
    made = loop(model, optimizer, **changes)
    steps = schedule(made.optimizer)
    made.after = lambda step: steps.step()
    return made


def with_rate(model: nn.Module, optimizer: str, rate: float, **changes: Any) -> Loop:
    made = loop(model, optimizer, **changes)
    for group in made.optimizer.param_groups:
        group["lr"] = rate
    return made


def accumulating() -> Loop:
    """Each update is of four batches."""
    made = loop(cnn(), "adam", steps=600)
    made.zero = lambda optimizer: None
    calls = {"n": 0}

    def update(optimizer: Any, step: int) -> None:
        calls["n"] += 1
        if calls["n"] % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()

    made.update = update
    made.backward = lambda loss: (loss / 4).backward()
    return made


def accumulating_inside() -> Loop:
    """The probe is told of whole updates only."""
    made = loop(mlp(), "momentum")

    def backward(loss: Tensor) -> None:
        (loss / 3).backward(retain_graph=True)
        (loss / 3).backward(retain_graph=True)
        (loss / 3).backward()

    made.backward = backward
    return made


def frozen_lower() -> Loop:
    model = cnn()
    for p in model[0].parameters():
        p.requires_grad_(False)
    return Loop(model, torch.optim.Adam([p for p in model.parameters() if p.requires_grad], 2e-3))


def head_only() -> Loop:
    """The lower layers were trained before; the optimiser gets the last alone."""
    model = mlp()
    loop(model, "adam", steps=200).run()
    model[-1].reset_parameters()
    return Loop(model, torch.optim.Adam(model[-1].parameters(), 5e-3))


def fine_tuned() -> Loop:
    model = cnn()
    loop(model, "adam", steps=200).run()
    return with_rate(model, "adamw", 1e-4)


def autoencoding(model: nn.Module, loss: Any = F.mse_loss, data: Data | None = None) -> Loop:
    d = data or digits()
    d = d.with_(y=d.x.flatten(1), yv=d.xv.flatten(1))
    return loop(model, "adam", data=d, loss=loss)


def of_two_tasks() -> Loop:
    made = loop(Siamese(), "adam")
    made.answer = lambda model, x: model(x)
    made.loss = lambda out, y: (
        F.cross_entropy(out[0], y) + 0.3 * F.binary_cross_entropy_with_logits(out[1][:, 0], (y % 2).float())
    )
    made.held_out = lambda: math.nan  # type: ignore[method-assign]
    return made


def averaged() -> Loop:
    """With a moving average of the weights, which is what is evaluated."""
    made = loop(residual(), "momentum")
    mean = copy.deepcopy(made.model)

    @torch.no_grad()
    def after(step: int) -> None:
        for slow, fast in zip(mean.parameters(), made.model.parameters(), strict=True):
            slow.lerp_(fast, 0.02)

    made.after = after
    return made


def adversarial() -> pb.Probe:
    """A generator and a discriminator with an optimiser each, probed at the discriminator."""
    d = digits()
    judge = nn.Sequential(nn.Flatten(), nn.Linear(196, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    maker = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 196), nn.Unflatten(1, (1, 14, 14)))
    of_judge, of_maker = torch.optim.Adam(judge.parameters(), 5e-4), torch.optim.Adam(maker.parameters(), 5e-4)
    with pb.Probe(judge, of_judge, every=25) as probe:
        for rows in shuffled(d, 200, 50):
            real, fake = d.x[rows], maker(torch.randn(50, 16))
            of_judge.zero_grad()
            loss = F.binary_cross_entropy_with_logits(judge(real), torch.ones(50, 1))
            loss = loss + F.binary_cross_entropy_with_logits(judge(fake.detach()), torch.zeros(50, 1))
            loss.backward()
            of_judge.step()
            of_maker.zero_grad()
            F.binary_cross_entropy_with_logits(judge(fake), torch.ones(50, 1)).backward()
            of_maker.step()
            probe.step(loss)
    return probe


def both_of_a_pair() -> pb.Probe:
    """The same, as one model with a list of optimisers."""
    d = digits()
    judge = nn.Sequential(nn.Flatten(), nn.Linear(196, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    maker = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 196), nn.Unflatten(1, (1, 14, 14)))
    pair = nn.ModuleDict({"judge": judge, "maker": maker})
    optimizers = [torch.optim.Adam(judge.parameters(), 5e-4), torch.optim.RMSprop(maker.parameters(), 2e-4)]
    with pb.Probe(pair, optimizers, every=25) as probe:
        for rows in shuffled(d, 200, 50):
            real, fake = d.x[rows], maker(torch.randn(50, 16))
            optimizers[0].zero_grad()
            loss = F.softplus(-judge(real)).mean() + F.softplus(judge(fake.detach())).mean()
            loss.backward()
            optimizers[0].step()
            optimizers[1].zero_grad()
            F.softplus(-judge(fake)).mean().backward()
            optimizers[1].step()
            probe.step(loss)
    return probe


def split_optimizers() -> Loop:
    """Weights of the body and of the head each have an optimiser."""
    model = cnn()
    pair = [torch.optim.SGD(model[0:4].parameters(), 0.1), torch.optim.Adam(model[4:].parameters(), 2e-3)]
    made = Loop(model, pair)
    made.zero = lambda optimizers: [o.zero_grad() for o in optimizers] and None
    made.update = lambda optimizers, step: [o.step() for o in optimizers] and None
    return made


def text() -> pb.Probe:
    draws = torch.Generator().manual_seed(0)
    starts, strides = torch.randint(0, 12, (600, 1), generator=draws), torch.randint(1, 4, (600, 1), generator=draws)
    signs = (starts + strides * torch.arange(17)) % 12
    model = TinyText()
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    with pb.Probe(model, optimizer, batch=(signs[500:, :16], signs[500:, 1:]), every=25) as probe:
        for _ in range(250):
            rows = torch.randint(0, 500, (32,), generator=draws)
            optimizer.zero_grad()
            out = model(signs[rows, :16])
            loss = F.cross_entropy(out.reshape(-1, 12), signs[rows, 1:].reshape(-1))
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            probe.step(loss)
    return probe


def evaluated(model: nn.Module, data: Data) -> None:
    model.eval()
    with torch.no_grad():
        model(data.xv[:100])
    model.train()


def clip(limit: float) -> Callable[[nn.Module], None]:
    return lambda model: nn.utils.clip_grad_norm_(model.parameters(), limit) and None


def unit_range() -> Data:
    raw, _ = raw_digits()
    return digits().with_(x=raw[:1500] / 255, xv=raw[1500:] / 255)


def uneven() -> Data:
    """Some classes four times as frequent as others, in both parts."""
    d = digits()
    keep, held = (d.y < 5) | (torch.arange(1500) % 4 == 0), (d.yv < 5) | (torch.arange(500) % 4 == 0)
    return Data(d.x[keep], d.y[keep], d.xv[held], d.yv[held])
