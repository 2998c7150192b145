"""Whether a recipe can be trained on its data at all: all that can be known before a process is started."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from paribus.core.errors import DataError, ErrorCollector, Fault, ParibusError, RecipeError
from paribus.core.messages import mark
from paribus.programs.recipe.data import DataSet
from paribus.programs.recipe.data.prepare import input_table
from paribus.programs.recipe.data.split import sample
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.metric_choice import own_metrics
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS, plan_of
from paribus.programs.recipe.own_code import is_own, own_code
from paribus.programs.recipe.recipe import Recipe
from paribus.records.program import ProgramInfo

if TYPE_CHECKING:
    from paribus.records.intervention import Intervention

Sets = Callable[[str], DataSet]  # data sets by name


def check_recipes(
    recipes: Sequence[Recipe], seeds: Sequence[int], sets: Sets, judged: ProgramInfo = RECIPE, device: str = "cpu"
) -> None:
    """Raise ParibusError, with all faults at once, for what the data have not and what a network fails at.

    Code of somebody's own, a model, a loss, an optimiser or a metric, is tried on one batch on the device. judged: by
    what the recipes are.
    """
    errors = ErrorCollector("the plan")
    metrics = own_metrics(judged)
    shares = frozenset(name for name in metrics if judged.metric(f"test_{name}").unit == "share")
    for recipe in dict.fromkeys(recipes):
        dataset = sets(recipe.dataset)
        with errors:
            _check_judged(recipe, dataset, judged, len({one.loss for one in recipes}))
            lone = check_data(recipe, seeds, dataset)
            if own_code(recipe.as_fields()) or metrics:
                _try_on_one_batch(recipe, dataset, seeds[0], lone, (*metrics.items(),), shares, device)
    errors.raise_all()


def _check_judged(recipe: Recipe, dataset: DataSet, judged: ProgramInfo, losses: int) -> None:
    """Raise ParibusError where targets are numbers, and a loss or a metric is of classes."""
    if not dataset.numbers:
        return
    errors = ErrorCollector("the plan")
    with errors:
        if any("accuracy" in metric.name for metric in (judged.judging, judged.steering)):
            raise ParibusError(
                "the targets of {name} are numbers, which have no accuracy: say by what is judged, --metric loss or "
                "--metric package.module:name:min (in Python metric=)",
                name=dataset.name,
            )
    with errors:
        if not is_own(recipe.loss):
            raise ParibusError(
                "the targets of {name} are numbers, and {loss} is of classes: name another loss, --set "
                "loss=torch.nn:MSELoss or one of your own. Classes are written as whole numbers or words",
                name=dataset.name,
                loss=recipe.loss,
            )
    with errors:
        if losses > 1 and {judged.judged, judged.steers} & {"test_loss", "val_loss"}:
            raise ParibusError(
                "arms that differ in their loss have no loss in common to be judged by: --metric "
                "package.module:name:min (in Python metric=)"
            )
    errors.raise_all()


def check_data(recipe: Recipe, seeds: Sequence[int], dataset: DataSet) -> int | None:
    """Raise RecipeError or DataError where a recipe asks for what its data set has not.

    Gives the number of training images under which an epoch's last batch has one, where there is such a seed. How many
    images of a class a seed's split leaves differs from seed to seed: it matters to `majority_fraction`.
    """
    counted = seeds if recipe.majority_fraction > 0 else seeds[:1]
    counts = [len(sample(dataset.train_labels, dataset.classes, recipe, seed).train) for seed in counted]
    input_table(dataset, recipe)
    size, faults = recipe.batch_size, []
    if recipe.drop_last and min(counts) < size:
        rule = mark("{field} must be at most {most:,}, the size of the training set, as drop_last leaves out less")
        faults.append(Fault(rule, size, field="batch_size", most=min(counts)))
    lone = next((count for count in counts if size == 1 or (count % size == 1 and not recipe.drop_last)), None)
    if dataset.is_table and recipe.model in BUILT_IN_MODELS and not BUILT_IN_MODELS[recipe.model].rows:
        raise RecipeError(
            "what the recipe asks of the data",
            [
                Fault(
                    "{field} {value} takes images, and {name} is a table of features; take mlp, or a network of your "
                    "own",
                    field="model",
                    value=recipe.model,
                    name=dataset.name,
                )
            ],
        )
    plan = plan_of(recipe, dataset.image_shape, dataset.outputs)
    if lone is not None and plan is not None and plan.needs_two:
        rule = mark(
            "{field} leaves one image for an epoch's last batch ({most:,} images), and batch normalisation learns from "
            "two or more; set drop_last = true, or another {field}"
        )
        faults.append(Fault(rule, size, field="batch_size", most=lone))
    if faults:
        raise RecipeError("what the recipe asks of the data", faults)
    return lone


def possible(recipe: Recipe, proposed: Sequence[Intervention], sets: Sets) -> Iterator[Intervention]:
    """Of the interventions proposed for a recipe, those whose batches its data can fill."""
    for intervention in proposed:
        changed = recipe
        for change in intervention.changes:
            changed = changed.with_field(change.factor, change.after)
        if not {"batch_norm", "batch_size"}.isdisjoint(change.factor for change in intervention.changes):
            try:
                check_data(changed, (0,), sets(recipe.dataset))
            except RecipeError:
                continue
            except DataError:  # data that are gone are told of where they are needed
                pass
        yield intervention


@functools.lru_cache(maxsize=1 << 10)  # a map, or a search, asks again and again
def _try_on_one_batch(
    recipe: Recipe,
    dataset: DataSet,
    seed: int,
    lone: int | None,
    metrics: tuple[tuple[str, str], ...],
    shares: frozenset[str],
    device: str,
) -> None:
    from paribus.programs.recipe.models.one_batch import check_on_one_batch

    check_on_one_batch(recipe, dataset, seed, lone, dict(metrics), shares, device)
