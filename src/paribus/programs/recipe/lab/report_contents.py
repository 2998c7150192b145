"""What of the store lies inside a report: the networks of one seed, moments of their training, some test images."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError, StoreError
from paribus.programs.recipe.confusion import evidence_of
from paribus.programs.recipe.data.dataset import DataSet, open_dataset
from paribus.programs.recipe.data.inventory import catalogue
from paribus.programs.recipe.data.prepare import input_table
from paribus.programs.recipe.lab.lab_data import BUDGET, lab_data
from paribus.programs.recipe.lab.training_moments import ArmMaterial, LabMaterial, Snapshot, nothing
from paribus.programs.recipe.model_registry import is_drawn
from paribus.programs.recipe.recipe import recipe_of
from paribus.records.comparison import Comparison, RunView
from paribus.records.run import RunResult
from paribus.runs.store import Checkpoint, Damage, RunFolder, Store
from paribus.words.errors import message_words

if TYPE_CHECKING:
    from paribus.records.trace import StepTrace

IMAGES = 60  # test images in a page; those on which the arms disagree are among them
IMAGE_BYTES = 400_000  # of all of them; large ones are fewer


def report_lab(comparison: Comparison, store: Store, lang: str, budget: int = BUDGET) -> dict[str, Any]:
    """The data of the page's lab (`lab.lab_data`), from the store.

    What cannot be read, or is gone, leaves the networks out, and the data say so in a sentence: a report is made all
    the same.
    """
    opened = Opened(comparison, store)
    data = lab_data(comparison, lab_material(opened), lang, budget)
    return {**data, "left_out": [message_words(said, lang) for said in opened.damage.told(store.root)]}


def lab_material(opened: Opened) -> LabMaterial:
    """The runs of the seed that is shown, from the store."""
    comparison = opened.comparison
    chosen = shown_seed(comparison)
    if chosen is None:
        return nothing(comparison.seeds[0], "none_finished")
    seed, typical = chosen
    runs = [next(run for run in arm.runs if run.seed == seed) for arm in comparison.arms]
    traced: tuple[ArmMaterial, ...] | None = None
    with opened.damage.left_out():
        if all(opened.store.has_run(run.id) for run in runs):
            folders = [RunFolder(opened.store.run_folder(run.id)) for run in runs]
            traced = tuple(what_was_traced(folder, opened.damage) for folder in folders if folder.record())
    if traced is None:
        return nothing(seed, "damaged")
    if not all(is_drawn(arm.fields["model"]) for arm in comparison.arms):
        return nothing(seed, "own_model", traced)
    if len({arm.fields["dataset"] for arm in comparison.arms}) > 1:
        return nothing(seed, "several_data", traced)
    dataset = opened.dataset(folders)
    if dataset is None:
        return nothing(seed, "data", traced)
    with contextlib.suppress(DataError), opened.damage.left_out():
        return _material(opened, seed, typical, folders, traced, dataset)
    return nothing(seed, "damaged", traced)


def shown_seed(comparison: Comparison) -> tuple[int, bool] | None:
    """The first seed with which every arm went as most of its runs did, and True; else the first, and False.

    Only seeds with a finished run in every arm count; None without one.
    """
    finished = [seed for seed in comparison.seeds if all(run.status == "finished" for run in _runs(comparison, seed))]
    usual = [2 * arm.counted > len(arm.runs) for arm in comparison.arms]
    for seed in finished:
        if [run.trained for run in _runs(comparison, seed)] == usual:
            return seed, True
    return (finished[0], False) if finished else None


def _runs(comparison: Comparison, seed: int) -> list[RunView]:
    return [run for arm in comparison.arms for run in arm.runs if run.seed == seed]


def what_was_traced(folder: RunFolder, damage: Damage | None = None) -> ArmMaterial:
    """What the probes saw of a run. Without a checkpoint the number of steps an epoch is not known, and is 1.

    damage: a damaged trace is left out, and noted there; without it that raises StoreError.
    """
    if damage is None:
        return ArmMaterial(_steps_per_epoch(folder), folder.trace())
    trace: tuple[StepTrace, ...] = ()
    with damage.left_out():  # of a report it is the least part
        trace = folder.trace()
    return ArmMaterial(_steps_per_epoch(folder), trace)


def _steps_per_epoch(folder: RunFolder) -> int:
    for checkpoint in folder.checkpoints():
        epoch = _epoch(checkpoint)
        if epoch:
            return max(1, checkpoint.step // epoch)
    return 1


def _epoch(checkpoint: Checkpoint) -> int | None:
    """The epoch that ended with it; None within one."""
    text = checkpoint.meta.get("epoch", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _material(
    opened: Opened,
    seed: int,
    typical: bool,
    folders: Sequence[RunFolder],
    traced: Sequence[ArmMaterial],
    dataset: DataSet,
) -> LabMaterial:
    most = min(IMAGES, max(1, IMAGE_BYTES // dataset.test_images[0].size))
    places = shown_images(opened.comparison, dataset.test_labels, dataset.classes)[:most]
    arms = []
    for arm, folder, seen in zip(opened.comparison.arms, folders, traced, strict=True):
        result = opened.result(folder)
        if result is None or "classes" not in result.items or len(result.items["classes"]) != len(dataset.test_labels):
            raise StoreError("{path}: has no answers to the test set", path=folder.path)
        arms.append(
            replace(
                seen,
                snapshots=_snapshots(folder, opened.damage),
                table=input_table(dataset, recipe_of(arm.fields)),
                predicted=tuple(int(result.items["classes"][place]) for place in places),
            )
        )
    return LabMaterial(
        seed=seed,
        typical=typical,
        arms=tuple(arms),
        images=np.stack([dataset.test_images[place] for place in places]),
        labels=tuple(int(dataset.test_labels[place]) for place in places),
        places=tuple(places),
    )


def _snapshots(folder: RunFolder, damage: Damage) -> tuple[Snapshot, ...]:
    """All that can be read, the final weights last. Raises StoreError where those are not what the record says."""
    record, final = folder.record(), folder.recorded_weights()
    kept = []
    steps = 0
    for checkpoint in folder.checkpoints():
        epoch = _epoch(checkpoint)
        if epoch == record.epochs_done:
            steps = checkpoint.step
            continue
        with damage.left_out():  # a snapshot less is a moment less
            kept.append(Snapshot(checkpoint.step, epoch, folder.read_checkpoint(checkpoint.name)[0]))
    return (*kept, Snapshot(steps, record.epochs_done, final))


def shown_images(comparison: Comparison, labels: NDArray[np.int64], classes: int) -> list[int]:
    """Places in the test set: one image of each class, those on which the arms disagree, then more of each class."""
    each = [list(np.flatnonzero(labels == label)) for label in range(classes)]
    rounds = [int(of[turn]) for turn in range(IMAGES) for of in each if turn < len(of)]
    evidence = evidence_of(comparison)
    shown = () if evidence is None else evidence.disagreements
    disagreed = [found.index for found in shown if found.index < len(labels)]
    wanted: Iterable[int] = (*rounds[:classes], *disagreed, *rounds[classes:])
    return list(dict.fromkeys(wanted))[:IMAGES]


class Opened:
    """A comparison with its store: the data set of all arms, what runs answered to the test images, what is damaged."""

    def __init__(self, comparison: Comparison, store: Store, damage: Damage | None = None) -> None:
        self.comparison = comparison
        self.store = store
        self.damage = damage or Damage()
        self._results: dict[str, RunResult | None] = {}

    def result(self, folder: RunFolder) -> RunResult | None:
        """What a run ended with; None where it has not ended. Raises StoreError where that is damaged."""
        name = folder.path.name
        if name not in self._results:
            self._results[name] = folder.result()
        return self._results[name]

    def dataset(self, folders: Sequence[RunFolder]) -> DataSet | None:
        """The data set of all arms, if it is on this machine as the runs of `folders` had it."""
        dataset = self._dataset
        with self.damage.left_out():
            if dataset is not None and all(folder.record().data_digest == dataset.digest for folder in folders):
                return dataset
        return None

    @cached_property
    def _dataset(self) -> DataSet | None:
        """Nothing is downloaded for a report."""
        names = {str(arm.fields["dataset"]) for arm in self.comparison.arms}
        if len(names) > 1 or any(entry.name in names and not entry.available for entry in catalogue()):
            return None
        try:
            return open_dataset(names.pop())
        except DataError:
            return None
