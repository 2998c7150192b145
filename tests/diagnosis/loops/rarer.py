"""Mistakes of other kinds of network and of loop than those on digits, each with the names by which it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.slips import SLIPS
from tests.diagnosis.loops.small import (
    TRAIN,
    Reader,
    Writer,
    adam,
    bits,
    blobs,
    line,
    mask_net,
    mixed,
    mlp,
    of_sequence,
    sgd,
    signals,
    signs,
    squares,
    train,
    waves_net,
)

Run = Callable[[], pb.Probe]
BCE = F.binary_cross_entropy_with_logits


def sees_ahead() -> pb.Probe:
    return train(Writer(causal=False), signs(), of_sequence)


def gru_of_batches() -> pb.Probe:
    return train(Reader(kind=nn.GRU, batch_first=False), signals())


class Moved(nn.Module):
    """Time and samples change places by a view."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(2, 16), nn.Linear(16 * 24, 3)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.one(x.permute(2, 0, 1)))  # [24, n, 16]
        return self.two(h.reshape(x.shape[0], -1))


class OverQueries(nn.Module):
    """Attention whose weights sum to 1 over the queries."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.head = (nn.Linear(2, 24), nn.Linear(2, 24), nn.Linear(2, 24), nn.Linear(24, 3))

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(1, 2)
        weights = (self.q(x) @ self.k(x).transpose(1, 2) / 5).softmax(1)
        return self.head(F.relu(weights @ self.v(x)).mean(1))


def masks_of_bytes() -> pb.Probe:
    x, y = squares()
    return train(mask_net(), (x, y * 255), BCE)


def minus_one() -> pb.Probe:
    x, y = bits()
    return train(mlp(8, 1), (x, 2 * y - 1), BCE)


def masks_broadcast() -> pb.Probe:
    x, y = squares()
    return train(mask_net(), (x, y[:, 0]), F.mse_loss, size=16)


def one_unit_entropy() -> pb.Probe:
    return train(mlp(8, 1), bits(), F.cross_entropy)


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


def decoder_of_sigmoids() -> pb.Probe:
    x, _ = blobs()
    return train(nn.Sequential(*mlp(12, 12, 24, tail=(nn.Sigmoid(),))), (x, x), F.mse_loss)


def large_targets() -> pb.Probe:
    x, y = line()
    return train(mlp(8, 1), (x, y * 2e4 + 2e5), F.mse_loss, adam())


def large_targets_sgd() -> pb.Probe:
    x, y = line()
    return train(mlp(8, 1), (x, y * 300 + 3000), F.mse_loss, sgd(0.01))


def tiny_targets() -> pb.Probe:
    x, y = line()
    return train(mlp(8, 1), (x, y * 1e-4), F.mse_loss, sgd(0.05))


def divided_again() -> pb.Probe:
    return train(mlp(12, 4), blobs(), lambda z, y: F.cross_entropy(z, y) / 32 / 32, sgd(0.1))


class Averages(nn.Module):
    """Batch normalisation whose averages do not follow."""

    def __init__(self, momentum: float) -> None:
        super().__init__()
        self.net = waves_net(norm=lambda: nn.BatchNorm1d(16, momentum=momentum))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x * 20 + 30)


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


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.one, self.two = mlp(12, 16), nn.Linear(16, 4), nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.body(x))
        return torch.cat([self.one(h), self.two(h)], 1)


def one_loss_detached() -> pb.Probe:
    def loss(z: Tensor, y: Tensor) -> Tensor:
        return F.cross_entropy(z[:, :4], y) + F.cross_entropy(z[:, 4:].detach(), y % 2)

    return train(TwoHeads(), blobs(), loss)


def still_group() -> pb.Probe:
    model = mlp(12, 4)
    groups = [{"params": model[:3].parameters(), "lr": 0.0}, {"params": model[3:].parameters(), "lr": 0.1}]
    return train(model, blobs(), optimizer=torch.optim.SGD(groups, 0.1))


def deep_sigmoids() -> pb.Probe:
    layers: list[nn.Module] = [nn.Linear(12, 24), nn.Sigmoid()]
    for _ in range(6):
        layers += [nn.Linear(24, 24), nn.Sigmoid()]
    return train(nn.Sequential(*layers, nn.Linear(24, 4)), blobs(), optimizer=sgd(0.05))


def filled(model: nn.Module, how: Callable[[Tensor], Any]) -> nn.Module:
    for p in model.parameters():
        nn.init.zeros_(p) if p.dim() == 1 else how(p)
    return model


def negative_biases() -> pb.Probe:
    model = mlp(12, 4)
    nn.init.constant_(model[0].bias, -30.0)
    return train(model, blobs())


def dropped_logits() -> pb.Probe:
    return train(mlp(12, 4, tail=(nn.Dropout(0.9),)), blobs())


def divergence_of_probabilities(soft: bool) -> Run:
    def loss(p: Tensor, y: Tensor) -> Tensor:
        wanted = F.one_hot(y, 4).float()
        return F.kl_div(p, wanted * 0.8 + 0.05 if soft else wanted, reduction="batchmean")

    return lambda: train(mlp(12, 4, tail=(nn.Softmax(1),)), blobs(), loss)


def huge_column() -> pb.Probe:
    x, y = blobs()
    x = x.clone()
    x[:, 0] = x[:, 0] * 1e4 + 5e4
    return train(mlp(12, 4), (x, y), optimizer=sgd(0.01))


def batches_by_themselves() -> pb.Probe:
    x, y = blobs()
    x = x * 20 + 60
    return train(mlp(12, 4), (x, y), change=lambda b: (b - b.mean(0)) / b.std(0))


def normed_without_activation() -> pb.Probe:
    model = nn.Sequential(
        nn.Conv1d(2, 16, 5), nn.BatchNorm1d(16), nn.Conv1d(16, 16, 5), nn.BatchNorm1d(16), nn.Flatten(),
        nn.Linear(16 * 16, 3),
    )  # fmt: skip
    return train(model, signals())


def halves() -> pb.Probe:
    return train(mlp(12, 4).bfloat16(), tuple_of(blobs()), optimizer=lambda p: torch.optim.SGD(p, 1e-3))


def tuple_of(data: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return data[0].bfloat16(), data[1]


def by_hand(mistake: str) -> pb.Probe:
    """The likelihood of one class, by hand."""

    def loss(p: Tensor, y: Tensor) -> Tensor:
        if mistake == "sigmoids":
            return -torch.log(p.sigmoid().gather(1, y[:, None]) + 1e-9).mean()
        return -torch.log(p.gather(1, y[:, None]).clamp(min=1e-6)).mean()

    return train(mlp(12, 4), blobs(), loss)


def regression_by_entropy() -> pb.Probe:
    """Digits of a number's size as one sigmoid, with targets to 5."""
    x, y = line()
    loss = lambda p, t: -(t * p.clamp(1e-7).log() + (1 - t) * (1 - p).clamp(1e-7).log()).mean()  # noqa: E731
    return train(mlp(8, 1, tail=(nn.Sigmoid(),)), (x, (y * 2).round()), loss)


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


