"""What the recipe's own figures are drawn from, gathered from the store, or what makes it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import ParibusError, StoreError
from paribus.core.field_text import value_word
from paribus.core.messages import Message
from paribus.programs.recipe.figures.confusion import ClassShares
from paribus.programs.recipe.figures.features import ArmFeatures, FeaturesView
from paribus.programs.recipe.figures.run import UNSEEN, RunMaterial
from paribus.programs.recipe.metric_choice import metric_words
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.programs.recipe.trained_networks import convolved, trained_network
from paribus.records.comparison import ArmView, Comparison, RunView
from paribus.records.trace import StepTrace
from paribus.runs.store import RunFolder, Store

if TYPE_CHECKING:
    from paribus.programs.recipe.models import LeNet
    from paribus.results import Run


def _run(arm: ArmView, seed: int) -> RunView:
    return next(run for run in arm.runs if run.seed == seed)


def _traces(comparison: Comparison, store: Store, seed: int) -> dict[str, tuple[StepTrace, ...]]:
    found = {}
    for arm in comparison.arms:
        run = _run(arm, seed)
        try:
            trace = store.open_run(run.id).trace()
        except StoreError as error:
            raise ParibusError(
                "forces are drawn from what the probes saw, and one is missing ({problem}). This makes it again: "
                "{command}",
                problem=error.message,
                command=comparison.command,
            ) from None
        if not trace:
            raise ParibusError(
                "{what} are drawn from what the probes saw, and run {name} was trained with --probes=off. Its trace "
                "comes with a new run: in another store (--out) or on another seed",
                what="forces",
                name=run.id,
            )
        found[arm.name] = trace
    if len({tuple(trace[0].layers) for trace in found.values()}) > 1:
        raise ParibusError("forces are drawn layer by layer, and these arms differ in their layers")
    return found


@dataclass(frozen=True, eq=False)
class ShownImage:
    """A test image. pixels: uint8 [channels, height, width]; table: [256], the input that a byte becomes."""

    index: int
    label: int
    pixels: NDArray[np.uint8]
    table: NDArray[np.float32]

    def view(self, seed: int, arms: tuple[ArmFeatures, ...]) -> FeaturesView:
        """What networks make of it."""
        return FeaturesView(self.index, self.label, np.moveaxis(self.pixels, 0, -1), seed, arms)


def shown_image(recipe: Recipe, index: int) -> ShownImage:
    """The image at this place of the recipe's test set. Raises ParibusError where there is none, or no LeNet."""
    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.data.prepare import input_table

    model = BUILT_IN_MODELS.get(recipe.model)
    if model is None or not model.convolves:
        raise ParibusError("features are drawn of lenet, whose layers are known", got=recipe.model)
    dataset = open_dataset(recipe.dataset)
    if not 0 <= index < len(dataset.test_labels):
        last = len(dataset.test_labels) - 1
        raise ParibusError("image must be from 0 to {most}, its place in the test set", most=last, got=index)
    if dataset.test_images.dtype != np.uint8:
        raise ParibusError(
            "features are drawn of images whose values are bytes; {name} is of floats", name=dataset.name
        )
    pixels = np.asarray(dataset.test_images[index])
    return ShownImage(index, int(dataset.test_labels[index]), pixels, input_table(dataset, recipe))


def features_of(name: str, folder: RunFolder, image: ShownImage) -> ArmFeatures:
    """What a run's network makes of an image. Raises StoreError where its weights are missing."""
    import torch

    model = cast("LeNet", trained_network(folder.record(), folder))
    with torch.no_grad():
        inputs = torch.from_numpy(image.table[image.pixels])[None]
        first, second = (maps[0].numpy() for maps in convolved(model, inputs))
        probabilities = model(inputs)[0].softmax(dim=0)
        filters = model.conv1.weight.mean(dim=1)
    return ArmFeatures(name, filters.numpy(), first, second, probabilities.numpy())


def _features(comparison: Comparison, store: Store, seed: int, image: int) -> FeaturesView:
    made: list[ArmFeatures] = []
    images = [shown_image(recipe_of(arm.fields), image) for arm in comparison.arms]
    for arm, shown_to in zip(comparison.arms, images, strict=True):
        try:
            made.append(features_of(arm.name, store.open_run(_run(arm, seed).id), shown_to))
        except StoreError as error:
            raise ParibusError(
                "features are drawn from the runs' weights, and one is missing ({problem}). This makes it again: "
                "{command}",
                problem=error.message,
                command=comparison.command,
            ) from None
    return images[0].view(seed, tuple(made))


def figure_material(comparison: Comparison, store: Store, kind: str, seed: int, image: int) -> dict[str, Any]:
    """What the recipe's own kinds are drawn from. Raises ParibusError for whatever is missing, with what makes it."""
    return {
        "traces": _traces(comparison, store, seed) if kind == "forces" else {},
        "features": _features(comparison, store, seed, image) if kind == "features" else None,
    }


def map_command(comparison: Comparison) -> str:
    """A map over what is usually worth a look."""
    values = ",".join(value_word(arm.value) for arm in comparison.arms)
    axis = "learning_rate=1e-4,1e-3,1e-2" if comparison.factor != "learning_rate" else "batch_size=32,64,128"
    changed = recipe_of(comparison.arms[0].fields).changed()
    settings = [f"--set={f}={value_word(v)}" for f, v in changed.items() if f != comparison.factor]
    judged = metric_words(comparison.program)
    return shlex.join(["paribus", "map", f"{comparison.factor}={values}", "--over", axis, *settings, *judged])


def run_material(run: Run, kind: str, image: int = 0) -> RunMaterial:
    """What a run is drawn from. `image`: place in the test set of the one that `features` shows.

    Raises ParibusError for whatever is missing.
    """
    from paribus.programs.recipe.data import open_dataset

    return RunMaterial(
        record=run.record,
        epochs=run.epochs,
        trace=run.folder.trace() if kind not in UNSEEN else (),
        class_names=open_dataset(run.recipe.dataset).class_names if kind in ("classes", "features") else (),
        shares=_shares(run) if kind == "classes" else None,
        features=_features_of_run(run, image) if kind == "features" else None,
    )


def check_run_figure(kind: str, probes: str) -> None:
    """Raise ParibusError unless a run with these probes can be drawn so."""
    if probes == "off" and kind not in UNSEEN:
        raise ParibusError(
            "{what} are drawn from what the probes see; got --probes=off. Without them: {choices}",
            what=kind,
            choices=UNSEEN,
        )


def _shares(run: Run) -> ClassShares:
    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.data.split import sample

    result = run.folder.result()
    if result is None or "classes" not in result.items:
        raise ParibusError(
            "classes are drawn from the answers to the test images; run {name}, {status}, has none",
            name=run.record.id,
            status=Message(run.record.status),
        )
    dataset = open_dataset(run.recipe.dataset)
    trained = sample(dataset.train_labels, dataset.classes, run.recipe, run.record.seed).train_labels
    counted = (trained, dataset.test_labels, result.items["classes"])
    return ClassShares(
        *(tuple((np.bincount(of, minlength=dataset.classes) / max(1, len(of))).tolist()) for of in counted)
    )


def _features_of_run(run: Run, image: int) -> FeaturesView:
    shown = shown_image(run.recipe, image)
    try:
        made = features_of("", run.folder, shown)
    except StoreError as error:
        raise ParibusError(
            "features are drawn from the run's weights, and they are missing ({problem})", problem=error.message
        ) from None
    return shown.view(run.record.seed, (made,))
