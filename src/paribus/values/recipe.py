"""The recipe: everything that determines one training except its seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from paribus.values.activations import ACTIVATIONS
from paribus.values.errors import RecipeError, shown
from paribus.values.initialisations import INITIALISATIONS
from paribus.values.recipe_faults import faults_of

Value = bool | int | float | str | tuple[int, ...]

OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop")
SCHEDULES = ("constant", "cosine", "one_cycle", "step")
POOLINGS = ("max", "avg")
BATCH_ORDERS = ("as_is", "shuffled", "sorted")


def _one_of(choices: tuple[str, ...]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError("must be one of " + ", ".join(choices))
        return value

    return AfterValidator(check)


def _model_name(value: str) -> str:
    module, colon, factory = value.partition(":")
    is_path = colon and all(part.isidentifier() for part in [*module.split("."), factory])
    if value != "lenet" and not is_path:
        raise ValueError('must be lenet, or a factory of your own written "package.module:factory"')
    return value


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _widths(least: int) -> BeforeValidator:
    def check(value: object) -> object:
        value = _tuple(value)
        if isinstance(value, int) and not isinstance(value, bool):
            value = (value,)
        whole = isinstance(value, tuple) and all(type(v) is int and 1 <= v <= 65536 for v in value)
        if not whole or not least <= len(value) <= 64:  # type: ignore[arg-type]
            raise ValueError(f"must be a list of {least} to 64 whole numbers from 1 to 65536")
        return value

    return BeforeValidator(check)


def _two_widths(value: tuple[int, ...]) -> tuple[int, ...]:
    if len(value) != 2:
        raise ValueError("must be a list of two whole numbers, the channels of both convolutions")
    return value


Probability = Annotated[float, Field(ge=0, lt=1)]
Fraction = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Recipe(BaseModel):
    """One training, but for its seed. Frozen, validated, hashable; written as TOML, one line a field.

    The defaults are the built-in recipe `lesson`: the notebook's own settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    # The data, and how they are presented
    dataset: Annotated[str, Field(min_length=1, max_length=4096)] = Field(
        "mnist", description="mnist, fashion-mnist, kmnist, or a folder of IDX files"
    )
    validation_fraction: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.2, description="share of the training images held out to steer by"
    )
    train_size: Annotated[int, Field(ge=0)] = Field(
        0, description="use only this many training images, after the split; 0 means all"
    )
    normalise: bool = Field(True, description="subtract the data set's mean and divide by its deviation")
    input_scale: Finite = Field(1.0, description="multiplies the inputs, after normalisation")
    label_noise: Fraction = Field(0.0, description="share of training labels redrawn at random")
    majority_fraction: Probability = Field(
        0.0, description="class balance: share of class 0 in training and validation; 0 leaves it as it is"
    )
    batch_size: Annotated[int, Field(ge=1)] = Field(64, description="images a step")
    batch_order: Annotated[str, _one_of(BATCH_ORDERS)] = Field(
        "as_is", description="as_is, shuffled anew each epoch, or sorted by class"
    )
    drop_last: bool = Field(False, description="leave out each epoch's last, partial batch")

    # The network
    model: Annotated[str, AfterValidator(_model_name)] = Field(
        "lenet", description="lenet, or package.module:factory of your own"
    )
    conv_channels: Annotated[tuple[int, ...], _widths(2), AfterValidator(_two_widths)] = Field(
        (6, 16), description="channels of both convolutions"
    )
    dense_widths: Annotated[tuple[int, ...], _widths(0)] = Field(
        (120, 84), description="widths of the hidden dense layers, as many as wanted"
    )
    activation: Annotated[str, _one_of(tuple(ACTIVATIONS))] = Field("relu", description="after each hidden layer")
    pooling: Annotated[str, _one_of(POOLINGS)] = Field("max", description="2x2, after each convolution")
    batch_norm: bool = Field(False, description="batch normalisation before each activation")
    dropout: Probability = Field(0.0, description="probability of dropping a hidden dense unit")
    initialisation: Annotated[str, _one_of(tuple(INITIALISATIONS))] = Field(
        "default", description="the law of the first weights"
    )
    init_gain: NonNegative = Field(1.0, description="multiplies the first weights")
    bias_value: Finite | Literal["default"] = Field(
        "default", description="every bias at the start; default leaves it to the initialisation"
    )

    # The optimiser
    optimizer: Annotated[str, _one_of(OPTIMIZERS)] = Field("adam", description="how gradients become steps")
    learning_rate: Positive = Field(0.001, description="the schedule's peak")
    momentum: Probability = Field(0.0, description="of sgd and rmsprop")
    beta1: Probability = Field(0.9, description="of adam and adamw: decay of the mean gradient")
    beta2: Probability = Field(0.999, description="of adam and adamw: decay of the mean squared gradient")
    weight_decay: NonNegative = Field(0.1, description="L2 in the gradient (sgd, adam, rmsprop) or decoupled (adamw)")
    schedule: Annotated[str, _one_of(SCHEDULES)] = Field("constant", description="the learning rate over time")
    step_epochs: Annotated[int, Field(ge=1)] = Field(5, description="of schedule step: epochs between drops")
    step_factor: Annotated[float, Field(gt=0, le=1)] = Field(
        0.1, description="of schedule step: what a drop multiplies by"
    )
    warmup_epochs: NonNegative = Field(0.0, description="epochs over which the learning rate rises from zero")
    gradient_clip: NonNegative = Field(0.0, description="largest norm of the whole gradient; 0 means no limit")
    label_smoothing: Probability = Field(0.0, description="share of each label spread over all classes")
    epochs: Annotated[int, Field(ge=1, le=100_000)] = Field(15, description="passes over the training set")

    def digest(self) -> str:
        """SHA-256 (hex) of the fields that differ from the defaults.

        Fields at their default are left out, so that a field added later leaves the digests of today's recipes
        alone. (What a default *means* belongs to the code identity.)
        """
        return hashlib.sha256(json.dumps(self.changed(), sort_keys=True).encode()).hexdigest()

    def changed(self) -> dict[str, Any]:
        """The fields that differ from the defaults, as plain JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def differences(self, other: Recipe) -> dict[str, tuple[Any, Any]]:
        """Field by field where two recipes differ: `{field: (mine, theirs)}`."""
        mine, theirs = self.model_dump(), other.model_dump()
        return {field: (mine[field], theirs[field]) for field in mine if mine[field] != theirs[field]}

    def with_field(self, field: str, value: Any) -> Recipe:
        """The same recipe with one field changed, validated as a whole."""
        try:
            return Recipe.model_validate({**self.model_dump(), field: value})
        except ValidationError as error:
            raise RecipeError(f"{field}={shown(value)}", faults_of(error, FIELDS)) from None


FIELDS: tuple[str, ...] = tuple(Recipe.model_fields)

# Fields that do nothing under some values of another: as a factor they would compare an arm with itself.
INERT: dict[str, tuple[str, Callable[[Recipe], bool]]] = {
    "momentum": ("only optimizer sgd and rmsprop use it", lambda r: r.optimizer in ("adam", "adamw")),
    "beta1": ("only optimizer adam and adamw use it", lambda r: r.optimizer in ("sgd", "rmsprop")),
    "beta2": ("only optimizer adam and adamw use it", lambda r: r.optimizer in ("sgd", "rmsprop")),
    "step_epochs": ("only schedule step uses it", lambda r: r.schedule != "step"),
    "step_factor": ("only schedule step uses it", lambda r: r.schedule != "step"),
}
