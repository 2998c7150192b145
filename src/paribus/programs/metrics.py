"""Metrics as people write them, what counts as trained, and the figures of a run out of the rows of its curve."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.records.program import Direction, Label, Metric, ProgramInfo
from paribus.runs.failing import no_figure

At = Literal["last", "best"]  # which row of a curve is the run's figure

MOST_EPOCHS = 10_000  # of a curve that is kept; figures are taken of all of it

# Of a bare name that has one of these in it nobody knows that more is better: long ones anywhere, short ones as a word.
_LESS_ANYWHERE = ("loss", "error", "perplexity", "rmse", "seconds")
_LESS_AS_WORD = {"mse", "mae", "nll", "wer", "cer", "time", "err", "ppl", "latency"}
_ACCURACY = {"acc", "accuracy"}


def metric_named(text: str) -> Metric:
    """The metric of `--metric`: `NAME`, `NAME:min`, `NAME:max` or `NAME:max:UNIT`; what follows `=` is a pattern.

    A bare name means that more is better, and is refused where the name speaks of errors. An accuracy is a share from 0
    to 1, unless a unit is given or its pattern has a per cent sign. Raises ParibusError.
    """
    name, *rest = (part.strip() for part in text.partition("=")[0].split(":"))
    words = {word for word in re.split(r"[^a-z]+", name.lower()) if word}
    if not name or len(rest) > 2 or (rest and rest[0] not in ("min", "max")):
        raise ParibusError("a metric is written NAME, NAME:min or NAME:max", got=text)
    if not rest and (words & _LESS_AS_WORD or any(part in name.lower() for part in _LESS_ANYWHERE)):
        raise ParibusError("{name}: is less better, or more? Write {name}:min or {name}:max", name=name)
    usual = ("percent" if "%" in pattern_of(text) else "share") if words & _ACCURACY else ""
    return Metric(
        name=name,
        direction=cast(Direction, rest[0] if rest else "max"),
        unit=rest[1] if len(rest) == 2 else usual,
        label=Label(en=name.replace("_", " ")),
    )


def pattern_of(text: str) -> str:
    """The pattern of a metric that is read by one, `NAME=PATTERN`; empty where there is none."""
    return text.partition("=")[2]


def measured(
    kind: str, name: str, metrics: Sequence[Metric], steers: str, at: str, source: Mapping[str, Any], identity: str
) -> ProgramInfo:
    """What is known of a program that is judged by these metrics: by the first, and steered by the one named, or by it.

    Raises ParibusError with what is wrong with them.
    """
    if not metrics:
        raise ParibusError("name the figure that is judged: --metric NAME (in Python metric=)")
    names = [metric.name for metric in metrics]
    if len(set(names)) < len(names):
        raise ParibusError("every metric is named once", got=names)
    if steers and steers not in names:
        others = Message("name it too")
        raise ParibusError("what steers must be one of the metrics", got=steers, hint=nearest(steers, names, others))
    if at not in ("last", "best"):
        raise ParibusError("{field} must be one of {choices}", field="at", choices=("last", "best"), got=at)
    if at == "best" and (steers or names[0]) == names[0]:
        raise ParibusError(
            "the best epoch is chosen by another metric than the one that is judged, or luck would be judged: name "
            "one that steers (--steer NAME:max, in Python steer=)"
        )
    return ProgramInfo(
        kind=kind,
        name=name,
        identity=identity,
        metrics=tuple(metrics),
        steers=steers or names[0],
        judged=names[0],
        source={**source, "at_epoch": at},
    )


@dataclass(frozen=True)
class Condition:
    """What must hold for a run to count as trained: `val_acc>0.2`."""

    name: str
    sign: str
    bound: float

    def holds(self, figures: Mapping[str, float]) -> bool | None:
        """Whether it holds of these figures; None where they have none of that name."""
        value = figures.get(self.name)
        if value is None:
            return None
        return {
            ">": value > self.bound,
            ">=": value >= self.bound,
            "<": value < self.bound,
            "<=": value <= self.bound,
        }[self.sign]


def condition(text: str) -> Condition:
    """Read one: a figure's name, one of > >= < <=, and a number. Raises ParibusError."""
    match = re.fullmatch(r"\s*([^<>=\s][^<>=]*?)\s*(>=|<=|>|<)\s*(\S+)\s*", text)
    try:
        bound = float(match[3]) if match else math.nan
    except ValueError:
        bound = math.nan
    if match is None or not math.isfinite(bound):
        raise ParibusError("what counts as trained is written like val_acc>0.2, with >, >=, < or <=", got=text)
    return Condition(match[1], match[2], bound)


def trained(info: ProgramInfo, figures: Mapping[str, float]) -> bool | None:
    """Whether a run with these figures trained; None where nobody said when it does."""
    said = info.source.get("trained")
    return condition(said).holds(figures) if said else None


def figures_at(rows: Sequence[Mapping[str, float]], info: ProgramInfo) -> dict[str, float]:
    """A run's figures: of every name the last that there is, or all those of the best row by what steers.

    The best row is the first of equals, and of those that have both the steering and the judged metric; where there
    is none, the last figures stand.
    """
    figures = {name: value for row in rows for name, value in row.items()}
    if not info.at_best:
        return figures
    steering = info.steering
    able = [row for row in rows if info.judged in row and math.isfinite(row.get(info.steers, math.nan))]
    best = max(able, key=lambda row: steering.gain(0.0, row[info.steers]), default=figures)
    return {**figures, **best}


def figures_fault(figures: Mapping[str, float], info: ProgramInfo) -> Message | None:
    """Why these cannot be a run's figures: a metric that is not among them, or a share that is none."""
    for metric in info.metrics:
        if metric.name not in figures:
            return no_figure(metric.name, figures)
        value = figures[metric.name]
        if metric.unit == "share" and math.isfinite(value) and not 0 <= value <= 1:
            return Message(
                "{name} is taken for a share from 0 to 1, and a run gave {value}: write {name}:{direction}:percent, "
                "or whatever unit it has",
                name=metric.name,
                value=value,
                direction=metric.direction,
            )
    return None
