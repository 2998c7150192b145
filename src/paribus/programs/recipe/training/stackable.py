"""Which runs can be stacked: trained at once, their parameters side by side. No torch here."""

from __future__ import annotations

from paribus.programs.recipe.model_registry import BUILT_IN_MODELS
from paribus.programs.recipe.own_code import own_steps
from paribus.programs.recipe.recipe import Recipe

# Recipe fields in which runs of one stack may differ: they change neither a tensor's shape nor a step's form.
FREE = (
    "normalise",
    "input_scale",
    "label_noise",
    "initialisation",
    "init_gain",
    "bias_value",
    "learning_rate",
    "momentum",
    "beta1",
    "beta2",
    "weight_decay",
    "schedule",
    "step_epochs",
    "step_factor",
    "warmup_epochs",
    "gradient_clip",
)


def can_stack(recipe: Recipe) -> bool:
    """Whether runs of the recipe can be stacked: not code of the user's own, which may do what it likes, nor dropout,
    whose draws are a run's own.
    """
    model = BUILT_IN_MODELS.get(recipe.model)
    return model is not None and model.stackable and recipe.dropout == 0 and not own_steps(recipe)


def stack_key(recipe: Recipe) -> str:
    """Equal for recipes whose runs fit into one stack, where `can_stack` holds."""
    defaults = {field: Recipe.model_fields[field].default for field in FREE}
    return recipe.model_copy(update=defaults).digest()
