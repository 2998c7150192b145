"""The decision rule on results that exist already: tables or plain figures. Needs no torch and no store."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

import paribus
from paribus.comparison import rule
from paribus.comparison.arms import ArmRuns, Columns
from paribus.comparison.from_runs import judged
from paribus.comparison.judgement import Judgement
from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError, nearest
from paribus.core.messages import Message
from paribus.programs.metrics import Condition, condition, metric_named
from paribus.records.comparison import Comparison, RunView
from paribus.records.given import Given, GivenArm
from paribus.records.program import Fields, Metric, ProgramInfo
from paribus.records.run import Environment, Status

Figures = Sequence[float | None] | Mapping[int, float | None]

_SIGNS = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}  # none of them holds of NaN
_MOST_LISTED = 1000  # runs of an arm; the figures of all of them count


def judge(
    results: Mapping[str, Figures],
    *,
    metric: str | Sequence[str] = (),
    margin: float | None = None,
    unit: str = "",
    resolution: float | None = None,
    trained: str = "",
    claim_all: bool = False,
    paired: bool | None = None,
    look: int = 1,
) -> Judgement:
    """Decide between arms by the figures of their runs.

    `pb.judge({"a": {0: 0.91, 1: 0.92}, "b": {0: 0.93, 1: 0.94}})`, or `pb.judge("results.csv", metric="loss:min")`.

    Args:
        results: for each arm by name its figures: a mapping from seed to figure, which is paired by seed whatever its
            order, or a list. Or a table: a file (CSV, TSV, JSON lines, Parquet) or a DataFrame. A figure that is None
            or missing is of a run that failed, one that is no finite number of a run that diverged.
        metric: `NAME:max` where more is better, `NAME:min` where less is. Of several the first is judged.
        margin: a difference up to this counts as practically equal, in the metric's unit. Choose it beforehand. By
            default 0.001 where the name says that it is a share of right answers, and no other metric is ever called
            equal.
        unit: of the metric that is judged: `share` for fractions that are to be shown in per cent; `nats`, `seconds`,
            or any other.
        resolution: the least step that a figure can show, such as 1 / 10,000 for a share of so many items. By default
            the last decimal that figures are given with.
        trained: when a run counts as trained, such as `val_acc>0.2`. By default when it gave a finite figure.
        claim_all: judge by every metric, corrected for their number.
        paired: lists are paired by place if this is True; else runs without seeds are not paired, and compared by
            Welch's test. False compares runs with seeds in that way too.
        look: which look at these arms this is, from 1 to 3: who adds seeds and looks again has more chances.

    Raises:
        ParibusError: with all faults at once.
    """
    wanted = [metric] if isinstance(metric, str) and metric else list(metric)
    errors = ErrorCollector("the judgement")
    with errors:
        _check(margin, resolution)
    with errors:
        rule.look_level(look)
    with errors:
        metrics = [metric_named(text) for text in wanted]
        if len({named.name for named in metrics}) < len(metrics):
            raise ParibusError("every metric is named once", got=wanted)
    with errors:
        needed = condition(trained) if trained else None
    errors.raise_all()
    given = _plain(results, metrics, paired)
    first = given.metrics[0]
    if margin is None:  # no other metric has a difference that everybody takes for small
        margin = rule.DEFAULT_MARGIN if first.unit == "share" and metric_named(first.text).unit == "share" else 0.0
    first = first.model_copy(update={"unit": unit or first.unit, "resolution": resolution or first.resolution})
    given = replace(given, metrics=(first, *given.metrics[1:]))
    return Judgement(compared(given, margin, look, needed, claim_all), given.notes)


def compared(given: Given, margin: float, look: int, needed: Condition | None, claim_all: bool) -> Comparison:
    """The comparison of given results, with a verdict for each pair. needed: of a run that counts as trained."""
    first, alpha = given.metrics[0], rule.look_level(look)
    known = next(iter(given.arms.values())).figures
    if needed is not None and needed.name not in known:
        figures = Message("the figures are {choices}", choices=tuple(known))
        raise ParibusError("there is no figure {name!q}", name=needed.name, hint=nearest(needed.name, known, figures))
    _refuse_strangers(given)
    source = dict(given.source) | ({"trained": f"{needed.name}{needed.sign}{needed.bound:g}"} if needed else {})
    program = ProgramInfo(
        kind="table", name="figures", metrics=given.metrics, steers=first.name, judged=first.name, source=source
    )
    told = needed is not None or any(not np.isfinite(arm.figures[first.name]).all() for arm in given.arms.values())
    arms = [_arm(name, arm, given, needed, told) for name, arm in given.arms.items()]
    found = judged(arms, program, margin=margin, look=look, paired=given.paired, claim_all=claim_all)
    others = {pair.metric for pair in found.other_pairs}
    return Comparison(
        id="judgement",
        program=program,
        metric=found.metric,
        factor=given.factor,
        recipe_name="",
        confounded=False,
        differences={given.factor: tuple(given.arms)},
        seeds=tuple(np.unique(np.concatenate([arm.seeds for arm in given.arms.values()])).tolist()),
        margin=margin,
        paired=given.paired,
        claims=1 + len(others) if claim_all else 1,
        look=look,
        looks_allowed=len(rule.LOOK_LEVELS),
        alpha=alpha,
        arms=found.arms,
        pairs=found.pairs,
        other_pairs=found.other_pairs,
        environment=_environment(),
        command="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        paribus=paribus.__version__,
    )


def _refuse_strangers(given: Given) -> None:
    """Two arms without a seed in common cannot be paired."""
    named = list(given.arms.items())
    for i, (a, of_a) in enumerate(named):
        for b, of_b in named[i + 1 :] if given.paired else ():
            if not np.isin(of_a.seeds, of_b.seeds).any():
                raise ParibusError(
                    "{a} and {b} have no seed in common, so their runs cannot be paired; without pairs they are "
                    "compared by --unpaired (in Python paired=False)",
                    a=a,
                    b=b,
                )


def _arm(name: str, arm: GivenArm, given: Given, needed: Condition | None, told: bool) -> ArmRuns:
    """One arm as runs. told: whether it is said of each run that it trained, since some did not."""
    finite = {key: np.where(np.isfinite(values), values, np.nan) for key, values in arm.figures.items()}
    first = arm.figures[given.metrics[0].name]
    ended = np.isfinite(first)
    counted = ended.copy() if needed is None else ended & _SIGNS[needed.sign](finite[needed.name], needed.bound)
    names: Mapping[str, str] = given.source.get("seed_names", {})
    listed = np.unique(np.concatenate([np.arange(len(first))[:_MOST_LISTED], np.flatnonzero(~ended)[:_MOST_LISTED]]))
    runs = [
        RunView(
            id=f"{name}-s{names.get(str(seed), seed)}",
            seed=seed,
            status=_status(float(first[i])),
            trained=bool(counted[i]) if told else None,
            figures={key: float(values[i]) for key, values in finite.items() if not np.isnan(values[i])},
            curves={},
            seconds=0.0,
        )
        for i, seed in zip(listed.tolist(), arm.seeds[listed].tolist(), strict=True)
    ]
    columns = Columns(arm.seeds, counted, {key: np.where(ended, values, np.nan) for key, values in finite.items()})
    return ArmRuns(name, name, Fields({given.factor: name}), tuple(runs), columns, arm.items)


def _status(figure: float) -> Status:
    if math.isfinite(figure):
        return "finished"
    return "failed" if math.isnan(figure) else "diverged"


def _plain(figures: Mapping[str, Figures], metrics: Sequence[Metric], paired: bool | None) -> Given:
    """Plain figures by arm: mappings are paired by seed, lists by place where that is asked for."""
    metric = metrics[0] if metrics else metric_named("figure:max")
    faults = []
    if len(metrics) > 1:
        faults.append(Fault("figures without a table are of one metric", [m.name for m in metrics]))
    if len(figures) < 2:
        faults.append(Fault("there must be two arms or more", len(figures)))
    mapped = {isinstance(by_place, Mapping) for by_place in figures.values()}
    if len(mapped) > 1:
        faults.append(Fault("the arms must be lists, or mappings from seed to figure, all of them"))
    arms: dict[str, dict[int, float | None]] = {}
    for name, one in figures.items():
        by_seed = dict(one) if isinstance(one, Mapping) else dict(enumerate(one))
        faults += _faults_of(str(name), by_seed)
        arms[str(name)] = by_seed
    pairs = (mapped == {True} and paired is not False) or bool(paired)
    if mapped == {False} and paired and len(set(map(len, arms.values()))) > 1:
        faults.append(Fault("lists that are paired by place must be of one length", [len(of) for of in arms.values()]))
    if faults:
        raise FaultsError("these figures", faults)
    return Given(
        arms={
            name: GivenArm(np.array(list(of), np.int64), {metric.name: np.array(list(map(_figure, of.values())))})
            for name, of in arms.items()
        },
        metrics=(metric,),
        paired=pairs,
    )


def _faults_of(arm: str, by_seed: Mapping[Any, Any]) -> list[Fault]:
    if not by_seed:
        return [Fault("{arm} must have a figure or more", arm=arm)]
    found = [Fault("{arm}: a seed must be a whole number", seed, arm=arm) for seed in by_seed if not _is_whole(seed)]
    return found + [
        Fault(
            "{arm}, seed {seed}: a figure must be a number, or None of a run that failed",
            value,
            arm=arm,
            seed=str(seed),
        )
        for seed, value in by_seed.items()
        if value is not None and not _is_number(value)
    ]


def _figure(value: float | None) -> float:
    """NaN of a run that failed, infinite of one that diverged."""
    if value is None:
        return math.nan
    return float(value) if math.isfinite(value) else math.inf


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def _check(margin: float | None, resolution: float | None) -> None:
    faults = []
    if margin is not None and not (_is_number(margin) and math.isfinite(margin) and margin >= 0):
        faults.append(Fault("margin must be a number of at least 0", margin))
    if resolution is not None and not (_is_number(resolution) and math.isfinite(resolution) and resolution > 0):
        faults.append(Fault("resolution must be a number greater than 0", resolution))
    if faults:
        raise FaultsError("the judgement", faults)


def _environment() -> Environment:
    return Environment(
        paribus=paribus.__version__,
        python=platform.python_version(),
        torch="",
        numpy=np.__version__,
        platform=platform.platform(),
        processor=platform.machine(),
        device="",
        device_name="",
        kernel="",
        threads=0,
    )
