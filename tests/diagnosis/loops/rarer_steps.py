"""Mistakes of the loop itself: optimisers, schedules, modes, and what a batch is."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.small import TRAIN, Run, adam, blobs, line, mixed, mlp, sgd, signals, train, waves_net


def judge_and_maker(mistake: str) -> pb.Probe:
    """A generator and a discriminator."""
    real = line()[0]
    judge, maker = mlp(8, 1, act=lambda: nn.LeakyReLU(0.2)), mlp(4, 8)
    pair = nn.ModuleDict({"judge": judge, "maker": maker})
    one = torch.optim.Adam(judge.parameters(), 1e-3)
    two = torch.optim.Adam(judge.parameters() if mistake == "held" else maker.parameters(), 1e-3)
    with pb.Probe(pair, [one, two], every=20) as probe:
        for rows in mixed(80, 32):
            fake = maker(torch.randn(32, 4))
            if mistake != "zero":
                one.zero_grad()
            loss = F.softplus(-judge(real[rows])).mean() + F.softplus(judge(fake.detach())).mean()
            loss.backward()
            one.step()
            two.zero_grad()
            F.softplus(-judge(fake.detach() if mistake == "detach" else fake)).mean().backward()
            two.step()
            probe.step(loss)
    return probe


def left_in_evaluation() -> pb.Probe:
    model = waves_net(norm=lambda: nn.BatchNorm1d(16))
    return train(model, signals(), after=lambda step: model.eval() if step == 12 else None)


def same_batch() -> pb.Probe:
    def rows(steps: int, size: int) -> Iterator[Tensor]:
        for _ in range(steps):
            yield torch.arange(size)

    return train(mlp(12, 4), blobs(), rows=rows)


def shrinking() -> pb.Probe:
    x, y = blobs()
    state = {"x": x.clone()}

    def change(batch: Tensor) -> Tensor:
        state["factor"] = state.get("factor", 1.0) * 0.93  # type: ignore[operator]
        return batch * state["factor"]

    return train(mlp(12, 4), (x, y), change=change, optimizer=sgd())


def replaced_head() -> pb.Probe:
    model = mlp(12, 4)
    made = adam()(model.parameters())
    model[4] = nn.Linear(32, 4)
    return train(model, blobs(), optimizer=made)


def rate_squared() -> pb.Probe:
    model = mlp(12, 4)
    made = torch.optim.SGD(model.parameters(), 1e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(made, lambda step: 1e-3)
    return train(model, blobs(), optimizer=made, after=lambda step: schedule.step())


def plateau_of_accuracy() -> pb.Probe:
    model = mlp(12, 4)
    made = torch.optim.SGD(model.parameters(), 0.02)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(made, mode="max", patience=1)
    return train(model, blobs(), optimizer=made, after=lambda step: schedule.step(1.0 - step / 1000), steps=200)


def heavy_momentum() -> pb.Probe:
    return train(mlp(12, 4), blobs(), optimizer=sgd(0.5, momentum=0.99))


def big_epsilon() -> pb.Probe:
    return train(mlp(12, 4), blobs(), optimizer=lambda p: torch.optim.Adam(p, 1e-3, eps=10.0))


def still_group() -> pb.Probe:
    model = mlp(12, 4)
    groups = [{"params": model[:3].parameters(), "lr": 0.0}, {"params": model[3:].parameters(), "lr": 0.1}]
    return train(model, blobs(), optimizer=torch.optim.SGD(groups, 0.1))


def huge_column() -> pb.Probe:
    x, y = blobs()
    x = x.clone()
    x[:, 0] = x[:, 0] * 1e4 + 5e4
    return train(mlp(12, 4), (x, y), optimizer=sgd(0.01))


def batches_by_themselves() -> pb.Probe:
    x, y = blobs()
    x = x * 20 + 60
    return train(mlp(12, 4), (x, y), change=lambda b: (b - b.mean(0)) / b.std(0))


def steps_once(times: int) -> pb.Probe:
    model = mlp(12, 4)
    made = torch.optim.SGD(model.parameters(), 0.05)
    x, y = blobs()
    with pb.Probe(model, made, batch=(x[TRAIN:], y[TRAIN:]), every=20) as probe:
        for step, rows in enumerate(mixed(120, 32)):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            if step % times == times - 1:
                made.step()
            probe.step(loss)
    return probe


OF_STEPS: dict[str, tuple[tuple[str, ...], Run]] = {
    "GAN: maker cut off": (("gradient_cut_off",), lambda: judge_and_maker("detach")),
    "GAN: maker in no optimiser": (("layers_not_in_optimizer",), lambda: judge_and_maker("held")),
    "GAN: judge not cleared": (("gradients_piled_up",), lambda: judge_and_maker("zero")),
    "left in evaluation mode": (("evaluation_mode_in_training",), left_in_evaluation),
    "the same batch each time": (("same_batch",), same_batch),
    "inputs scaled again and again": (("inputs_drift",), shrinking),
    "head replaced": (("layers_not_in_optimizer",), replaced_head),
    "factor that is a rate": (("learning_rate_too_low", "learning_rate_spent"), rate_squared),
    "plateau the wrong way": (("learning_rate_spent", "learning_rate_too_low"), plateau_of_accuracy),
    "momentum 0.99, rate 0.5": (("learning_rate_too_high",), heavy_momentum),
    "epsilon of 10": (("learning_rate_too_low",), big_epsilon),
    "group of rate 0": (("frozen_layer", "nothing_moves"), still_group),
    "a column to 100,000": (("inputs_not_normalised",), huge_column),
    "each batch normalised by itself": (("held_out_scale",), batches_by_themselves),
    "cleared never, stepped each tenth": (("gradients_piled_up",), lambda: steps_once(10)),
}
