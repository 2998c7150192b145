"""What charts say: titles, descriptions for those who do not see them, and the arms' names as shown."""

from __future__ import annotations

from paribus.presentation.figures.curves import ArmCurves, Panel
from paribus.presentation.figures.differences import DifferencesView
from paribus.presentation.figures.svg import ChartWords
from paribus.presentation.figures.svg_differences import DifferenceWords
from paribus.presentation.numbers import decimals, loss, percent, points, signed_points
from paribus.presentation.translation import translator
from paribus.presentation.words import arm_label, field_label, metric_label
from paribus.values.comparison import Comparison


def arm_names(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """The arms as people call them, in order."""
    words = translator(lang)
    return tuple(arm_label(arm.name, comparison.factor, arm.value, words.lang) for arm in comparison.arms)


def short_names(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """The same where the factor is named beside them: `0.05` for `Learning rate 0.05`."""
    label = field_label(comparison.factor, translator(lang).lang)
    prefix = f"{label[:1].upper()}{label[1:]} "
    return tuple(name.removeprefix(prefix) for name in arm_names(comparison, lang))


def panel_title(panel: Panel, lang: str) -> str:
    """The metric, with a capital; a closer look says from which epoch."""
    words = translator(lang)
    metric = metric_label(panel.metric, words.lang)
    title = metric[:1].upper() + metric[1:]
    if panel.first_epoch > 1:
        return words.text("{metric}, closer, from epoch {epoch}", metric=title, epoch=panel.first_epoch)
    return title


def chart_words(panel: Panel, comparison: Comparison, lang: str) -> ChartWords:
    """The words of one panel of curves."""
    words = translator(lang)
    names = arm_names(comparison, lang)
    guess = panel.guessing
    shown = None if guess is None else (percent(guess, words.lang) if panel.is_fraction else loss(guess, 2))
    return ChartWords(
        title=panel_title(panel, lang),
        description=" ".join(_arm_words(panel, arm, name, lang) for arm, name in zip(panel.arms, names, strict=True)),
        epoch=words.text("epoch"),
        guessing="" if shown is None else words.text("guessing: {value}", value=shown),
        log_scale=words.text("logarithmic scale"),
        percent=percent(1.0, words.lang).removeprefix("100.0"),
        names=short_names(comparison, lang),
    )


def difference_words(view: DifferencesView, comparison: Comparison, lang: str) -> DifferenceWords:
    """The words of the chart of paired differences."""
    words = translator(lang)
    order = {arm.name: index for index, arm in enumerate(comparison.arms)}
    names = dict(zip(order, arm_names(comparison, lang), strict=True))
    short = dict(zip(order, short_names(comparison, lang), strict=True))
    rows = []
    for row in view.rows:
        places = decimals(row.mean)
        seeds = ", ".join(signed_points(point, places) for point in row.points)
        rows.append(
            words.text(
                "{b} minus {a}: {mean} points, interval {low} to {high}; seed by seed {seeds}.",
                a=names[row.a],
                b=names[row.b],
                mean=signed_points(row.mean, places),
                low=points(row.low, places),
                high=points(row.high, places),
                seeds=seeds,
            )
        )
    return DifferenceWords(
        title=words.text("Difference in test accuracy, seed by seed"),
        description=" ".join(rows),
        points=words.text("percentage points"),
        sides=tuple((_better(short[row.a], lang), _better(short[row.b], lang)) for row in view.rows),
        indices=tuple((order[r.a], order[r.b]) for r in view.rows),
    )


def _better(arm: str, lang: str) -> str:
    return translator(lang).text("{arm} better", arm=arm)


def _arm_words(panel: Panel, arm: ArmCurves, name: str, lang: str) -> str:
    words = translator(lang)
    if not arm.band:
        return words.text("{arm}: no run reached the end.", arm=name)
    end = arm.band[-1]
    low, mean, high = (
        percent(value, words.lang, decimals(end.high - end.low)) if panel.is_fraction else loss(value)
        for value in (end.low, end.mean, end.high)
    )
    return words.text(
        "{arm}: {mean} after epoch {epoch}, from {low} to {high} over {n} runs.",
        arm=name,
        mean=mean,
        epoch=end.epoch,
        low=low,
        high=high,
        n=arm.counted,
    )
