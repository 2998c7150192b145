"""Checks of a whole training: its epochs, its modes, its optimiser, its history."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paribus.core.messages import Message, mark
from paribus.lesson.check_epoch import one_epoch, same
from paribus.lesson.network import Found
from paribus.lesson.probing import Loader, Network, Truth, batches, called, loader, seeded_alike
from paribus.lesson.whole_set_figures import close

RATE, DECAY = 0.001, 0.1  # as the text of the lesson gives them
FIRST_OF_VALIDATION = 40  # the number of the first image that is only measured with
VALIDATION = 7  # images: another number than any that training has


@dataclass(frozen=True)
class Way:
    """A way to train."""

    kind: str = "Adam"
    rate: float = RATE
    decay: float = DECAY
    anew: bool = False  # an optimiser for each epoch
    clear: bool = True  # gradients, before each batch
    on: str = "train"
    loss: str = "cross entropy"

    def optimiser(self, network: nn.Module) -> torch.optim.Optimizer:
        """For a network's weights."""
        made: torch.optim.Optimizer = getattr(torch.optim, self.kind)(
            network.parameters(), lr=self.rate, weight_decay=self.decay
        )
        return made


_LOSSES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross entropy": F.cross_entropy,
    "of a softmax": lambda said, labels: F.cross_entropy(said.softmax(1), labels),
    "likelihood": F.nll_loss,
    "squares": lambda said, labels: F.mse_loss(said, F.one_hot(labels, 10).to(said.dtype)),
    "smoothed": lambda said, labels: F.cross_entropy(said, labels, label_smoothing=0.1),
    "summed": lambda said, labels: F.cross_entropy(said, labels, reduction="sum"),
}
_OTHERS = (
    (Way(anew=True), "anew"),
    (Way(clear=False), "heaped"),
    *((Way(on=on), on) for on in ("validation", "both")),
    *((Way(loss=loss), "loss") for loss in tuple(_LOSSES)[1:]),
    *((Way(kind, rate, decay), "optimiser") for kind in ("SGD", "RMSprop", "Adagrad", "NAdam", "Adamax", "RAdam")
      for rate in (0.001, 0.01, 0.1, 0.5) for decay in (0.0, 0.1)),
    *((Way("AdamW", rate, decay), "relative") for rate in (0.001, 0.01) for decay in (0.1, 0.01)),
    *((Way(decay=decay), "setting") for decay in (0.0, 0.01, 0.001, 1e-4, 1e-5, 0.5, 1.0, 0.2, 0.05)),
    *((Way(rate=rate, decay=decay), "rate") for rate in (0.01, 0.1, 1e-4, 3e-4, 0.002, 0.005) for decay in (0.1, 0.0)),
)  # fmt: skip


def training_faults(function: Any) -> Iterator[Message]:
    """What is wrong with `training(model, train_loader, validation_loader, epochs, ...)`."""
    try:
        network, given, loaders = _trained(function, 2)
        right, truths = _expected(Way(), loaders, 2)
        _refuse_modes(network, loaders, 2)
        _refuse_weights(network, right, loaders, 2)
        yield from _history_faults(given, truths, network, 2)
        yield from _second_network(function)
        if seeded_alike(lambda: _trained(function, 1)):
            yield Message("{name} sets a random seed: whoever calls it gets the same luck each time.", name="training")
    except Found as found:
        yield from found.told


def _trained(function: Any, epochs: int, seed: int = 5) -> tuple[Network, Any, tuple[Loader, Loader]]:
    network = Network(seed)
    loaders = loader(), loader(VALIDATION, FIRST_OF_VALIDATION, seed=9)
    return network, called("training", function, network, *loaders, epochs), loaders


