"""Code of somebody's own on one batch, before anything is trained: what is wrong with it is told beforehand."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from paribus.core.errors import ParibusError
from paribus.core.messages import Message, mark
from paribus.core.seeds import derive
from paribus.programs.recipe.data import DataSet
from paribus.programs.recipe.data.prepare import as_inputs
from paribus.programs.recipe.models.build import build_model, does_not_fit
from paribus.programs.recipe.own_code import is_own
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.losses_and_metrics import yardstick_of
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.state_arrays import NUMBERS
from paribus.programs.recipe.training.user_code import Loss, loss_of
from paribus.runs.training_process import random_state_kept
from paribus.words.safe_text import error_line

SEVERAL = 100  # inputs on which metrics are tried
MANY_CLASSES = 10  # of more than these, one output may be meant for a number
CLOSE = 1e-3  # how near to one the sums of rows of probabilities are
MANY = ("num_classes", "n_classes", "classes", "num_labels")  # how factories call the number of classes
CHANNELS = ("in_chans", "channels", "input_channels", "num_channels", "n_channels", "in_ch")
_AFTER_SIGMOID = "SigmoidBackward0"  # what autograd calls an output of torch.sigmoid


@dataclass(frozen=True, eq=False)
class _Trial:
    """What is tried: the recipe's network, and inputs with their targets, on the device that trains."""

    recipe: Recipe
    dataset: DataSet
    model: nn.Module
    loss: Loss
    inputs: Tensor
    targets: Tensor

    def part(self, count: int) -> tuple[Tensor, Tensor]:
        """Some of them."""
        return self.inputs[:count], self.targets[:count]


def check_on_one_batch(
    recipe: Recipe,
    dataset: DataSet,
    seed: int,
    lone: int | None,
    metrics: Mapping[str, str] | None = None,
    shares: Collection[str] = (),
    device: str = "cpu",
) -> None:
    """Raise ParibusError for what would end a training of the recipe, in one sentence, or would make nothing of it.

    lone: how many training images there are where an epoch's last batch has one of them; None where none has. metrics:
    where the code of the user's own is, by name; shares: those of them that are from 0 to 1.
    """
    place = torch.device(device)
    several = np.linspace(0, len(dataset.train_labels) - 1, min(SEVERAL, len(dataset.train_labels))).astype(np.int64)
    with random_state_kept(place), contextlib.redirect_stdout(io.StringIO()):
        channels, height, width = dataset.image_shape
        made = build_model(recipe, seed, channels, (height, width), dataset.outputs, table=dataset.is_table)
        if not any(parameter.requires_grad for parameter in made.parameters()):
            raise ParibusError("model {name} has no parameter that training could change", name=recipe.model)
        trial = _Trial(
            recipe,
            dataset,
            made.to(place),
            loss_of(recipe, dataset.numbers),
            torch.from_numpy(as_inputs(dataset, recipe, dataset.train_images[several])).to(place),
            torch.from_numpy(np.array(dataset.train_labels[several])).to(place),
        )
        torch.manual_seed(derive(seed, "model/check"))
        if recipe.batch_size > 1:
            _check(trial, 2)
        if lone is not None:
            try:
                _check(trial, 1)
            except ParibusError as error:
                raise ParibusError(
                    "an epoch's last batch has a single input ({count:,} {items}, {size} a batch): {fault}. Set "
                    "drop_last = true, or another batch_size",
                    count=lone,
                    items=dataset.items,
                    size=recipe.batch_size,
                    fault=error.message,
                ) from None
        if metrics:
            _measure(trial, metrics, shares)


