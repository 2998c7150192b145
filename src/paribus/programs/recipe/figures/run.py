"""Figures of a single run: what they are drawn from, the curves, and which kind is made by what."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from paribus.core.errors import ParibusError
from paribus.core.field_text import value_word
from paribus.figures.scale import Axis, epoch_axis, linear_axis
from paribus.figures.specification import PAPER_WIDTH, FigureSpec, Mark, Panel, Points, keys
from paribus.programs.recipe.built_in_recipes import nearest_built_in
from paribus.programs.recipe.confusion import guessed_share
from paribus.programs.recipe.figures.confusion import ClassShares, classes_figure
from paribus.programs.recipe.figures.features import FeaturesView, features_figure
from paribus.programs.recipe.figures.forces import forces_figure
from paribus.programs.recipe.figures.steps import DECADES, Series, limit, line, powers_axis, side_by_side
from paribus.programs.recipe.figures.traced import (
    answers_figure,
    batches_figure,
    signal_figure,
    units_figure,
    updates_figure,
)
from paribus.programs.recipe.recipe import recipe_of
from paribus.records.program import Epoch
from paribus.records.run import RunRecord
from paribus.records.trace import StepTrace
from paribus.words.translation import Words, translator


@dataclass(frozen=True, eq=False)
class RunMaterial:
    """A run as figures take it. `trace`: empty where no probe looked. `shares`, `features`: for these kinds alone."""

    record: RunRecord
    epochs: tuple[Epoch, ...]
    trace: tuple[StepTrace, ...] = ()
    class_names: tuple[str, ...] = ()
    shares: ClassShares | None = None
    features: FeaturesView | None = None


def run_spec(material: RunMaterial, kind: str, lang: str) -> FigureSpec:
    """The figure, and below it which run it is of. Raises ParibusError where what it is drawn from is missing."""
    words = translator(lang)
    if kind not in UNSEEN and not material.trace:
        raise ParibusError(
            "{what} are drawn from what the probes saw, and run {name} has no trace: --probes=off. One comes "
            "with a new run: in another store (--out) or on another seed",
            what=kind,
            name=material.record.id,
        )
    made = _KINDS[kind](material, words)
    return replace(made, caption=(run_caption(material.record, words),), height=made.height + 22)


def run_caption(record: RunRecord, words: Words) -> str:
    """What the recipe changes of the built-in one that is nearest to it, and the seed."""
    name, changes = nearest_built_in(recipe_of(record.fields))
    changed = [f"{field}={value_word(value)}" for field, value in changes.items()]
    return words.text("{recipe}, seed {seed}", recipe=", ".join([name, *changed]), seed=record.seed)


def _curves(material: RunMaterial, words: Words) -> FigureSpec:
    """Loss and accuracy by epoch, training and validation in one panel, with what guessing reaches."""
    figures, record = [epoch.figures for epoch in material.epochs], material.record
    prior = record.figures.get("prior_entropy")
    losses = [[each[name] for each in figures] for name in ("train_loss", "val_loss")]
    finite = [value for row in losses for value in row if math.isfinite(value)] + [prior or 0.0]
    if max(finite) > 50 * max(min(finite), 10.0**-DECADES):
        y = powers_axis(finite)[0]
    else:
        y = linear_axis([0.0, 1.02 * max(finite) or 1.0]).named()
    left = _by_epoch(losses, y, words.text("Loss, nats"), words)
    if prior is not None:
        left = replace(left, marks=(*left.marks, limit(prior, words.text("entropy of the labels"))))
    if not all("val_accuracy" in each for each in figures):  # targets are numbers
        alone = replace(left, title=words.text("Loss"))
        return FigureSpec(alone.title, ((alone,),), PAPER_WIDTH, 333.0, legend=keys([alone]))
    shares = [[100 * each[name] for each in figures] for name in ("train_accuracy", "val_accuracy")]
    percents = Axis(0.0, 104.0, (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)).named()
    right = _by_epoch(shares, percents, words.text("Accuracy, %"), words)
    guessed = guessed_share(_classes(material), record.fields["majority_fraction"])
    if guessed is not None:
        right = replace(right, marks=(*right.marks, limit(100 * guessed, words.text("guessing"))))
    return side_by_side(left, right, legend=keys([left]))


def _classes(material: RunMaterial) -> int:
    seen = [step.output.classes or 0 for step in material.trace if step.output is not None]
    return max(seen, default=0) or len(material.class_names)


def _by_epoch(rows: list[list[float]], y: Axis, title: str, words: Words) -> Panel:
    names = (words.text("training, mean over the epoch"), words.text("validation, at the epoch's end"))
    marks: list[Mark] = []
    for index, (name, values) in enumerate(zip(names, rows, strict=True)):
        points = [(epoch, value) for epoch, value in enumerate(values, start=1) if math.isfinite(value)]
        marks += line(Series(name, tuple(p[0] for p in points), tuple(p[1] for p in points)), index)
        if len(points) < len(values) and points:  # where it broke
            marks.append(Points(tuple(points[-1:]), index, "cross", 6.0, kind="diverged"))
    axis = epoch_axis(max(1, len(rows[0])))
    room = 0.03 * (axis.high - axis.low)
    x = replace(axis, low=axis.low - room, high=axis.high + room)
    return Panel(tuple(marks), x.named([f"{tick:g}" for tick in x.ticks], words.text("epoch")), y, title=title)


def _of_classes(material: RunMaterial, words: Words) -> FigureSpec:
    if material.shares is None:
        raise ParibusError("a figure of classes is drawn from labels and answers, and those were not given")
    return classes_figure(material.shares, material.class_names, words)


def _forces(material: RunMaterial, words: Words) -> FigureSpec:
    return forces_figure({"": ""}, {"": material.trace}, material.record.seed, words.lang)


def _features(material: RunMaterial, words: Words) -> FigureSpec:
    if material.features is None:
        raise ParibusError("a figure of features is drawn from the run's weights, and those were not given")
    return features_figure({"": ""}, material.class_names, material.features, words.lang)


def _units(material: RunMaterial, words: Words) -> FigureSpec:
    made = units_figure(material.trace, words)
    if made is None:
        raise ParibusError(
            "units are drawn of layers with an activation, and no probe saw one in {name}", name=material.record.id
        )
    return made


_KINDS: dict[str, Callable[[RunMaterial, Words], FigureSpec]] = {
    "curves": _curves,
    "answers": lambda material, words: answers_figure(material.trace, words),
    "classes": _of_classes,
    "updates": lambda material, words: updates_figure(material.trace, words),
    "forces": _forces,
    "signal": lambda material, words: signal_figure(material.trace, words),
    "units": _units,
    "batches": lambda material, words: batches_figure(material.trace, words),
    "features": _features,
}
RUN_KINDS = tuple(_KINDS)
UNSEEN = ("curves", "classes", "features")  # kinds that need no trace