def _expected(way: Way, loaders: Sequence[Loader], epochs: int, seed: int = 5) -> tuple[list[Tensor], list[_Epoch]]:
    """The weights at the end, and what each epoch measures."""
    network, loss_of = Network(seed), _LOSSES[way.loss]
    optimiser, told = way.optimiser(network), []
    train, validation = (batches(one) for one in loaders)
    learnt = {"train": train, "validation": validation, "both": [*train, *validation]}[way.on]
    for _ in range(epochs):
        if way.anew:
            optimiser = way.optimiser(network)
        running = one_epoch(network, optimiser, loss_of, learnt, clear=way.clear)
        told.append(_Epoch(running, _measured(network, train), _measured(network, validation)))
    return network.values(), told


@dataclass(frozen=True)
class _Epoch:
    """What one epoch measures: on training images as it trains, and at its end on both."""

    running: Truth
    train: Truth
    validation: Truth


def _measured(network: Network, pairs: Sequence[tuple[Tensor, Tensor]]) -> Truth:
    truth = Truth()
    with torch.no_grad():
        for pixels, labels in pairs:
            said = network(pixels)
            truth.add(said, labels, nn.functional.cross_entropy(said, labels))
    return truth


def _refuse_modes(network: Network, loaders: Sequence[Loader], epochs: int) -> None:
    """Who was asked how often, and in which mode. Raises Found with the first fault."""
    (train, validation), calls = loaders, network.calls
    if not calls:
        raise Found(Message("{name} never asks the network that it was given.", name="training"))
    if train.passes == 0:
        raise Found(Message("{name} never goes through the training images that it was given.", name="training"))
    if validation.passes == 0:
        raise Found(Message("{name} never goes through the validation images that it was given.", name="training"))
    measured = [call for call in calls if max(call.images) >= FIRST_OF_VALIDATION]
    learnt = [call for call in calls if max(call.images) < FIRST_OF_VALIDATION and call.gradient]
    if network.gradients > len(learnt):
        raise Found(Message("It trains on the validation images as well."))
    passes = len(learnt) // len(batches(train))
    if passes != epochs:
        raise Found(Message("Asked for {epochs} epochs it trains {n}.", epochs=epochs, n=passes))
    if not all(call.training for call in learnt):
        raise Found(Message("Once it has been evaluated, the network stays in evaluation mode while it trains on."))
    if any(call.training for call in measured):
        raise Found(Message("While it is measured on validation images, the network is in training mode."))
    if len(measured) < epochs * len(batches(validation)):
        raise Found(Message("The validation images are not looked at after every epoch."))


def _refuse_weights(network: Network, right: list[Tensor], loaders: Sequence[Loader], epochs: int) -> None:
    now = network.values()
    if same_path(now, right):
        return
    if same(now, Network().values()):
        raise Found(Message("After training, the network that was given has the weights that it had before: whose "
                            "weights does the optimiser change?"))  # fmt: skip
    for way, kind in _OTHERS:
        if same_path(now, _expected(way, loaders, epochs)[0]):
            raise Found(_WAYS[kind])
    raise Found(Message("After training the weights are not where Adam, with the settings that the text gives, takes "
                        "them."))  # fmt: skip


_WAYS = {
    "anew": Message("Its optimiser forgets after each epoch what it has learnt of the gradients."),
    "heaped": Message("Each step still follows the gradients of the batches before it."),
    "validation": Message("It trains on the validation images."),
    "both": Message("It trains on the validation images as well."),
    "loss": Message("It does not follow the mean cross entropy of what the network says: look at its loss."),
    "optimiser": Message("It trains with another optimiser than the text asks for."),
    "relative": Message("Its optimiser is a relative of the one that the text asks for, which takes other steps."),
    "setting": Message("Its optimiser is the right one; one of the settings that the text gives it is not."),
    "rate": Message("Its optimiser is the right one; its learning rate is not the text's."),
}


def same_path(one: list[Tensor], other: list[Tensor]) -> bool:
    """Whether Adam came to the same weights: its steps are a thousandth, so a hundredth of a step is told apart."""
    return all(torch.allclose(a, b, rtol=0, atol=2e-5) for a, b in zip(one, other, strict=True))


