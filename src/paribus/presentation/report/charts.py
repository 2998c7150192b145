"""The report's charts, drawn: each is markup that carries its own words."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from paribus.presentation.figures.captions import arm_names, chart_words, difference_words, panel_title
from paribus.presentation.figures.curves import Panel, curves_view
from paribus.presentation.figures.differences import differences_view
from paribus.presentation.figures.legend import swatch
from paribus.presentation.figures.svg import NARROW, WIDE, line_chart, value_axis
from paribus.presentation.figures.svg_differences import difference_chart
from paribus.presentation.numbers import percent
from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison


@dataclass(frozen=True)
class Chart:
    """One chart in two sizes, for wide and for narrow windows; `wide` is None where the narrow one serves both.

    `name`: what the page's script calls a chart that can be saved.
    """

    title: str
    narrow: Markup
    wide: Markup | None = None
    note: str = ""
    name: str = ""


@dataclass(frozen=True)
class Charts:
    """The curves that lead, the others, the paired differences (None without pairs), and the arms' line samples."""

    main: Chart
    others: tuple[Chart, ...]
    differences: Chart | None
    swatches: tuple[Markup, ...]


def charts(comparison: Comparison, lang: str) -> Charts:
    """All charts of a comparison's report."""
    view = curves_view(comparison)
    main = _curve(view.panel("val_accuracy"), comparison, lang, wide=True)
    small = [view.closer] if view.closer else []
    small += [view.panel("val_loss"), view.panel("train_loss"), view.panel("train_accuracy")]
    return Charts(
        main=main,
        others=tuple(_curve(panel, comparison, lang, wide=False) for panel in small),
        differences=_differences(comparison, lang),
        swatches=tuple(swatch(index) for index in range(len(arm_names(comparison, lang)))),
    )


def _curve(panel: Panel, comparison: Comparison, lang: str, *, wide: bool) -> Chart:
    uid = f"curve-{panel.metric.replace('_', '-')}-{panel.first_epoch}"
    words, axis = chart_words(panel, comparison, lang), value_axis(panel)
    note = ""
    if panel.is_fraction and axis.low > 0:
        low = percent(axis.low, translator(lang).lang, 0 if (100 * axis.low).is_integer() else 1)
        note = translator(lang).text("The axis starts at {low}.", low=low)
    return Chart(
        title=panel_title(panel, lang),
        narrow=line_chart(panel, words, NARROW, uid),
        wide=line_chart(panel, words, WIDE, f"{uid}-wide") if wide else None,
        note=note,
    )


def _differences(comparison: Comparison, lang: str) -> Chart | None:
    view = differences_view(comparison)
    if not any(row.points for row in view.rows):
        return None
    words = difference_words(view, comparison, lang)
    return Chart(
        title=words.title,
        narrow=difference_chart(view, words, 360, "differences"),
        wide=difference_chart(view, words, 960, "differences-wide"),
        name="differences",
    )
