"""The recipe: everything that determines one training except its seed."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from paribus.core.activations import ACTIVATIONS
from paribus.core.errors import Fault, RecipeError, shown
from paribus.core.field_faults import PATHOLOGICAL, faults_of, own_name, under_own_names
from paribus.core.fields import About, FieldSpec, Labels, OneOf, specifications
from paribus.core.messages import Message, mark
from paribus.programs.recipe import recipe_digest
from paribus.programs.recipe.field_types import (
    BATCH_ORDERS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULES,
    Finite,
    Fraction,
    NonNegative,
    OneOfOrOwn,
    Positive,
    Probability,
    Widths,
    model_name,
    switch,
    two_widths,
    widths,
)
from paribus.programs.recipe.initialisation_schemes import INITIALISATIONS
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS, is_code
from paribus.programs.recipe.own_code import is_own, or_own
from paribus.records.program import Fields, settled

_data = partial(About, group="data")
_network = partial(About, group="network")
_optimiser = partial(About, group="optimiser")

RECIPE = Message("recipe")


class Recipe(BaseModel):
    """One training, but for its seed. Frozen, validated, hashable; written as TOML, one line a field.

    The defaults are the built-in recipe `lesson`: the notebook's own settings. A field is described here and nowhere
    else: `SPECIFICATIONS` holds what is said here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    # The data, and how they are presented
    dataset: Annotated[
        str,
        Field(min_length=1, max_length=4096),
        _data(
            label=mark("data set"),
            names={"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "kmnist": "KMNIST", "cifar-10": "CIFAR-10"},
            spellings=("data",),
            written="text",
            factor=False,
        ),
    ] = Field("mnist", description=mark("mnist, fashion-mnist, kmnist, cifar-10, or a file or folder of your own"))
    validation_fraction: Annotated[float, Field(gt=0, lt=1), _data(label=mark("validation fraction"))] = Field(
        0.2, description=mark("share of the training set held out to steer by")
    )
    train_size: Annotated[int, Field(ge=0), _data(label=mark("size of the training set"), unit=mark("examples"))] = (
        Field(0, description=mark("use only so much of the training set, after the split; 0 means all"))
    )
    normalise: Annotated[
        bool,
        _data(
            label=mark("input normalisation"),
            names=switch(mark("with input normalisation"), mark("without input normalisation")),
            spellings=("normalize",),
        ),
    ] = Field(True, description=mark("subtract the data set's mean and divide by its deviation"))
    input_scale: Annotated[Finite, _data(label=mark("input scale"))] = Field(
        1.0, description=mark("multiplies the inputs, after normalisation")
    )
    label_noise: Annotated[Fraction, _data(label=mark("label noise"))] = Field(
        0.0, description=mark("share of training labels redrawn at random")
    )
    majority_fraction: Annotated[Probability, _data(label=mark("share of the majority class"))] = Field(
        0.0, description=mark("class balance: share of class 0 in training and validation; 0 leaves it as it is")
    )
    batch_size: Annotated[int, Field(ge=1), _data(label=mark("batch size"), unit=mark("examples"))] = Field(
        64, description=mark("examples a step")
    )
    batch_order: Annotated[str, OneOf(BATCH_ORDERS), _data(label=mark("batch order"), spellings=("shuffle",))] = Field(
        "as_is", description=mark("as_is, shuffled anew each epoch, or sorted by class")
    )
    drop_last: Annotated[
        bool,
        _data(label=mark("dropping the last batch"), names=switch(mark("last batch dropped"), mark("last batch kept"))),
    ] = Field(False, description=mark("leave out each epoch's last, partial batch"))

    # The network
    model: Annotated[
        str,
        AfterValidator(model_name),
        _network(
            label=mark("model"),
            names=Labels(BUILT_IN_MODELS),
            written=", ".join(f"`{name}`" for name in (*BUILT_IN_MODELS, "package.module:factory")),
        ),
    ] = Field("lenet", description=mark("a built-in network, or package.module:factory of your own"))
    conv_channels: Annotated[
        Widths,
        BeforeValidator(partial(widths, least=2)),
        AfterValidator(two_widths),
        _network(label=mark("convolution channels"), written="list of 2"),
    ] = Field((6, 16), description=mark("channels of both convolutions"))
    dense_widths: Annotated[
        Widths,
        BeforeValidator(partial(widths, least=0)),
        _network(label=mark("dense widths"), written="list of 0 to 64"),
    ] = Field((120, 84), description=mark("widths of the hidden dense layers, as many as wanted"))
    activation: Annotated[str, OneOf(Labels(ACTIVATIONS)), _network(label=mark("activation"))] = Field(
        "relu", description=mark("after each hidden layer")
    )
    pooling: Annotated[
        str, OneOf({"max": mark("max pooling"), "avg": mark("average pooling")}), _network(label=mark("pooling"))
    ] = Field("max", description=mark("2x2, after each convolution"))
    batch_norm: Annotated[
        bool,
        _network(
            label=mark("batch normalisation"),
            names=switch(mark("with batch normalisation"), mark("without batch normalisation")),
            spellings=("batchnorm",),
        ),
    ] = Field(False, description=mark("batch normalisation before each activation"))
    dropout: Annotated[Probability, _network(label=mark("dropout"))] = Field(
        0.0, description=mark("probability of dropping a hidden dense unit")
    )
    initialisation: Annotated[
        str,
        OneOf(Labels(INITIALISATIONS)),
        _network(label=mark("initialisation"), spellings=("initialization",)),
    ] = Field("default", description=mark("the law of the first weights"))
    init_gain: Annotated[NonNegative, _network(label=mark("initialisation gain"))] = Field(
        1.0, description=mark("multiplies the first weights")
    )
    bias_value: Annotated[
        Finite | Literal["default"],
        _network(label=mark("initial bias"), names={"default": mark("default biases")}, written="number, or `default`"),
    ] = Field("default", description=mark("every bias at the start; default leaves it to the initialisation"))

    # The optimiser
    optimizer: Annotated[
        str,
        OneOfOrOwn(OPTIMIZERS),
        _optimiser(label=mark("optimiser"), spellings=("optimiser",), written=or_own(OPTIMIZERS)),
    ] = Field("adam", description=mark("how gradients become steps; or package.module:name of your own"))
    loss: Annotated[str, OneOfOrOwn(LOSSES), _optimiser(label=mark("loss"), written=or_own(LOSSES))] = Field(
        "cross_entropy", description=mark("what training makes small; or package.module:name of your own")
    )
    learning_rate: Annotated[Positive, _optimiser(label=mark("learning rate"), spellings=("lr",))] = Field(
        0.001, description=mark("the schedule's peak")
    )
    momentum: Annotated[
        Probability, _optimiser(label=mark("momentum"), used_with=("optimizer", ("sgd", "rmsprop")))
    ] = Field(0.0, description=mark("of sgd and rmsprop"))
    beta1: Annotated[Probability, _optimiser(label=mark("β₁"), used_with=("optimizer", ("adam", "adamw")))] = Field(
        0.9, description=mark("of adam and adamw: decay of the mean gradient")
    )
    beta2: Annotated[Probability, _optimiser(label=mark("β₂"), used_with=("optimizer", ("adam", "adamw")))] = Field(
        0.999, description=mark("of adam and adamw: decay of the mean squared gradient")
    )
    weight_decay: Annotated[NonNegative, _optimiser(label=mark("weight decay"))] = Field(
        0.1, description=mark("L2 in the gradient (sgd, adam, rmsprop) or decoupled (adamw)")
    )
    schedule: Annotated[str, OneOf(SCHEDULES), _optimiser(label=mark("learning-rate schedule"))] = Field(
        "constant", description=mark("the learning rate over time")
    )
    step_epochs: Annotated[
        int,
        Field(ge=1),
        _optimiser(label=mark("epochs between steps"), unit=mark("epochs"), used_with=("schedule", ("step",))),
    ] = Field(5, description=mark("of schedule step: epochs between drops"))
    step_factor: Annotated[
        float, Field(gt=0, le=1), _optimiser(label=mark("step factor"), used_with=("schedule", ("step",)))
    ] = Field(0.1, description=mark("of schedule step: what a drop multiplies by"))
    warmup_epochs: Annotated[NonNegative, _optimiser(label=mark("warm-up epochs"), unit=mark("epochs"))] = Field(
        0.0, description=mark("epochs over which the learning rate rises from zero")
    )
    gradient_clip: Annotated[NonNegative, _optimiser(label=mark("gradient clipping"))] = Field(
        0.0, description=mark("largest norm of the whole gradient; 0 means no limit")
    )
    label_smoothing: Annotated[
        Probability, _optimiser(label=mark("label smoothing"), used_with=("loss", ("cross_entropy",)))
    ] = Field(0.0, description=mark("share of each label spread over all classes"))
    epochs: Annotated[int, Field(ge=1, le=100_000), _optimiser(label=mark("epochs"), unit=mark("epochs"))] = Field(
        15, description=mark("passes over the training set")
    )

    @model_validator(mode="before")
    @classmethod
    def _by_own_names(cls, given: Any) -> Any:
        """Any spelling is accepted, and none kept but the field's own."""
        if given == {}:
            raise RecipeError(Message("{name}", name="Recipe()"), [Fault(PATHOLOGICAL)])
        return under_own_names(given, canonical, RECIPE) if isinstance(given, dict) else given

    def digest(self) -> str:
        """SHA-256 (hex) of every field, whatever the defaults are."""
        return recipe_digest.digest(self.model_dump(mode="json"))

    def telling(self) -> dict[str, Any]:
        """What the digest is of, as plain JSON values."""
        return recipe_digest.telling(self.model_dump(mode="json"))

    def as_fields(self) -> Fields:
        """The values of all fields, as programs have them."""
        return Fields(self.model_dump())

    @property
    def own_fields(self) -> dict[str, Any]:
        """What it has besides a recipe's fields: of a factory of somebody's own."""
        return dict(self.model_extra or {})

    def changed(self) -> dict[str, Any]:
        """The fields that differ from the defaults, as plain JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def differences(self, other: Recipe) -> dict[str, tuple[Any, Any]]:
        """Field by field where two recipes differ: `{field: (mine, theirs)}`."""
        return self.as_fields().differences(other.as_fields())

    def with_field(self, field: str, value: Any) -> Recipe:
        """The same recipe with one field changed, validated as a whole."""
        try:
            own, value = canonical(field, value)
            values = {**self.model_dump(), own: value}
            return recipe_class(values).model_validate(values)
        except ValidationError as error:
            faults = faults_of(error, SPECIFICATIONS)
            raise RecipeError("{name}={value}", faults, name=field, value=shown(value)) from None


class OwnRecipe(Recipe):
    """A recipe whose model is a factory with parameters of its own, which are fields as well (`factories`)."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _settled(cls, given: Any) -> Any:
        return {name: value if name in SPECIFICATIONS else settled(value) for name, value in given.items()}


def recipe_class(values: Mapping[str, Any]) -> type[Recipe]:
    """What a recipe of these fields is: with fields that no recipe has, where its model may have them."""
    model = values.get("model")
    own = isinstance(model, str) and is_code(model) and any(name not in SPECIFICATIONS for name in values)
    return OwnRecipe if own else Recipe


SPECIFICATIONS: dict[str, FieldSpec] = specifications(Recipe)
FIELDS: tuple[str, ...] = tuple(SPECIFICATIONS)


@functools.lru_cache(maxsize=1 << 12)
def recipe_of(fields: Fields) -> Recipe:
    """The recipe that has these fields. Raises RecipeError, with all faults, where they are not a recipe's."""
    try:
        return recipe_class(fields).model_validate(dict(fields))
    except ValidationError as error:
        raise RecipeError("the recipe", faults_of(error, SPECIFICATIONS)) from None


def canonical(field: str, value: Any) -> tuple[str, Any]:
    """A field under its own name, with its value. `shuffle = true` is `batch_order = "shuffled"`; `ReLU` is relu."""
    if field == "shuffle" and isinstance(value, bool):
        value = "shuffled" if value else "as_is"
    name = own_name(field, SPECIFICATIONS)
    return name, SPECIFICATIONS[name].meant(value) if name in SPECIFICATIONS else value


def inert(field: str, recipe: Recipe) -> Message | None:
    """Why a field does nothing in a recipe, so that as a factor it would compare an arm with itself; else None."""
    model = BUILT_IN_MODELS.get(recipe.model)
    if model is not None and field in model.inert:
        return Message("{other_field} {value} has no use for it", other_field="model", value=recipe.model)
    spec = SPECIFICATIONS.get(field)
    if is_own(recipe.optimizer) and spec is not None and (spec.about.used_with or ("",))[0] == "optimizer":
        return None  # which of these it uses, its own signature says
    return None if spec is None else spec.inert(recipe.model_dump())


LESSON = Recipe(model="lenet")  # every field at its default
