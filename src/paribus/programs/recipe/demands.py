"""What recipes ask of their data, checked before a run starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from paribus.core.errors import ErrorCollector, Fault, RecipeError
from paribus.programs.recipe.recipe import Recipe

if TYPE_CHECKING:
    from paribus.programs.recipe.data import DataSet

Sets = Callable[[str], "DataSet"]  # data sets by name


def check_data(recipes: Sequence[Recipe], seeds: Sequence[int], sets: Sets) -> None:
    """Raise RecipeError or DataError where a recipe asks for what its data set has not.

    How many images of a class a seed's split leaves differs from seed to seed: it matters to `majority_fraction`.
    """
    from paribus.programs.recipe.data.prepare import input_table
    from paribus.programs.recipe.data.sampling import sample

    errors = ErrorCollector("the plan")
    for recipe in dict.fromkeys(recipes):
        dataset = sets(recipe.dataset)
        with errors:
            counted = seeds if recipe.majority_fraction > 0 else seeds[:1]
            images = min(len(sample(dataset.train_labels, dataset.classes, recipe, seed).train) for seed in counted)
            input_table(dataset, recipe)
            if recipe.drop_last and images < recipe.batch_size:
                fault = Fault(
                    "{field} must be at most {most:,}, the training images, as drop_last leaves out less",
                    recipe.batch_size,
                    field="batch_size",
                    most=images,
                )
                raise RecipeError("what the recipe asks of the data", [fault])
    errors.raise_all()
