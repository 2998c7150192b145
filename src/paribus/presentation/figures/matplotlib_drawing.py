"""The matplotlib back end for curves, differences and confusion: the same views as the SVG one, drawn with artists."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from paribus.presentation.figures.captions import arm_names, panel_title
from paribus.presentation.figures.confusion import confusion_views
from paribus.presentation.figures.curves import ArmCurves, Metric, Panel, curves_view
from paribus.presentation.figures.differences import DifferenceRow, differences_view
from paribus.presentation.figures.disagreements import class_name
from paribus.presentation.figures.matplotlib_canvas import INK, RULE, SMALL, TITLE, WIDE, PaperFigure, calm, paper
from paribus.presentation.figures.palette import arm_colour, arm_dash
from paribus.presentation.figures.scale import tick_labels
from paribus.presentation.figures.svg import epochs_axis, value_axis
from paribus.presentation.figures.svg_differences import difference_axis
from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison


def draw_curves(comparison: Comparison, lang: str) -> PaperFigure:
    """Validation and training, accuracy and loss: the mean over seeds and the band of all of them."""
    view = curves_view(comparison)
    drawn = paper(WIDE, 4.9)
    grid = drawn.subplots(2, 2)
    order: tuple[Metric, ...] = ("val_accuracy", "val_loss", "train_accuracy", "train_loss")
    names = arm_names(comparison, lang)
    for axes, metric in zip(grid.flat, order, strict=True):
        _panel(axes, view.panel(metric), names, lang)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    if len(handles) > 0:
        drawn.legend(handles, labels, loc="outside upper left", ncols=len(handles), frameon=False, fontsize=SMALL + 1)
    return drawn


def _panel(axes: Axes, panel: Panel, names: tuple[str, ...], lang: str) -> None:
    words = translator(lang)
    for arm in panel.arms:
        _arm(axes, arm, names[arm.index])
    if panel.guessing is not None:
        axes.axhline(panel.guessing, color=INK, linewidth=0.8, linestyle=":", zorder=1)
    y, x = value_axis(panel), epochs_axis(panel)
    if y.logarithmic:
        axes.set_yscale("log")
    axes.set_ylim(y.low, y.high)
    axes.set_yticks(y.ticks, tick_labels(y, " %" if panel.is_fraction else ""))
    axes.minorticks_off()
    axes.set_xlim(x.low, x.high)
    axes.set_xticks(x.ticks, [f"{tick:g}" for tick in x.ticks])
    axes.set_title(panel_title(panel, lang), **TITLE)
    axes.set_xlabel(words.text("epoch"), loc="right", fontsize=SMALL, color=INK)
    calm(axes)


def _arm(axes: Axes, arm: ArmCurves, name: str) -> None:
    colour, dash = arm_colour(arm.index).light, arm_dash(arm.index)
    style: Any = (0, tuple(length / 2 for length in dash)) if dash else "-"
    for line in arm.lines:
        epochs, values = [p[0] for p in line.points], [p[1] for p in line.points]
        width, opacity = (0.7, 0.55) if line.in_band else (1.2, 1.0)
        axes.plot(epochs, values, color=colour, linewidth=width, alpha=opacity, marker="." if len(epochs) == 1 else "")
        if line.diverged and epochs:
            axes.plot(epochs[-1:], values[-1:], color=colour, marker="x", linestyle="", markersize=7, clip_on=False)
    epochs = [point.epoch for point in arm.band]
    low, high = [point.low for point in arm.band], [point.high for point in arm.band]
    axes.fill_between(epochs, low, high, color=colour, alpha=0.16, linewidth=0)
    means = [point.mean for point in arm.band]
    axes.plot(epochs, means, color="#ffffff", linewidth=3)  # so that dashes show above the seeds' lines
    mark = "o" if len(epochs) == 1 else ""
    axes.plot(
        epochs, means, color=colour, linewidth=2, linestyle=style, marker=mark, label=name, gid=f"mean-{arm.index}"
    )


def draw_differences(comparison: Comparison, lang: str) -> PaperFigure:
    """Each pair's differences seed by seed, with their mean and interval."""
    words, view = translator(lang), differences_view(comparison)
    drawn = paper(0.8 * WIDE, 0.9 + 0.5 * max(1, len(view.rows)))
    axes = drawn.subplots()
    names = dict(zip((arm.name for arm in comparison.arms), arm_names(comparison, lang), strict=True))
    margin = 100 * view.margin
    axes.axvspan(-margin, margin, color=RULE, alpha=0.6, linewidth=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    for place, row in enumerate(view.rows):
        _difference(axes, row, -place)
    axis = difference_axis(view)
    axes.set_xlim(axis.low, axis.high)
    axes.set_xticks(axis.ticks, tick_labels(axis))
    axes.set_ylim(-len(view.rows) + 0.4, 0.6)
    axes.set_yticks([-n for n in range(len(view.rows))], [f"{names[r.b]} − {names[r.a]}" for r in view.rows])
    axes.set_xlabel(words.text("percentage points"), loc="right", fontsize=SMALL, color=INK)
    axes.set_title(words.text("Difference in test accuracy, seed by seed"), **TITLE)
    calm(axes)
    axes.grid(visible=False)
    return drawn


def _difference(axes: Axes, row: DifferenceRow, y: float) -> None:
    for low, high, width in ((row.images_low, row.images_high, 1.0), (row.low, row.high, 4.0)):
        if low is not None and high is not None:
            axes.plot([100 * low, 100 * high], [y, y], color=INK, linewidth=width, solid_capstyle="butt")
    points = [100 * point for point in row.points]
    axes.plot(points, [y - 0.22] * len(points), color=INK, marker="|", linestyle="", alpha=0.7)
    if row.mean is not None:
        axes.plot([100 * row.mean], [y], color=INK, marker="o", markersize=6)


def draw_confusion(comparison: Comparison, lang: str) -> PaperFigure:
    """A matrix for each arm, in per cent of the true class."""
    words, views = translator(lang), confusion_views(comparison)
    drawn = paper(max(WIDE, 3.2 * len(views)), 3.8)
    shades = LinearSegmentedColormap.from_list("ink", ["#ffffff", "#1b2130"])
    names = arm_names(comparison, lang)
    for axes, view in zip(drawn.subplots(1, len(views), squeeze=False)[0], views, strict=True):
        axes.set_title(names[view.index], **TITLE)
        count = len(view.shares)
        if not view.runs:
            axes.text(0.5, 0.5, words.text("No run of this arm reached a test."), ha="center", transform=axes.transAxes)
            axes.set_axis_off()
            continue
        axes.imshow([[share**0.5 for share in row] for row in view.shares], cmap=shades, vmin=0, vmax=1)
        axes.set_xlabel(words.text("predicted class"), fontsize=SMALL, color=INK)
        axes.set_ylabel(words.text("true class"), fontsize=SMALL, color=INK)
        labels = [class_name(comparison, number) for number in range(count)]
        axes.set_xticks(range(count), labels)
        axes.set_yticks(range(count), labels)
        axes.tick_params(length=0, labelsize=SMALL, colors=INK)
        for true, row in enumerate(view.shares):
            for predicted, share in enumerate(row):
                if share >= 0.005:
                    colour = "#ffffff" if share > 0.25 else INK
                    axes.text(
                        predicted,
                        true,
                        f"{100 * share:.0f}",
                        color=colour,
                        ha="center",
                        va="center",
                        fontsize=SMALL - 1,
                    )
    return drawn
