"""Checks of one epoch of training, and of measuring without training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from paribus.core.messages import Message
from paribus.lesson.network import Found
from paribus.lesson.probing import Loader, Loss, Network, Steps, Truth, batches, called, loader, seeded_alike
from paribus.lesson.whole_set_figures import figure_faults


def train_epoch_faults(function: Any) -> Iterator[Message]:
    """What is wrong with `train_epoch(model, loader, loss_fn, optimizer)`."""
    try:
        for drop_last in (False, True):
            yield from _one_epoch(function, drop_last)
        if seeded_alike(lambda: _trained(function, loader())):
            yield Message("{name} sets a random seed: every epoch would draw the same.", name="train_epoch")
    except Found as found:
        yield from found.told


def test_faults(function: Any) -> Iterator[Message]:
    """What is wrong with `test(model, loader, loss_fn)`."""
    try:
        for drop_last in (False, True):
            yield from _one_test(function, drop_last)
    except Found as found:
        yield from found.told


def _trained(function: Any, images: Loader) -> tuple[Network, Loss, Steps, Any]:
    network, loss = Network(), Loss()
    optimiser = Steps(network)
    network.train()
    return network, loss, optimiser, called("train_epoch", function, network, images, loss, optimiser)


def _one_epoch(function: Any, drop_last: bool) -> Iterator[Message]:
    images = loader(drop_last=drop_last)
    network, loss, optimiser, given = _trained(function, images)
    right, truth = expected_epoch(batches(images))
    _refuse_others("train_epoch", network, images, loss)
    if any(not call.training for call in network.calls):
        raise Found(Message("While it trains the network is in evaluation mode."))
    if (told := _learning_fault(network, optimiser, images, right)) is not None:
        raise Found(told)
    _refuse_counts("train_epoch", network, images, truth)
    found = list(figure_faults("train_epoch", given, truth, len(images.dataset)))  # type: ignore[arg-type]
    yield from found
    if found:
        raise Found  # the same once more would say nothing


def expected_epoch(pairs: list[tuple[Tensor, Tensor]], *, clear: bool = True) -> tuple[list[Tensor], Truth]:
    """The weights after one epoch of plain steps, and its figures. clear: gradients before each batch."""
    network = Network()
    truth = one_epoch(network, Steps(network), Loss(), pairs, clear=clear)
    return network.values(), truth


def one_epoch(
    network: Network,
    optimiser: torch.optim.Optimizer,
    loss_of: Callable[[Tensor, Tensor], Tensor],
    pairs: list[tuple[Tensor, Tensor]],
    *,
    clear: bool,
) -> Truth:
    """Plain steps over these batches, as the exercise means them; what the epoch measures. clear: before each batch."""
    truth = Truth()
    for pixels, labels in pairs:
        if clear:
            optimiser.zero_grad()
        said = network(pixels)
        loss = loss_of(said, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        truth.add(said, labels, loss)
    return truth


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    """Whether weights are the same but for rounding."""
    return all(torch.allclose(a, b, rtol=1e-3, atol=2e-5) for a, b in zip(one, other, strict=True))


def _learning_fault(network: Network, optimiser: Steps, images: Loader, right: list[Tensor]) -> Message | None:
    """What is wrong with the weights after the epoch; None where they are as they should be."""
    pairs, now = batches(images), network.values()
    if same(now, right):
        return None
    if same(now, Network().values()):
        if network.gradients == 0:
            return Message("After the epoch the weights are as they were: no gradient was computed.")
        if optimiser.steps == 0:
            return Message("After the epoch the weights are as they were: the optimiser never took a step.")
        return Message("After the epoch the weights are as they were: when the optimiser takes its step, there is no "
                       "gradient.")  # fmt: skip
    if same(now, expected_epoch(pairs, clear=False)[0]):
        return Message("Each step still follows the gradients of the batches before it.")
    if optimiser.steps == 0:
        return Message("The weights are changed by something else than the optimiser that was given.")
    if optimiser.steps != len(pairs):
        return Message("There are {n} batches, and the optimiser took {steps} steps.", n=len(pairs),
                       steps=optimiser.steps)  # fmt: skip
    return Message("After the epoch the weights are not where one step a batch, each along its own batch's gradient, "
                   "takes them.")  # fmt: skip


def _refuse_others(name: str, network: Network, images: Loader, loss: Loss) -> None:
    """Where the function works with something else than what it was given. Raises Found."""
    if images.passes == 0:
        raise Found(Message("{name} never goes through the loader that it was given.", name=name))
    if not network.calls:
        raise Found(Message("{name} never asks the network that it was given.", name=name))
    if loss.calls == 0:
        raise Found(Message("{name} never uses the loss function that it was given.", name=name))


def _refuse_counts(name: str, network: Network, images: Loader, truth: Truth) -> None:
    if images.passes > 1:
        raise Found(Message("{name} goes through its loader {n} times; once is enough.", name=name, n=images.passes))
    asked = [number for call in network.calls for number in call.images]
    if len(set(asked)) < truth.count:
        raise Found(Message("{name} leaves {n} of {of} images out.", name=name, n=truth.count - len(set(asked)),
                            of=truth.count))  # fmt: skip


def _one_test(function: Any, drop_last: bool) -> Iterator[Message]:
    images, network, loss, truth = loader(drop_last=drop_last), Network(), Loss(), Truth()
    network.eval()
    before = network.values()
    with torch.no_grad():
        for pixels, labels in batches(images):
            said = Network()(pixels)
            truth.add(said, labels, Loss()(said, labels))
    given = called("test", function, network, images, loss)
    _refuse_others("test", network, images, loss)
    if not same(network.values(), before):
        raise Found(Message("{name} changes the weights, where it should only measure.", name="test"))
    if any(call.training for call in network.calls):
        raise Found(Message("While {name} measures, the network is in training mode.", name="test"))
    _refuse_counts("test", network, images, truth)
    found = list(figure_faults("test", given, truth, len(images.dataset)))  # type: ignore[arg-type]
    if network.gradients:
        found.append(Message("{name} computes gradients, where it should only measure.", name="test"))
    elif any(call.gradient for call in network.calls):
        found.append(
            Message("While {name} measures, PyTorch still records all that a gradient would need.", name="test")
        )
    yield from found
    if found:
        raise Found