def _check(trial: _Trial, count: int) -> None:
    """Two steps, without the update, and then an evaluation, on so many inputs and on one more.

    What a network keeps from one batch to the next fails at the second, or at a batch of another size.
    """
    inputs, targets = trial.part(count)
    for _ in range(2):
        before = inputs.clone()
        learned = _outputs(trial, trial.model.train(), inputs)
        if not torch.equal(before, inputs):  # elsewhere than on the CPU that would be the data set itself
            raise ParibusError(
                "model {name} changes the inputs that it is given: an operation in place (inplace=True, x.mul_) must "
                "not be its first",
                name=trial.recipe.model,
            )
        _backward(trial, _loss(trial, learned, targets))
    if is_own(trial.recipe.optimizer):
        _step(trial.model, trial.recipe)
    with torch.no_grad():
        _outputs(trial, trial.model.eval(), trial.part(count + 1)[0])


def _backward(trial: _Trial, loss: Tensor) -> None:
    try:
        loss.backward()  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        raise ParibusError(
            "no gradient comes back to model {name}: {fault}", name=trial.recipe.model, fault=error_line(error)
        ) from None
    if all(parameter.grad is None for parameter in trial.model.parameters()):
        raise ParibusError(
            "no gradient comes back to model {name}: {fault}",
            name=trial.recipe.model,
            fault=Message("its output depends on none of its parameters"),
        )


def _measure(trial: _Trial, metrics: Mapping[str, str], shares: Collection[str]) -> None:
    """The user's own metrics, on some more inputs than two: of two, many a metric is nothing."""
    with torch.no_grad():
        outputs = trial.model.eval()(trial.inputs)
    found = yardstick_of(metrics, trial.recipe, trial.dataset.numbers).own_on(outputs, trial.targets)
    for name, value in found.items():
        if name in shares and not 0 <= value <= 1:
            raise ParibusError(
                "metric {name} is taken for a share from 0 to 1, and gave {value}: say its unit, "
                "{path}:max:percent, or whatever it is",
                name=name,
                value=value,
                path=metrics[name],
            )


def _loss(trial: _Trial, outputs: Tensor, targets: Tensor) -> Tensor:
    """The recipe's, of the batch."""
    if not is_own(trial.recipe.loss):
        return trial.loss(outputs, targets)
    name = trial.recipe.loss
    try:
        loss: Any = trial.loss(outputs, targets)
    except (Exception, SystemExit) as error:
        of_logits = mark("loss {name} cannot take logits [batch, classes] and labels [batch]: {fault}")
        of_numbers = mark("loss {name} cannot take outputs {shape} and targets of numbers: {fault}")
        raise ParibusError(
            of_numbers if trial.dataset.numbers else of_logits,
            name=name,
            shape=str(list(outputs.shape)),
            fault=error_line(error),
        ) from None
    if not isinstance(loss, Tensor) or loss.dim() or not loss.is_floating_point():
        raise ParibusError(
            "loss {name} must return one number, a tensor without dimensions, the batch's mean",
            name=name,
            got=f"{loss.dtype} {list(loss.shape)}" if isinstance(loss, Tensor) else _kind(loss),
        )
    return loss


def _step(model: nn.Module, recipe: Recipe) -> None:
    """One of the user's own optimiser, which must keep nothing that could not be taken up again."""
    optimizer = make_optimizer(model, recipe)
    try:
        optimizer.step()
        kept = optimizer.state_dict()["state"].values()
    except (Exception, SystemExit) as error:
        raise ParibusError(
            "optimizer {name} cannot make a step: {fault}", name=recipe.optimizer, fault=error_line(error)
        ) from None
    for name, value in (item for state in kept for item in state.items()):
        if not isinstance(value, (Tensor, type(None), *NUMBERS)):
            raise ParibusError(
                "optimizer {name} keeps {what!q}, of which an interrupted run could not be taken up: its state must "
                "be tensors and numbers",
                name=recipe.optimizer,
                what=name,
                got=_kind(value),
            )


