"""Interventions by matplotlib: validation accuracy before and after, causes and what was ruled out apart."""

from __future__ import annotations

from matplotlib.axes import Axes

from paribus.presentation.figures.interventions import InterventionGroup, InterventionRow, intervention_groups
from paribus.presentation.figures.matplotlib_canvas import INK, RULE, SMALL, TITLE, WIDE, PaperFigure, calm, paper
from paribus.presentation.figures.palette import arm_colour
from paribus.presentation.labels import arm_name
from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison
from paribus.values.explanation import Explanation, Kind

_ROW = 0.185  # inches
_COLOURS: dict[Kind, str] = {
    "cause": arm_colour(1).light,
    "remedy": arm_colour(3).light,
    "contributing": arm_colour(5).light,
    "ruled_out": INK,
    "not_established": arm_colour(0).light,
}


def draw_interventions(comparison: Comparison, explanation: Explanation, lang: str) -> PaperFigure:
    """A panel for each kind, its height by its rows; all on one axis from 0 to 100 %."""
    words = translator(lang)
    shown = [group for group in intervention_groups(explanation, lang) if group.rows]
    factor = comparison.factor
    names = {arm.name: arm_name(arm.name, factor, arm.value, words.lang) for arm in comparison.arms}
    title = words.text("What changes the training of {arm}", arm=names.get(explanation.arm, explanation.subject))
    heights = [len(group.rows) + 1.2 for group in shown]
    drawn = paper(WIDE, 0.9 + _ROW * sum(heights))
    grid = drawn.subplots(len(shown), 1, squeeze=False, sharex=True, height_ratios=heights)
    for axes, group in zip(grid[:, 0], shown, strict=True):
        _group(axes, group)
        axes.spines["bottom"].set_visible(group is shown[-1])
        if group.not_run:
            told = words.plural("{n} more was not run", "{n} more were not run", group.not_run)
            axes.set_title(f"{group.title} ({told})", **TITLE)
    last = grid[-1, 0]
    last.set_xlim(0, 100)
    last.set_xticks(range(0, 101, 20), [f"{tick}{'%' if words.lang == 'ko' else ' %'}" for tick in range(0, 101, 20)])
    if any(row.low is not None for group in shown for row in group.rows):
        legend = words.text("validation accuracy: without the change ○, with it ●, 95 % interval of the difference")
    else:  # one seed leaves no spread
        legend = words.text("validation accuracy: without the change ○, with it ●")
    last.set_xlabel(legend, loc="right", fontsize=SMALL, color=INK)
    drawn.suptitle(title, x=0.01, ha="left", fontsize=TITLE["fontsize"], color=INK)
    return drawn


def _group(axes: Axes, group: InterventionGroup) -> None:
    calm(axes)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_title(group.title, **TITLE)
    for place, row in enumerate(group.rows):
        _row(axes, row, -place, _COLOURS[group.kind])
    axes.set_ylim(-len(group.rows) + 0.4, 0.6)
    axes.set_yticks([-place for place in range(len(group.rows))], [row.change for row in group.rows])
    beside = axes.secondary_yaxis("right")
    beside.set_yticks([-place for place in range(len(group.rows))], [row.length for row in group.rows])
    beside.tick_params(length=0, labelsize=SMALL - 0.5, colors=INK)
    beside.spines["right"].set_visible(False)


def _row(axes: Axes, row: InterventionRow, y: float, colour: str) -> None:
    width = 1.6 if row.confirmed else 0.9
    before, after = 100 * row.before, 100 * row.after
    axes.plot([before, after], [y, y], color=colour, linewidth=width, alpha=0.55, zorder=2)
    if row.low is not None and row.high is not None:
        low, high = (min(100.0, max(0.0, 100 * bound)) for bound in (row.low, row.high))
        axes.plot([low, high], [y, y], color=colour, linewidth=4, alpha=0.35, solid_capstyle="butt", zorder=2)
    axes.plot([before], [y], marker="o", markersize=4, markerfacecolor="white", color=colour, zorder=3, clip_on=False)
    axes.plot([after], [y], marker="o", markersize=5 if row.confirmed else 3.6, color=colour, zorder=4, clip_on=False)
