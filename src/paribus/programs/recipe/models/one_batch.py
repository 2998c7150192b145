"""Code of somebody's own on one batch, before anything is trained: what is wrong with it is told beforehand."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.core.seeds import derive
from paribus.programs.recipe.data import DataSet
from paribus.programs.recipe.data.prepare import input_table
from paribus.programs.recipe.models.build import build_model
from paribus.programs.recipe.own_code import is_own
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.own import loss_of
from paribus.programs.recipe.training.state_arrays import NUMBERS
from paribus.runs.training_process import random_state_kept
from paribus.words.safe_text import error_line

CLOSE = 1e-3  # how near to one the sums of rows of probabilities are
MANY = ("num_classes", "n_classes", "classes", "num_labels")  # how factories call the number of classes


def check_on_one_batch(recipe: Recipe, dataset: DataSet, seed: int, lone: int | None) -> None:
    """Raise ParibusError for what would end a training of the recipe, in one sentence, or would make nothing of it.

    lone: how many training images there are where an epoch's last batch has one of them; None where none has.
    """
    table = input_table(dataset, recipe)
    images = torch.from_numpy(np.take(table, dataset.train_images[:2]))
    labels = torch.from_numpy(np.array(dataset.train_labels[:2]))
    channels, height, width = dataset.train_images.shape[1:]
    with random_state_kept(torch.device("cpu")), contextlib.redirect_stdout(io.StringIO()):
        model = build_model(recipe, seed, channels, (height, width), dataset.classes)
        if not any(parameter.requires_grad for parameter in model.parameters()):
            raise ParibusError("model {name} has no parameter that training could change", name=recipe.model)
        torch.manual_seed(derive(seed, "model/check"))
        if recipe.batch_size > 1:
            _check(model, recipe, dataset.classes, images, labels)
        if lone is not None:
            try:
                _check(model, recipe, dataset.classes, images[:1], labels[:1])
            except ParibusError as error:
                raise ParibusError(
                    "an epoch's last batch has one image ({count:,} images, {size} a batch): {fault}. Set drop_last = "
                    "true, or another batch_size",
                    count=lone,
                    size=recipe.batch_size,
                    fault=error.message,
                ) from None


def _check(model: nn.Module, recipe: Recipe, classes: int, images: Tensor, labels: Tensor) -> None:
    """One step, without the update, and then an evaluation."""
    learned = _logits(model.train(), recipe, classes, images)
    loss = _loss(recipe, learned, labels)
    try:
        loss.backward()  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        raise ParibusError(
            "no gradient comes back to model {name}: {fault}", name=recipe.model, fault=error_line(error)
        ) from None
    if is_own(recipe.optimizer):
        _step(model, recipe)
    with torch.no_grad():
        _logits(model.eval(), recipe, classes, images)


def _loss(recipe: Recipe, logits: Tensor, labels: Tensor) -> Tensor:
    """The recipe's, of the batch."""
    measured = loss_of(recipe)
    if not is_own(recipe.loss):
        return measured(logits, labels)
    try:
        loss: Any = measured(logits, labels)
    except Exception as error:
        raise ParibusError(
            "loss {name} cannot take logits [batch, classes] and labels [batch]: {fault}",
            name=recipe.loss,
            fault=error_line(error),
        ) from None
    if not isinstance(loss, Tensor) or loss.dim() or not loss.is_floating_point():
        raise ParibusError(
            "loss {name} must return one number, a tensor without dimensions, the batch's mean",
            name=recipe.loss,
            got=f"{loss.dtype} {list(loss.shape)}" if isinstance(loss, Tensor) else _kind(loss),
        )
    return loss


def _step(model: nn.Module, recipe: Recipe) -> None:
    """One of the user's own optimiser, which must keep nothing that could not be taken up again."""
    optimizer = make_optimizer(model, recipe)
    try:
        optimizer.step()
        kept = optimizer.state_dict()["state"].values()
    except Exception as error:
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


def _logits(model: nn.Module, recipe: Recipe, classes: int, images: Tensor) -> Tensor:
    """What it gives for the images, where that is what a loss can be taken of."""
    name = recipe.model
    try:
        given: Any = model(images)
    except ParibusError:
        raise
    except Exception as error:
        raise ParibusError(
            "model {name} cannot take images of {shape} (batch, channels, height, width): {fault}",
            name=name,
            shape=str(list(images.shape)),
            fault=error_line(error),
        ) from None
    if not isinstance(given, Tensor):
        raise ParibusError(
            "model {name} must return its logits alone, a tensor [batch, classes]",
            got=_kind(given),
            hint=_where_logits_are(given),
            name=name,
        )
    if not given.is_floating_point():
        raise ParibusError(
            "model {name} must return logits, which are fractions", got=str(given.dtype), hint=None, name=name
        )
    if given.shape != (len(images), classes):
        raise ParibusError(
            "model {name} must return a number for each of the {count} classes, [batch, {count}]; for {images} images "
            "it returns {shape}",
            name=name,
            count=classes,
            images=len(images),
            shape=str(list(given.shape)),
            hint=_which_field(recipe, classes),
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
    return type(given).__name__


def _where_logits_are(given: Any) -> Message | None:
    if hasattr(given, "logits") or (isinstance(given, Mapping) and "logits" in given):
        place = ".logits" if hasattr(given, "logits") else '["logits"]'
        return Message("have its forward return {place} of that", place=place)
    if isinstance(given, (tuple, list)) and given and isinstance(given[0], Tensor):
        return Message("have its forward return one of these")
    return None


def _which_field(recipe: Recipe, classes: int) -> Message | None:
    """The field of the factory's own that is called as the number of classes is, and has another value."""
    for name in MANY:
        if recipe.own_fields.get(name, classes) != classes:
            return Message("{name} is a field of its own: {name} = {count} is what is wanted", name=name, count=classes)
    return None
