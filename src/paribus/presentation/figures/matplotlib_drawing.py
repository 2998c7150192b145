"""The matplotlib back end: the same views as the SVG one, drawn with artists. Imported only to draw."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from paribus.presentation.figures.captions import arm_names, panel_title
from paribus.presentation.figures.confusion import confusion_views
from paribus.presentation.figures.curves import ArmCurves, Metric, Panel, curves_view
from paribus.presentation.figures.differences import DifferenceRow, differences_view
from paribus.presentation.figures.disagreements import class_name
from paribus.presentation.figures.palette import arm_colour, arm_dash
from paribus.presentation.figures.scale import tick_labels
from paribus.presentation.figures.svg import epochs_axis, value_axis
from paribus.presentation.figures.svg_differences import difference_axis
from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison

HANGUL_FONTS = (
    "Pretendard",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "Malgun Gothic",
    "NanumGothic",
    "NanumBarunGothic",
    "UnDotum",
    "Noto Sans CJK JP",  # on Debian one file holds all of CJK, and matplotlib knows it by its first face
)
INK = "#3f4652"
RULE = "#dcd8cd"
TITLE: dict[str, Any] = {"loc": "left", "fontsize": 10.5, "fontweight": "bold"}


class ShownFigure(Figure):
    """A Figure that a notebook shows as an image without pyplot."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        FigureCanvasAgg(self).print_png(buffer)
        return buffer.getvalue()


def draw(comparison: Comparison, kind: str, lang: str) -> Figure:
    """The figure of a kind that `matplotlib_figure.KINDS` names."""
    hangul = hangul_font()
    spoken = lang if lang != "ko" or hangul else "en"
    if kind == "curves":
        drawn = _curves(comparison, spoken)
    elif kind == "differences":
        drawn = _differences(comparison, spoken)
    else:
        drawn = _confusion(comparison, spoken)
    families = ["DejaVu Sans", *([hangul] if hangul else [])]
    for artist in drawn.findobj(Text):
        artist.set(fontfamily=families)
    return drawn


@cache
def hangul_font() -> str | None:
    """The family of an installed font that has the syllable 한, None where there is none."""
    wanted = {name: place for place, name in enumerate(HANGUL_FONTS)}
    found = [entry for entry in font_manager.fontManager.ttflist if entry.name in wanted]
    for entry in sorted(found, key=lambda entry: wanted[entry.name]):
        if FT2Font(entry.fname).get_char_index(ord("한")):
            return str(entry.name)
    return None


def _curves(comparison: Comparison, lang: str) -> Figure:
    view = curves_view(comparison)
    drawn = ShownFigure(figsize=(9.6, 6.4), dpi=120, layout="constrained")
    grid = drawn.subplots(2, 2)
    order: tuple[Metric, ...] = ("val_accuracy", "val_loss", "train_accuracy", "train_loss")
    names = arm_names(comparison, lang)
    for axes, metric in zip(grid.flat, order, strict=True):
        _panel(axes, view.panel(metric), names, lang)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    if len(handles) > 0:
        drawn.legend(handles, labels, loc="outside upper left", ncols=len(handles), frameon=False)
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
    axes.set_xlabel(words.text("epoch"), loc="right")
    _calm(axes)


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


def _differences(comparison: Comparison, lang: str) -> Figure:
    words, view = translator(lang), differences_view(comparison)
    drawn = ShownFigure(figsize=(7.6, 1.3 + 0.62 * max(1, len(view.rows))), dpi=120, layout="constrained")
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
    axes.set_xlabel(words.text("percentage points"), loc="right")
    axes.set_title(words.text("Difference in test accuracy, seed by seed"), **TITLE)
    _calm(axes)
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


def _confusion(comparison: Comparison, lang: str) -> Figure:
    words, views = translator(lang), confusion_views(comparison)
    drawn = ShownFigure(figsize=(4.4 * len(views), 4.6), dpi=120, layout="constrained")
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
        axes.set_xlabel(words.text("predicted class"))
        axes.set_ylabel(words.text("true class"))
        labels = [class_name(comparison, number) for number in range(count)]
        axes.set_xticks(range(count), labels)
        axes.set_yticks(range(count), labels)
        axes.tick_params(length=0)
        for true, row in enumerate(view.shares):
            for predicted, share in enumerate(row):
                if share >= 0.005:
                    colour = "#ffffff" if share > 0.25 else INK
                    axes.text(predicted, true, f"{100 * share:.0f}", color=colour, ha="center", va="center", fontsize=7)
    return drawn


def _calm(axes: Axes) -> None:
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.tick_params(axis="both", colors=INK, length=0, labelsize=9)
