"""The built-in models, one record each: what is known of them without torch.

The network of a record is in a folder of its own, `models/built_in/NAME/`. Adding one is a record here and that folder.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from paribus.core.errors import ParibusError

if TYPE_CHECKING:
    from paribus.programs.recipe.recipe import Recipe

Image = tuple[int, int, int]  # channels, height, width
Shapes = dict[str, tuple[int, ...]]

KERNEL = 5  # all convolutions are 5x5; the first is padded by 2, and 2x2 pooling follows each


class Form(ABC):
    """The form of a network, as what it takes of time and disk space is told by."""

    @abstractmethod
    def layers(self) -> Shapes:
        """The weights of each layer, [outputs, inputs, ...], by the layer's name, in the order of the forward pass."""

    @abstractmethod
    def norms(self) -> dict[str, int]:
        """How many units each batch normalisation has, by its name; empty without."""

    @abstractmethod
    def multiply_adds(self) -> int:
        """Of one image's forward pass."""

    @abstractmethod
    def values(self) -> int:
        """How many numbers its layers give for one image, pooling included."""

    @property
    @abstractmethod
    def needs_two(self) -> bool:
        """Whether it cannot learn from one image alone: of one value there is no deviation."""

    def shapes(self) -> Shapes:
        """All that is learned or kept for evaluation, by the names of torch's `state_dict`."""
        found: Shapes = {}
        for name, shape in self.layers().items():
            found |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
        parts = ("weight", "bias", "running_mean", "running_var")
        return found | {f"{name}.{part}": (units,) for name, units in self.norms().items() for part in parts}

    def numbers(self) -> int:
        """How many numbers the network's state holds, parameters and buffers together."""
        return len(self.norms()) + sum(math.prod(shape) for shape in self.shapes().values())  # each counts batches


