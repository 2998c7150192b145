"""The report's charts, drawn: each is markup that carries its own words."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from paribus.figures.arms import arm_names, short_names
from paribus.figures.curves import NARROW, WIDE, curve_figure, value_axis
from paribus.figures.curves_view import Curves, curves_view
from paribus.figures.differences import NARROW as NARROW_ROWS
from paribus.figures.differences import WIDE as WIDE_ROWS
from paribus.figures.differences import differences_figure
from paribus.figures.forest import forest_figure
from paribus.figures.interaction import interaction_figure
from paribus.figures.svg import svg
from paribus.records.comparison import Comparison
from paribus.words.translation import translator


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
    """The curves that lead (None where none is known), the others, the paired differences (None without pairs), and
    how two factors act together (None of one), and each data set (None of one)."""

    main: Chart | None
    others: tuple[Chart, ...]
    differences: Chart | None
    interaction: Chart | None
    datasets: Chart | None


def charts(comparison: Comparison, lang: str) -> Charts:
    """All charts of a comparison's report."""
    view = curves_view(comparison)
    small = [*([view.closer] if view.closer else []), *view.panels[1:]]
    return Charts(
        main=_curve(view.panels[0], comparison, lang, wide=True) if view.panels else None,
        others=tuple(_curve(panel, comparison, lang, wide=False) for panel in small),
        differences=differences_chart(comparison, lang),
        interaction=_interaction(comparison, lang),
        datasets=_datasets(comparison, lang),
    )


def _curve(shown: Curves, comparison: Comparison, lang: str, *, wide: bool) -> Chart:
    uid = f"curve-{shown.metric.name.replace('_', '-')}-{shown.first_epoch}"
    names, short = arm_names(comparison, lang), short_names(comparison, lang)
    figure, narrow = (curve_figure(shown, names, lang, size, short) for size in (WIDE, NARROW))
    low = value_axis(shown).low
    note = ""
    if shown.metric.unit == "share" and low > 0:
        text = translator(lang).percent(low, 0 if (100 * low).is_integer() else 1)
        note = translator(lang).text("The axis starts at {low}.", low=text)
    return Chart(figure.title, svg(narrow, uid), svg(figure, f"{uid}-wide") if wide else None, note)


def _interaction(comparison: Comparison, lang: str) -> Chart | None:
    if comparison.factorial is None:
        return None
    narrow, wide = (interaction_figure(comparison, lang, width) for width in (NARROW_ROWS, WIDE_ROWS))
    return Chart(narrow.title, svg(narrow, "interaction"), svg(wide, "interaction-wide"))


def _datasets(comparison: Comparison, lang: str) -> Chart | None:
    if comparison.datasets is None:
        return None
    narrow, wide = (forest_figure(comparison, lang, width) for width in (NARROW_ROWS, WIDE_ROWS))
    return Chart(narrow.title, svg(narrow, "datasets"), svg(wide, "datasets-wide"))


def differences_chart(comparison: Comparison, lang: str, name: str = "differences") -> Chart | None:
    """The paired differences; None where no seed has both arms. name: of the chart in its page."""
    if not any(pair.differences for pair in comparison.pairs):
        return None
    narrow, wide = (differences_figure(comparison, lang, width) for width in (NARROW_ROWS, WIDE_ROWS))
    return Chart(narrow.title, svg(narrow, name), svg(wide, f"{name}-wide"), name=name)
