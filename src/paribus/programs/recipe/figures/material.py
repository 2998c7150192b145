"""Figures of a comparison or a run: what each kind is drawn from, gathered from the store, or what makes it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import ParibusError, StoreError
from paribus.core.field_text import value_word
from paribus.core.messages import Message
from paribus.diagnosis.findings import findings_of
from paribus.figures.kinds import Material, check_kind, check_run_kind, figure, run_figure
from paribus.programs.recipe.figures.confusion import ClassShares
from paribus.programs.recipe.figures.features import ArmFeatures, FeaturesView
from paribus.programs.recipe.figures.run import UNSEEN, RunMaterial
from paribus.programs.recipe.model_table import BUILT_IN_MODELS
from paribus.programs.recipe.networks import convolved, trained_network
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.records.comparison import ArmView, Comparison, RunView
from paribus.records.explanation import Explanation
from paribus.records.finding import Finding
from paribus.records.map import VerdictMap
from paribus.records.trace import StepTrace
from paribus.runs.store import RunFolder, Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from paribus.programs.recipe.models import LeNet
    from paribus.results import Run


def comparison_figure(
    comparison: Comparison, store: Store, kind: str, lang: str, seed: int | None = None, image: int = 0
) -> Figure:
    """A figure of the kinds of docs/commands.md. `seed` chooses the runs of `forces` and `features`.

    Without it that is the first seed in which most arms trained.
    `image`: place in the test set of the one that `features` shows. Raises ParibusError for whatever is missing, with
    the command that makes it.
    """
    check_kind(kind)
    chosen = _seed(comparison, seed)
    material = Material(
        seed=chosen,
        traces=_traces(comparison, store, chosen) if kind == "forces" else {},
        features=_features(comparison, store, chosen, image) if kind == "features" else None,
        explanation=_explanation(comparison, store) if kind == "interventions" else None,
        map=_map(comparison, store) if kind == "map" else None,
    )
    return figure(comparison, kind, lang, material)


def maps_reaching(comparison: Comparison, store: Store) -> tuple[VerdictMap, ...]:
    """The maps of the store in whose plane the comparison lies, the latest last."""
    return tuple(made for made in store.map_survey()[0] if made.reaches(comparison))


def _seed(comparison: Comparison, seed: int | None) -> int:
    if seed is not None and seed not in comparison.seeds:
        raise ParibusError("{field} must be one of {choices}", field="seed", choices=comparison.seeds, got=seed)
    if seed is not None:
        return seed
    return max(comparison.seeds, key=lambda one: sum(_run(arm, one).counted for arm in comparison.arms))


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


def _explanation(comparison: Comparison, store: Store) -> Explanation:
    found = store.explanation(comparison.id)
    if found is None:
        raise ParibusError(
            "interventions are drawn from an explanation, and nobody asked for one yet: {command}",
            command=f"paribus why {comparison.id}",
        )
    if not any(tested.screened or tested.confirmed for tested in found.tested):
        raise ParibusError(
            "interventions are drawn from their runs, and this explanation has none: {command}",
            command=f"paribus why {comparison.id}",
        )
    return found


def _map(comparison: Comparison, store: Store) -> VerdictMap:
    found = maps_reaching(comparison, store)
    if not found:
        values = ",".join(value_word(arm.value) for arm in comparison.arms)
        axis = "learning_rate=1e-4,1e-3,1e-2" if comparison.factor != "learning_rate" else "batch_size=32,64,128"
        changed = recipe_of(comparison.arms[0].fields).changed()
        settings = [f"--set={f}={value_word(v)}" for f, v in changed.items() if f != comparison.factor]
        words = ["paribus", "map", f"{comparison.factor}={values}", "--over", axis, *settings]
        raise ParibusError(
            "no map of this comparison is there yet. This would make one: {command}", command=shlex.join(words)
        )
    return found[-1]


def figure_of_run(run: Run, kind: str = "curves", lang: str = "en", image: int = 0) -> Figure:
    """A figure of the kinds of docs/report.md. `image`: place in the test set of the one that `features` shows.

    Raises ParibusError for whatever is missing.
    """
    from paribus.programs.recipe.data import open_dataset

    check_run_kind(kind)
    material = RunMaterial(
        record=run.record,
        epochs=run.epochs,
        trace=run.folder.trace() if kind not in UNSEEN else (),
        class_names=open_dataset(run.recipe.dataset).class_names if kind in ("classes", "features") else (),
        shares=_shares(run) if kind == "classes" else None,
        features=_features_of_run(run, image) if kind == "features" else None,
    )
    return run_figure(material, kind, lang)


def check_run_figure(kind: str, probes: str) -> None:
    """Raise ParibusError unless a run with these probes can be drawn so."""
    check_run_kind(kind)
    if probes == "off" and kind not in UNSEEN:
        raise ParibusError(
            "{what} are drawn from what the probes see; got --probes=off. Without them: {choices}",
            what=kind,
            choices=UNSEEN,
        )


def findings_of_run(run: Run) -> tuple[Finding, ...]:
    """What the rules see in this run alone, the strongest first; none where no probe looked."""
    return findings_of(run.folder.trace(), run.epochs)


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