RARER: dict[str, tuple[tuple[str, ...], Run]] = {
    "transformer sees the next sign": (("answer_in_input",), sees_ahead),
    "GRU over the batch": (("rows_mixed",), gru_of_batches),
    "LSTM over the batch": (("rows_mixed",), lambda: train(Reader(batch_first=False), signals())),
    "view that moves rows": (("rows_mixed",), lambda: train(Moved(), signals())),
    "attention over the queries": (("attention_crossed",), lambda: train(OverQueries(), signals())),
    "masks of 0 and 255": (("targets_beyond_one",), masks_of_bytes),
    "labels of -1 and 1": (("targets_beyond_one",), minus_one),
    "masks broadcast": (("target_broadcast",), masks_broadcast),
    "cross entropy of one unit": (("outputs_bounded",), one_unit_entropy),
    "GAN: maker cut off": (("gradient_cut_off",), lambda: judge_and_maker("detach")),
    "GAN: maker in no optimiser": (("layers_not_in_optimizer",), lambda: judge_and_maker("held")),
    "GAN: judge not cleared": (("gradients_piled_up",), lambda: judge_and_maker("zero")),
    "decoder of sigmoids": (("outputs_bounded",), decoder_of_sigmoids),
    "targets of 200,000, Adam": (("targets_not_scaled",), large_targets),
    "targets of 3,000, SGD": (("targets_not_scaled",), large_targets_sgd),
    "targets of 0.0001": (("targets_not_scaled",), tiny_targets),
    "mean divided again": (("loss_divided", "learning_rate_too_low"), divided_again),
    "averages that stand still": (("averages_behind",), lambda: train(Averages(0.0), signals())),
    "averages that hardly move": (("averages_behind",), lambda: train(Averages(1e-4), signals())),
    "left in evaluation mode": (("evaluation_mode_in_training",), left_in_evaluation),
    "the same batch each time": (("same_batch",), same_batch),
    "inputs scaled again and again": (("inputs_drift",), shrinking),
    "head replaced": (("layers_not_in_optimizer",), replaced_head),
    "factor that is a rate": (("learning_rate_too_low", "learning_rate_spent"), rate_squared),
    "plateau the wrong way": (("learning_rate_spent", "learning_rate_too_low"), plateau_of_accuracy),
    "momentum 0.99, rate 0.5": (("learning_rate_too_high",), heavy_momentum),
    "epsilon of 10": (("learning_rate_too_low",), big_epsilon),
    "one loss detached": (("gradient_cut_off",), one_loss_detached),
    "group of rate 0": (("frozen_layer", "nothing_moves"), still_group),
    "deep sigmoids": (("vanishing_gradient",), deep_sigmoids),
    "all weights 0": (("symmetric_units",), lambda: train(filled(mlp(12, 4), nn.init.zeros_), blobs())),
    "all weights alike": (
        ("symmetric_units",),
        lambda: train(filled(mlp(12, 4), lambda p: nn.init.constant_(p, 0.1)), blobs()),
    ),
    "weights of 5, tanh": (
        ("saturation_low", "saturation_high"),
        lambda: train(
            filled(mlp(12, 4, act=nn.Tanh), lambda p: nn.init.normal_(p, 0, 5)), blobs(), optimizer=sgd(0.01)
        ),
    ),
    "weights of 5, ReLU": (
        ("exploding_gradient",),
        lambda: train(filled(mlp(12, 4), lambda p: nn.init.normal_(p, 0, 5)), blobs(), optimizer=sgd(0.1)),
    ),
    "biases of -30": (("dead_units",), negative_biases),
    "dropout of the logits": (("noise_too_strong",), dropped_logits),
    "KL of probabilities": (("logarithm_missing",), divergence_of_probabilities(False)),
    "KL of probabilities, soft": (("logarithm_missing",), divergence_of_probabilities(True)),
    "a column to 100,000": (("inputs_not_normalised",), huge_column),
    "each batch normalised by itself": (("held_out_scale",), batches_by_themselves),
    "norms without activations": (("no_activation",), normed_without_activation),
    "weights of 16 bits": (("learning_rate_too_low",), halves),
    "likelihood of sigmoids": (("no_probabilities",), lambda: by_hand("sigmoids")),
    "likelihood of logits": (("no_probabilities",), lambda: by_hand("logits")),
    "numbers by cross entropy": (("outputs_bounded",), regression_by_entropy),
    "cleared never, stepped each tenth": (("gradients_piled_up",), lambda: steps_once(10)),
    **SLIPS,
}
