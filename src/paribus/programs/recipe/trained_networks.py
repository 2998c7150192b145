"""The networks of recipes, and those of runs with the weights that they reached."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from paribus.core.errors import ParibusError, StoreError
from paribus.programs.recipe.cost import network
from paribus.programs.recipe.kernels import PLAIN
from paribus.programs.recipe.model_registry import is_code
from paribus.programs.recipe.recipe import recipe_of
from paribus.records.run import RunRecord
from paribus.runs.store import RunFolder

if TYPE_CHECKING:
    from torch import Tensor, nn

    from paribus.programs.recipe.models import LeNet


def trained_network(record: RunRecord, folder: RunFolder, trust: bool = False, kernel: str = "") -> nn.Module:
    """What a run ended with, or has reached; see `Run.model`. kernel: in place of that which it was trained with."""
    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.training.state_arrays import load_weights

    recipe = recipe_of(record.fields)
    if is_code(recipe.model) and not trust:
        raise ParibusError(
            "the model of {name} is {what!q}, code of somebody's own that would run with your rights, as it now "
            "is on this machine. Where you trust it: model(trust=True)",
            name=record.id,
            what=recipe.model,
        )
    model = network(recipe, open_dataset(recipe.dataset), kernel or record.environment.kernel)
    weights = folder.recorded_weights()
    try:
        load_weights(model, weights)
    except RuntimeError as error:
        raise StoreError(
            "{path}: its weights do not fit the recipe's network: {fault}", path=folder.path, fault=str(error)
        ) from None
    return model.eval()


def convolved(model: LeNet, x: Tensor) -> tuple[Tensor, Tensor]:
    """What its forward pass hands to its two poolings: the activations of both convolutions, for images as it reads."""
    seen: list[Tensor] = []
    twin = copy.copy(model)
    twin.pool_first, twin.kernel = False, PLAIN

    def pool(maps: Tensor, side: int) -> Tensor:
        seen.append(maps)
        return model.pool(maps, side)

    twin.pool = pool
    twin(x)
    return seen[0], seen[1]