def _second_network(function: Any) -> Iterator[Message]:
    """A second network trains as the first did: nothing is left of it."""
    network, _, loaders = _trained(function, 3, seed=8)
    if same(network.values(), Network(8).values()):
        yield Message("A second network is not trained: the optimiser still has the first one's weights.")
        return
    passes = sum(call.gradient and max(call.images) < FIRST_OF_VALIDATION for call in network.calls)
    epochs = passes // len(batches(loaders[0]))
    if epochs != 3:
        yield Message("Asked for {epochs} epochs it trains {n}.", epochs=3, n=epochs)
    elif not same_path(network.values(), _expected(Way(), loaders, 3, seed=8)[0]):
        yield Message("A second network is trained otherwise than the first: something is left of the first training.")


def _history_faults(given: Any, truths: Sequence[_Epoch], network: Network, epochs: int) -> Iterator[Message]:
    """Whether what it returned has the four curves, in whatever form."""
    series = [one for one in _series(given) if len(one) == epochs]
    if not series:
        yield Message("{name} must return its history: a value an epoch for the loss and the accuracy, on training "
                      "and on validation images.", name="training")  # fmt: skip
        return

    def has(*wanted: Sequence[float]) -> bool:
        return any(all(close(a, b) for a, b in zip(one, other, strict=True)) for one in series for other in wanted)

    validation = [epoch.validation for epoch in truths]
    trained = [[epoch.running for epoch in truths], [epoch.train for epoch in truths]]
    curves = {
        mark("validation accuracy"): [[t.accuracy for t in validation]],
        mark("validation loss"): [[t.loss for t in validation]],
        mark("training accuracy"): [[t.accuracy for t in way] for way in trained],
        mark("training loss"): [[t.loss for t in way] for way in trained],
    }
    for name, ways in curves.items():
        if has(*ways):
            continue
        if "accuracy" in name and has(*([100 * value for value in way] for way in ways)):
            yield Message("In its history the accuracies are in per cent; they are to be between 0 and 1.")
        else:
            yield Message("Its history has no right {curve}, one value an epoch.", curve=Message(name))
        return
    if _holds_tensors(given):
        yield Message("Its history holds tensors in place of plain numbers, which keep all behind them in memory.")


def _series(given: Any) -> list[list[float]]:
    """All rows and columns of numbers in it: of lists, of a mapping of lists, of a list of rows or of mappings."""
    if hasattr(given, "to_dict") and not isinstance(given, Mapping):  # a table of pandas
        given = given.to_dict("list")
    if hasattr(given, "__dict__") and not isinstance(given, (Mapping, Sequence, nn.Module)):
        given = vars(given)
    parts = list(given.values()) if isinstance(given, Mapping) else given
    if not isinstance(parts, Sequence) and not hasattr(parts, "tolist"):
        return []
    rows = [_numbers(part) for part in (list(parts) if not hasattr(parts, "tolist") else parts.tolist())]
    found = [row for row in rows if row]
    columns = [list(column) for column in itertools.zip_longest(*found, fillvalue=float("nan"))]
    inner = [one for part in parts if isinstance(part, (Mapping, tuple, list)) and not _numbers(part)
             for one in _series(part)]  # fmt: skip
    return [*found, *columns, *inner]


def _numbers(part: Any) -> list[float]:
    values = list(part.values()) if isinstance(part, Mapping) else part
    if isinstance(values, torch.Tensor):
        values = values.tolist()
    if isinstance(values, (str, bytes)) or (
        not isinstance(values, (Sequence, range)) and not hasattr(values, "tolist")
    ):
        return []
    read = [float(v) for v in values if isinstance(v, numbers.Real) or (hasattr(v, "numel") and v.numel() == 1)]
    return read if len(read) == len(values) else []


def _holds_tensors(given: Any) -> bool:
    if isinstance(given, torch.Tensor):
        return True
    parts = given.values() if isinstance(given, Mapping) else given if isinstance(given, (list, tuple)) else ()
    return any(_holds_tensors(part) for part in parts)