def _outputs(trial: _Trial, model: nn.Module, inputs: Tensor) -> Tensor:
    """What it gives for the inputs, where that is what a loss can be taken of."""
    name, dataset = trial.recipe.model, trial.dataset
    try:
        given: Any = model(inputs)
    except ParibusError:
        raise
    except (Exception, SystemExit) as error:
        raise does_not_fit(
            name, inputs.shape, error, _own_number(trial.recipe, CHANNELS, trial.dataset.image_shape[0])
        ) from None
    if not isinstance(given, Tensor) or given.layout != torch.strided:
        logits = mark("model {name} must return its logits alone, a tensor [batch, classes]")
        numbers = mark("model {name} must return its numbers alone, a tensor [batch, {count}]")
        raise ParibusError(
            numbers if dataset.numbers else logits,
            got=_kind(given),
            hint=_where_logits_are(given),
            name=name,
            count=dataset.outputs,
        )
    if not given.is_floating_point():
        raise ParibusError(
            "model {name} must return logits, which are fractions", got=str(given.dtype), hint=None, name=name
        )
    if dataset.numbers:
        wanted = (len(inputs), dataset.outputs)
        if given.dim() == 0 or len(given) != len(inputs) or (dataset.outputs > 1 and given.shape != wanted):
            raise ParibusError(
                "model {name} must return the numbers to learn, [batch, {count}]; for {size} {items} it returns "
                "{shape}",
                name=name,
                count=dataset.outputs,
                size=len(inputs),
                items=dataset.items,
                shape=str(list(given.shape)),
            )
        return given
    classes = dataset.classes
    if given.shape != (len(inputs), classes):
        raise ParibusError(
            "model {name} must return a number for each of the {count} classes, [batch, {count}]; for {size} {items} "
            "it returns {shape}",
            name=name,
            count=classes,
            size=len(inputs),
            items=dataset.items,
            shape=str(list(given.shape)),
            hint=_which_field(trial.recipe, classes, given),
        )
    if given.grad_fn is not None and given.grad_fn.name() == _AFTER_SIGMOID:
        raise ParibusError(
            "model {name} ends in a sigmoid, and the loss is made for logits, of which it takes the softmax itself: "
            "leave the sigmoid at its end out",
            name=name,
        )
    if classes > 1 and bool((given >= 0).all()) and bool(((given.sum(1) - 1).abs() < CLOSE).all()):
        raise ParibusError(
            "model {name} returns probabilities (they sum to one), and the loss is made for logits, of which it takes "
            "the softmax itself: leave the softmax at its end out",
            name=name,
        )
    return given


def _kind(given: object) -> str:
    if isinstance(given, (tuple, list)):
        return f"{type(given).__name__} ({', '.join(_kind(one) for one in given[:4])})"
    if isinstance(given, Tensor) and given.layout != torch.strided:
        return str(given.layout)
    return type(given).__name__


def _where_logits_are(given: Any) -> Message | None:
    """The part of what was returned that the logits may be."""
    if hasattr(given, "logits") or (isinstance(given, Mapping) and "logits" in given):
        place = ".logits" if hasattr(given, "logits") else '["logits"]'
        return Message("have its forward return {place} of that", place=place)
    if isinstance(given, (tuple, list)) and given and isinstance(given[0], Tensor):
        return Message("have its forward return one of these")
    if isinstance(given, Mapping) and len(names := [key for key, one in given.items() if isinstance(one, Tensor)]) == 1:
        return Message("have its forward return {place} of that", place=f'["{names[0]}"]')
    return None


def _own_number(recipe: Recipe, names: Collection[str], count: int) -> Message | None:
    """The field of the factory's own that is called as this number is, and is another one."""
    for name in names:
        if recipe.own_fields.get(name, count) != count:
            return Message("{name} is a field of its own: {name} = {count} is what is wanted", name=name, count=count)
    return None


def _which_field(recipe: Recipe, classes: int, given: Tensor) -> Message | None:
    """The field of the factory's own that is called as the number of classes is; or that these may be no classes."""
    if own := _own_number(recipe, MANY, classes):
        return own
    if given.numel() == len(given) and classes > MANY_CLASSES:
        return Message("targets that are numbers, and no classes, are written as floats: 12.0")
    return None
