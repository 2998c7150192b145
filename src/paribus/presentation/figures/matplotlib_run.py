"""Figures of a single run by matplotlib: what kind is drawn by what, the curves, and how often classes are answered."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable

from matplotlib.axes import Axes

from paribus.presentation.figures.curves import guessed_accuracy
from paribus.presentation.figures.disagreements import name_of
from paribus.presentation.figures.forces import forces_view
from paribus.presentation.figures.matplotlib_canvas import (
    INK,
    RULE,
    SMALL,
    TITLE,
    WIDE,
    PaperFigure,
    calm,
    paper,
)
from paribus.presentation.figures.matplotlib_features import draw_features
from paribus.presentation.figures.matplotlib_forces import draw_forces
from paribus.presentation.figures.matplotlib_steps import DECADES, draw_line, limit, powers_axis
from paribus.presentation.figures.matplotlib_trace import (
    draw_answers,
    draw_batches,
    draw_signal,
    draw_units,
    draw_updates,
)
from paribus.presentation.figures.palette import arm_colour
from paribus.presentation.figures.run_views import Line, RunMaterial
from paribus.presentation.figures.scale import epoch_axis
from paribus.presentation.translation import Words, translator
from paribus.values.errors import ParibusError
from paribus.values.recipe_text import nearest_built_in, value_word
from paribus.values.records import RunRecord

Draw = Callable[[RunMaterial, Words], PaperFigure]

_CAPTION = 150  # characters in a line of what stands below
_MOST_NAMED = 30  # classes whose names there is room for


def draw_run(material: RunMaterial, kind: str, lang: str) -> PaperFigure:
    """The figure, and below it in small letters which run it is of."""
    words = translator(lang)
    if kind in _OF_TRACE and not material.trace:
        raise ParibusError(
            "{what} are drawn from what the probes saw, and run {name} has no trace: --probes=off. One comes "
            "with a new run: in another store (--out) or on another seed",
            what=kind,
            name=material.record.id,
        )
    drawn = _KINDS[kind](material, words)
    told = "\n".join(textwrap.wrap(run_caption(material.record, words), _CAPTION))
    drawn.supxlabel(told, x=0.01, ha="left", fontsize=SMALL - 1, color=INK)
    return drawn


def run_caption(record: RunRecord, words: Words) -> str:
    """What the recipe changes of the built-in one that is nearest to it, and the seed."""
    name, changes = nearest_built_in(record.recipe)
    changed = [f"{field}={value_word(value)}" for field, value in changes.items()]
    return words.text("{recipe}, seed {seed}", recipe=", ".join([name, *changed]), seed=record.seed)


def _draw_curves(material: RunMaterial, words: Words) -> PaperFigure:
    """Loss and accuracy by epoch, training and validation in one panel, with what guessing reaches."""
    drawn = paper(WIDE, 2.6)
    left, right = drawn.subplots(1, 2)
    metrics, record = material.metrics, material.record
    losses = [[m.train_loss for m in metrics], [m.val_loss for m in metrics]]
    _by_epoch(left, losses, words, words.text("Loss, nats"))
    finite = [value for row in losses for value in row if math.isfinite(value)] + [record.prior_entropy or 0.0]
    if finite and max(finite) > 50 * max(min(finite), 10.0**-DECADES):
        powers_axis(left, finite)
    else:
        left.set_ylim(0, 1.08 * max(finite, default=1.0))
    if record.prior_entropy is not None:
        limit(left, record.prior_entropy, words.text("entropy of the labels"))
    _by_epoch(right, [[100 * m.train_accuracy for m in metrics], [100 * m.val_accuracy for m in metrics]], words,
              words.text("Accuracy, %"))  # fmt: skip
    right.set_ylim(0, 104)
    guessed = guessed_accuracy(_classes(material), record.recipe.majority_fraction)
    if guessed is not None:
        limit(right, 100 * guessed, words.text("guessing"))
    handles, labels = left.get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside upper left", ncols=2, frameon=False, fontsize=SMALL)
    return drawn


def _classes(material: RunMaterial) -> int:
    seen = [step.output.classes or 0 for step in material.trace if step.output is not None]
    return max(seen, default=0) or len(material.class_names)


def _by_epoch(axes: Axes, rows: list[list[float]], words: Words, title: str) -> None:
    calm(axes)
    names = (words.text("training, mean over the epoch"), words.text("validation, at the epoch's end"))
    for index, (name, values) in enumerate(zip(names, rows, strict=True)):
        points = [(epoch, value) for epoch, value in enumerate(values, start=1) if math.isfinite(value)]
        draw_line(axes, Line(name, tuple(p[0] for p in points), tuple(p[1] for p in points)), index)
        if len(points) < len(values) and points:  # where it broke
            axes.plot(*points[-1], color=arm_colour(index).light, marker="x", markersize=7, clip_on=False)
    axis = epoch_axis(max(1, len(rows[0])))
    axes.set_xlim(axis.low - 0.03 * (axis.high - axis.low), axis.high + 0.03 * (axis.high - axis.low))
    axes.set_xticks(axis.ticks, [f"{tick:g}" for tick in axis.ticks])
    axes.set_title(title, **TITLE)
    axes.set_xlabel(words.text("epoch"), loc="right", fontsize=SMALL, color=INK)


def _draw_classes(material: RunMaterial, words: Words) -> PaperFigure:
    """For each class its share of the labels trained on, of the test labels, and of the answers to the test images."""
    shares = material.shares
    if shares is None:
        raise ParibusError("a figure of classes is drawn from labels and answers, and those were not given")
    drawn = paper(WIDE, 2.4)
    axes = drawn.subplots()
    calm(axes)
    places = range(len(shares.tested))
    trained, answered = ([100 * share for share in row] for row in (shares.trained, shares.answered))
    axes.bar([n - 0.2 for n in places], trained, 0.38, color=RULE, label=words.text("labels that it was trained on"))
    axes.bar([n + 0.2 for n in places], answered, 0.38, color=arm_colour(0).light,
             label=words.text("its answers to the test images"))  # fmt: skip
    axes.hlines([100 * share for share in shares.tested], [n + 0.0 for n in places], [n + 0.4 for n in places],
                color=INK, linewidth=1.4, label=words.text("labels of the test images"))  # fmt: skip
    axes.set_title(words.text("Share of each class, %"), **TITLE)
    every = math.ceil(len(places) / _MOST_NAMED)
    axes.set_xticks(places[::every], [name_of(material.class_names, n) for n in places[::every]])
    axes.set_xlim(-0.6, len(places) - 0.4)
    drawn.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=SMALL)
    return drawn


def _draw_forces(material: RunMaterial, words: Words) -> PaperFigure:
    record = material.record
    return draw_forces(("",), forces_view(("",), {"": material.trace}, record.seed), words.lang)


def _draw_features(material: RunMaterial, words: Words) -> PaperFigure:
    if material.features is None:
        raise ParibusError("a figure of features is drawn from the run's weights, and those were not given")
    return draw_features({"": ""}, material.class_names, material.features, words.lang)


_KINDS: dict[str, Draw] = {
    "curves": _draw_curves,
    "answers": draw_answers,
    "classes": _draw_classes,
    "updates": draw_updates,
    "forces": _draw_forces,
    "signal": draw_signal,
    "units": draw_units,
    "batches": draw_batches,
    "features": _draw_features,
}
_OF_TRACE = ("answers", "updates", "forces", "signal", "units", "batches")