@dataclass(frozen=True)
class Plan(Form):
    """The form of LeNet and of a perceptron: convolutions, each with pooling, then dense layers.

    Args:
        image: channels, height and width of what it sees.
        convolutions: the channels that each one gives.
        hidden: widths of the dense layers but the last.
        classes: width of the last.
        batch_norm: whether activations are normalised.
    """

    image: Image
    convolutions: tuple[int, ...]
    hidden: tuple[int, ...]
    classes: int
    batch_norm: bool

    @property
    def maps(self) -> tuple[Image, ...]:
        """Channels, height and width of each convolution's maps, before pooling."""
        found: list[Image] = []
        _, height, width = self.image
        for channels in self.convolutions:
            if found:
                height, width = height // 2 - KERNEL + 1, width // 2 - KERNEL + 1
            found.append((channels, height, width))
        return tuple(found)

    @property
    def flattened(self) -> int:
        """How many numbers go into the first dense layer."""
        if not self.maps:
            return math.prod(self.image)
        channels, height, width = self.maps[-1]
        return channels * (height // 2) * (width // 2)

    @property
    def widths(self) -> tuple[int, ...]:
        """What goes into each dense layer, and what the last gives."""
        return (self.flattened, *self.hidden, self.classes)

    def layers(self) -> Shapes:
        """The weights of each layer, [outputs, inputs, ...], by the layer's name, in the order of the forward pass."""
        inputs = (self.image[0], *self.convolutions)
        found: Shapes = {
            f"conv{i}": (after, before, KERNEL, KERNEL) for i, (before, after) in enumerate(pairwise(inputs), start=1)
        }
        return found | {f"fc{i}": (after, before) for i, (before, after) in enumerate(pairwise(self.widths), start=1)}

    def norms(self) -> dict[str, int]:
        """Of convolutions and hidden layers."""
        if not self.batch_norm:
            return {}
        norms = {f"bn{i}": units for i, units in enumerate(self.convolutions, start=1)}
        return norms | {f"fc{i}_bn": units for i, units in enumerate(self.hidden, start=1)}

    @property
    def needs_two(self) -> bool:
        """Whether it cannot learn from one image alone: a dense layer's unit has one value then."""
        return self.batch_norm and bool(self.hidden)

    def values(self) -> int:
        """Of the maps, what pooling leaves of them, and the dense layers."""
        return sum(self.widths) + sum(math.prod(image) * 5 // 4 for image in self.maps)

    def multiply_adds(self) -> int:
        """Of one image's forward pass."""
        shapes = list(self.layers().values())
        convolved = zip(shapes, self.maps, strict=False)
        dense = sum(math.prod(shape) for shape in shapes[len(self.convolutions) :])
        return dense + sum(math.prod(shape) * height * width for shape, (_, height, width) in convolved)


@dataclass(frozen=True)
class ResidualPlan(Form):
    """The form of the residual network; what the arguments are, `Plan` says."""

    image: Image
    convolutions: tuple[int, int]
    classes: int
    batch_norm: bool

    @property
    def dense(self) -> Plan:
        """Its end: one dense layer on the means of the last maps."""
        return Plan((self.convolutions[1], 1, 1), (), (), self.classes, False)

    def layers(self) -> Shapes:
        """Of the first convolution, then block by block."""
        first, second = self.convolutions
        found: Shapes = {"conv1": (first, self.image[0], 3, 3)}
        for number, (before, after) in enumerate([(first, first), (first, first), (first, second), (second, second)]):
            block = f"block{number + 1}"
            found |= {f"{block}.conv1": (after, before, 3, 3), f"{block}.conv2": (after, after, 3, 3)}
            if number == 2:  # the one that halves height and width
                found[f"{block}.past"] = (after, before, 1, 1)
        return found | self.dense.layers()

    def norms(self) -> dict[str, int]:
        """After every convolution but those past a block."""
        if not self.batch_norm:
            return {}
        return {name.replace("conv", "bn"): shape[0] for name, shape in self.layers().items() if "conv" in name}

    @property
    def needs_two(self) -> bool:
        """Where the last maps are single values."""
        return self.batch_norm and max(self.image[1:]) <= 4

    def values(self) -> int:
        """Of the maps and the dense layer."""
        first, second = self.convolutions
        halved, quartered = (math.prod(-(-side // parts) for side in self.image[1:]) for parts in (2, 4))
        return 5 * first * halved + 5 * second * quartered + second + self.classes

    def multiply_adds(self) -> int:
        """Of one image's forward pass."""
        halved = [-(-side // 2) for side in self.image[1:]]
        quartered = [-(-side // 2) for side in halved]
        total = 0
        for name, shape in self.layers().items():
            places = halved if name.startswith(("conv1", "block1", "block2")) else quartered
            total += math.prod(shape) * (1 if name.startswith("fc") else math.prod(places))
        return total


@dataclass(frozen=True, kw_only=True)
class BuiltInModel:
    """A model of our own.

    Args:
        label: what people call it.
        network: its class, `module:name`; called with those recipe fields that its signature names.
        plan: its form, from a recipe, an image's channels, height and width, and the number of classes. Raises
            ParibusError where such images are too small for it.
        inert: recipe fields that it has no use for.
        native: whether the native kernels know its layers.
        stackable: whether runs of it can be trained as one stack, where nothing in the recipe speaks against it.
        drawn: whether pages and figures know its layers one by one: the form is a `Plan` then.
        rows: whether it takes rows of features as well as images.
    """

    label: str
    network: str
    plan: Callable[[Recipe, Image, int], Form]
    inert: frozenset[str] = frozenset()
    native: bool = False
    stackable: bool = True
    drawn: bool = True
    rows: bool = False

    @property
    def convolves(self) -> bool:
        """Whether it has filters and maps to look at."""
        return self.drawn and "conv_channels" not in self.inert


def lenet_plan(plan: Plan) -> Plan:
    """The plan, if images are large enough for two 5x5 convolutions and two halvings. Raises ParibusError."""
    _, height, width = plan.maps[-1]
    if min(height, width) < 2:
        raise ParibusError(
            "lenet needs images of at least 12 x 12 pixels (two 5x5 convolutions, each followed by a halving); "
            "got {height} x {width}",
            height=plan.image[1],
            width=plan.image[2],
        )
    return plan


def _lenet(recipe: Recipe, image: Image, classes: int) -> Plan:
    return lenet_plan(Plan(image, recipe.conv_channels, recipe.dense_widths, classes, recipe.batch_norm))


def _mlp(recipe: Recipe, image: Image, classes: int) -> Plan:
    return Plan(image, (), recipe.dense_widths, classes, recipe.batch_norm)


def _resnet(recipe: Recipe, image: Image, classes: int) -> ResidualPlan:
    first, second = recipe.conv_channels
    return ResidualPlan(image, (first, second), classes, recipe.batch_norm)


BUILT_IN_MODELS: dict[str, BuiltInModel] = {
    "lenet": BuiltInModel(
        label="LeNet",
        network="paribus.programs.recipe.models.built_in.lenet:LeNet",
        plan=_lenet,
        native=True,
    ),
    "mlp": BuiltInModel(
        label="MLP",
        network="paribus.programs.recipe.models.built_in.mlp:MLP",
        plan=_mlp,
        inert=frozenset({"conv_channels", "pooling"}),
        rows=True,
    ),
    "resnet": BuiltInModel(
        label="ResNet",
        network="paribus.programs.recipe.models.built_in.resnet:ResNet",
        plan=_resnet,
        inert=frozenset({"dense_widths", "dropout", "pooling"}),
        drawn=False,
    ),
}


def is_code(model: object) -> bool:
    """Whether a recipe's model is code of somebody's own, which runs as it is looked up."""
    return not isinstance(model, str) or model not in BUILT_IN_MODELS


def is_drawn(model: object) -> bool:
    """Whether pages and figures know the network's layers one by one."""
    return isinstance(model, str) and model in BUILT_IN_MODELS and BUILT_IN_MODELS[model].drawn


def plan_of(recipe: Recipe, image: Image, classes: int) -> Form | None:
    """The form of a recipe's network; None for a model of somebody's own."""
    model = BUILT_IN_MODELS.get(recipe.model)
    return None if model is None else model.plan(recipe, image, classes)
