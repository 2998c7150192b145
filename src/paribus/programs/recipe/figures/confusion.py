"""Classes: their confusion matrices with the mistakes that are made most, and how often each is answered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from paribus.figures.measured import counted
from paribus.figures.scale import Axis, linear_axis
from paribus.figures.specification import PAPER_WIDTH, Colour, FigureSpec, Line, Mark, Panel, Rect, Text, keys
from paribus.programs.recipe.confusion import Counts, evidence_of
from paribus.programs.recipe.figures.disagreements import name_of
from paribus.records.comparison import ArmView, Comparison
from paribus.words.translation import Words, translator

_MOST_NAMED = 30  # classes whose names there is room for


@dataclass(frozen=True)
class Mistake:
    """Images of class `true` that were called `predicted`: how many, and what share of that class."""

    true: int
    predicted: int
    count: int
    share: float


@dataclass(frozen=True)
class ConfusionView:
    """One arm's matrix. `counts[true][predicted]`, summed over `runs` runs; `shares` divide by the row's sum.

    `mistakes`: the pairs of classes most often confused, worst first, by share. `single`: the class that the arm
    gives to (nearly) every image, None where it uses several. `blind`: the classes that it gives to all true classes
    alike, whatever the image. `classes`: what they are called.
    """

    name: str
    index: int
    runs: int
    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    mistakes: tuple[Mistake, ...]
    single: int | None
    blind: tuple[int, ...]
    classes: tuple[str, ...]


def confusion_views(comparison: Comparison, mistakes: int = 3) -> tuple[ConfusionView, ...]:
    """A view for each arm, in order. An arm without any prediction has an empty matrix."""
    evidence = evidence_of(comparison)
    if evidence is None:
        return ()
    counts, names = evidence.confusion, evidence.class_names
    return tuple(_view(arm, i, counts[arm.name], names, mistakes) for i, arm in enumerate(comparison.arms))


def _view(arm: ArmView, index: int, counts: Counts, names: tuple[str, ...], mistakes: int) -> ConfusionView:
    sums = [sum(row) for row in counts]
    rows = zip(counts, sums, strict=True)
    shares = tuple(tuple(count / total if total else 0.0 for count in row) for row, total in rows)
    wrong = [
        Mistake(true, predicted, count, shares[true][predicted])
        for true, row in enumerate(counts)
        for predicted, count in enumerate(row)
        if count and true != predicted
    ]
    wrong.sort(key=lambda m: (-m.share, m.true, m.predicted))
    runs = sum("test_accuracy" in run.figures and counted(arm, run) for run in arm.runs)
    classes = tuple(name_of(names, number) for number in range(len(counts)))
    return ConfusionView(
        arm.name, index, runs, counts, shares, tuple(wrong[:mistakes]), _single(counts), _blind(shares), classes
    )


def _single(counts: tuple[tuple[int, ...], ...]) -> int | None:
    columns = [sum(column) for column in zip(*counts, strict=True)]
    total = sum(columns)
    if len(columns) < 2 or not total or max(columns) < 0.99 * total:
        return None
    return columns.index(max(columns))


def _blind(shares: tuple[tuple[float, ...], ...]) -> tuple[int, ...]:
    """The classes answered where every true class gets them in the same shares; none where answers tell anything."""
    columns = list(zip(*(row for row in shares if sum(row)), strict=True))
    if any(max(column) - min(column) > 0.02 for column in columns):
        return ()
    return tuple(index for index, column in enumerate(columns) if max(column) > 0.01)


def confusion_figure(views: tuple[ConfusionView, ...], names: Sequence[str], lang: str) -> FigureSpec:
    """A matrix for each view in per cent of the true class. `names`: of all arms, as shown."""
    words, side = translator(lang), 395.0
    return FigureSpec(
        title=words.text("Confusion matrix"),
        description=", ".join(names[view.index] for view in views),
        rows=(tuple(_panel(view, names[view.index], words) for view in views),),
        width=side if len(views) == 1 else max(PAPER_WIDTH, side * len(views)),
        height=470.0,
    )


def _panel(view: ConfusionView, name: str, words: Words) -> Panel:
    count = max(1, len(view.shares))
    if not view.runs:
        told = Text(0.5, 0.5, words.text("No run of this arm reached a test."), inside="both")
        return Panel((told,), Axis(0, 1), Axis(0, 1), title=name, bare=True)
    marks: list[Mark] = []
    for true, row in enumerate(view.shares):
        for predicted, share in enumerate(row):
            if not view.counts[true][predicted]:
                continue
            # The root of a share sets the shade, so that a class confused in 1 of 100 images is still seen.
            cell = ((predicted - 0.5, predicted + 0.5), (true - 0.5, true + 0.5))
            marks.append(Rect(*cell, "ink", max(0.04, share**0.5), inset=0.5, kind="cell"))
            if share >= 0.005:
                said = f"{100 * share:.0f}"
                colour: Colour = "page" if share > 0.25 else "ink"
                marks.append(Text(predicted, true, said, colour, size=min(11.0, 120 / count), kind="share"))
    places = _places(count)
    labels = [view.classes[int(n)] for n in places]
    x, y = Axis(-0.5, count - 0.5, places), Axis(count - 0.5, -0.5, places)
    return Panel(
        tuple(marks),
        x.named(labels, words.text("predicted class")),
        y.named(labels, words.text("true class")),
        title=name,
        bare=True,
        square=True,
    )


@dataclass(frozen=True)
class ClassShares:
    """Shares of the classes, [classes] each: among the labels trained on, the test labels, the answers to these."""

    trained: tuple[float, ...]
    tested: tuple[float, ...]
    answered: tuple[float, ...]


def classes_figure(shares: ClassShares, class_names: Sequence[str], words: Words) -> FigureSpec:
    """For each class its share of the labels trained on, of the test labels, and of the answers to the test images."""
    marks: list[Mark] = []
    told = (
        words.text("labels that it was trained on"),
        words.text("its answers to the test images"),
        words.text("labels of the test images"),
    )
    for n, (trained, tested, answered) in enumerate(zip(shares.trained, shares.tested, shares.answered, strict=True)):
        names = told if n == 0 else ("", "", "")
        marks.append(Rect((n - 0.39, n - 0.01), (0.0, 100 * trained), "rule", name=names[0], kind="trained"))
        marks.append(Rect((n + 0.01, n + 0.39), (0.0, 100 * answered), 0, name=names[1], kind="answered"))
        height = 100 * tested
        marks.append(Line(((n, height), (n + 0.4, height)), "ink", 2.0, name=names[2], kind="tested"))
    count = len(shares.tested)
    places = _places(count)
    x = Axis(-0.6, count - 0.4, places).named(name_of(class_names, int(n)) for n in places)
    y = linear_axis([0.0, *(100 * share for row in (shares.trained, shares.tested, shares.answered) for share in row)])
    panel = Panel(tuple(marks), x, y.named(), title=words.text("Share of each class, %"))
    return FigureSpec(panel.title, ((panel,),), PAPER_WIDTH, 296.0, legend=keys([panel]))


def _places(classes: int) -> tuple[float, ...]:
    """Of the classes whose names there is room for."""
    return tuple(map(float, range(0, classes, math.ceil(classes / _MOST_NAMED))))
