"""Training curves as the page's chart takes them: those of `figures.curves_view`, with its words, as JSON.

The page computes no statistic: means and bands come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paribus.figures.arms import arm_names
from paribus.figures.curves import curves_description, curves_title, guessing_words, value_axis
from paribus.figures.curves_view import ArmCurves, Curves, SeedLine, curves_view
from paribus.figures.palette import arm_colour, arm_dash
from paribus.programs.view import step_unit
from paribus.records.comparison import Comparison
from paribus.words.translation import translator


def curves_data(comparison: Comparison, lang: str) -> dict[str, Any]:
    """What `charts.js` mounts: `metrics`, `arms`, `epochs` (1 to the last), and `curves[metric][arm]`.

    A curve has an entry for each epoch, None where there is no finite value: fractions for accuracies, nats for
    losses. `mean`, `low`, `high` are of the runs with `counted`; `runs` has every run. `closer`: the epoch from which
    a closer look is worth having, or None. `unit`: what an epoch is called, `epoch` or `step`.
    """
    view = curves_view(comparison)
    epochs = max((panel.last_epoch for panel in view.panels), default=0)
    return {
        "epochs": list(range(1, epochs + 1)),
        "unit": step_unit(comparison.program),
        "seeds": list(comparison.seeds),
        "arms": _arm_styles(comparison, lang),
        "metrics": [_metric(panel, comparison, lang) for panel in view.panels],
        "curves": {panel.metric.name: [_arm(arm, epochs) for arm in panel.arms] for panel in view.panels},
        "closer": view.closer.first_epoch if view.closer else None,
        "percent": translator(lang).percent_sign,
        "name": comparison.id,
        "title": translator(lang).text("How training went"),
    }


def _arm_styles(comparison: Comparison, lang: str) -> list[dict[str, Any]]:
    """Each arm: `name`, dashes in px, and its colour on white."""
    return [
        {"name": name, "dash": list(arm_dash(index)), "onWhite": arm_colour(index).light}
        for index, name in enumerate(arm_names(comparison, lang))
    ]


def _metric(panel: Curves, comparison: Comparison, lang: str) -> dict[str, Any]:
    return {
        "key": panel.metric.name,
        "title": curves_title(panel, lang),
        "description": curves_description(panel, arm_names(comparison, lang), lang),
        "fraction": panel.metric.unit == "share",
        "guessing": panel.guessing,
        "guessingText": guessing_words(panel, lang),
        "log": value_axis(panel).logarithmic,
    }


def _arm(arm: ArmCurves, epochs: int) -> dict[str, Any]:
    band = {name: {p.epoch: getattr(p, name) for p in arm.band} for name in ("mean", "low", "high")}
    by_epoch = {name: _by_epoch(values, epochs) for name, values in band.items()}
    return {"counted": arm.counted, **by_epoch, "runs": [_run(line, epochs) for line in arm.lines]}


def _run(line: SeedLine, epochs: int) -> dict[str, Any]:
    values = _by_epoch(dict(line.points), epochs)
    return {"seed": line.seed, "values": values, "inBand": line.in_band, "diverged": line.diverged}


def _by_epoch(values: Mapping[int, float], epochs: int) -> list[float | None]:
    """Six significant digits of each: more than anybody reads off a curve, at half of the bytes."""
    return [float(f"{values[epoch]:.6g}") if epoch in values else None for epoch in range(1, epochs + 1)]
