"""A recipe's network, ready to train: one of ours, or the product of a factory of the user's own."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from paribus.core.errors import ParibusError
from paribus.core.messages import Message, mark
from paribus.core.seeds import derive
from paribus.programs.loading import load_named
from paribus.programs.recipe.factories import own_arguments
from paribus.programs.recipe.kernels import PLAIN
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS, BuiltInModel
from paribus.programs.recipe.models.first_weights import initialise
from paribus.programs.recipe.recipe import Recipe
from paribus.words.safe_text import error_line

SAME = "num_classes"  # as most call `classes`; one that has a default is a field of the factory's own
IN_ALL = "in_features"  # how many numbers an input has
SIDES = "image_size"  # height and width; where its default is one number, a square's side


def build_model(
    recipe: Recipe,
    seed: int,
    in_channels: int,
    image_size: tuple[int, int],
    classes: int,
    kernel: str = PLAIN,
    table: bool = False,
) -> nn.Module:
    """The recipe's network on the CPU, with the first weights of replicate `seed`.

    A factory of the user's own is called with those recipe fields (and in_channels, image_size, in_features, classes)
    that its signature names. Its own first weights stay where the recipe's initialisation is "default"; they are drawn
    from torch's global state, seeded from the stream `model` for the length of the call. Lazy layers get their shapes
    there. table: whether it sees rows [batch, in_features] in place of images. Raises ParibusError where the factory
    does not give a network.
    """
    shape: dict[str, Any] = {"in_channels": in_channels, "image_size": image_size, "classes": classes}
    shape |= {SAME: classes, IN_ALL: in_channels * math.prod(image_size)}
    ours = BUILT_IN_MODELS.get(recipe.model)
    factory = load_named(recipe.model) if ours is None else _network(ours)
    more = {"kernel": kernel} if ours else own_arguments(factory, recipe)
    offered = {**recipe.model_dump(), **shape, **more}
    with torch.random.fork_rng(devices=[]):  # torch's layers draw as they are made
        torch.manual_seed(derive(seed, "model"))
        model = _call(factory, offered, recipe.model)
        if ours is None:
            seen = (shape[IN_ALL],) if table else (in_channels, *image_size)
            _give_shapes(model, seen, recipe.model)
    untouched = recipe.initialisation == "default" and recipe.init_gain == 1.0 and recipe.bias_value == "default"
    if ours or not untouched:
        initialise(model, recipe.initialisation, seed, recipe.init_gain, recipe.bias_value)
    return model


def _network(model: BuiltInModel) -> Callable[..., nn.Module]:
    module, _, name = model.network.partition(":")
    network: Callable[..., nn.Module] = getattr(import_module(module), name)
    return network


def _call(factory: Callable[..., nn.Module], offered: dict[str, Any], name: str) -> nn.Module:
    if isinstance(factory, nn.Module):
        raise ParibusError(
            "model {name} is a network that is made already, and every seed needs its own: name its class, or a "
            "function that returns a new one",
            name=name,
        )
    parameters = inspect.signature(factory).parameters.values()
    plain = getattr(factory, "__init__", None) is nn.Module.__init__  # a class without one of its own
    takes_all = not plain and any(p.kind is p.VAR_KEYWORD for p in parameters)
    wanted = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    needed = {p.name for p in parameters if p.default is p.empty and p.name in wanted}
    if unknown := sorted(needed - offered.keys()):
        raise ParibusError(
            "model {name}: its factory needs {what}, which no recipe has. Name a function of yours that calls it with "
            "that; a factory may take {choices}",
            name=name,
            what=unknown,
            choices=sorted(offered),
        )
    height, width = offered[SIDES]
    if height == width and any(p.name == SIDES and type(p.default) is int for p in parameters):
        offered = {**offered, SIDES: height}
    try:
        model = factory(**{k: v for k, v in offered.items() if k in wanted or (takes_all and k not in (SAME, IN_ALL))})
    except ParibusError:
        raise
    except (Exception, SystemExit) as error:
        pair = Message("{name} is a pair, height and width", name=SIDES)
        hint = pair if SIDES in wanted and isinstance(error, TypeError) and "tuple" in str(error) else None
        raise ParibusError(
            "model {name}: its factory fails: {fault}", name=name, fault=error_line(error), hint=hint
        ) from error
    if not isinstance(model, nn.Module):
        raise ParibusError(
            "model {name}: its factory must return an nn.Module; got {kind}", name=name, kind=type(model).__name__
        )
    return model


def _give_shapes(model: nn.Module, image: tuple[int, ...], name: str) -> None:
    """One pass in evaluation mode makes lazy layers (`nn.LazyLinear`) what they will be."""
    if not any(is_lazy(one) for one in (*model.parameters(), *model.buffers())):
        return
    try:
        with torch.no_grad():
            model.eval()(torch.zeros(2, *image))
    except (Exception, SystemExit) as error:
        raise does_not_fit(name, (2, *image), error) from error
    model.train()


def does_not_fit(name: str, shape: Sequence[int], error: BaseException, hint: Message | None = None) -> ParibusError:
    """That a network cannot take inputs of this shape."""
    images = mark("model {name} cannot take images of {shape} (batch, channels, height, width), float32: {fault}")
    rows = mark("model {name} cannot take rows of {shape} (batch, features), float32: {fault}")
    table = len(shape) == 2
    return ParibusError(
        rows if table else images, name=name, shape=str(list(shape)), fault=error_line(error), hint=hint
    )
