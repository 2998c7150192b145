"""The decision rule on plain numbers: figures of anybody's runs, paired by seed. Needs no torch and no store."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

import numpy as np

import paribus
from paribus.comparison import rule
from paribus.comparison.arms import ArmRuns
from paribus.comparison.from_runs import judged
from paribus.comparison.words.json_view import comparison_json
from paribus.comparison.words.verdict import verdict_words
from paribus.core.errors import Fault, FaultsError, ParibusError
from paribus.records.comparison import Comparison, PairView, RunView
from paribus.records.program import Direction, Fields, Label, Metric, ProgramInfo
from paribus.records.run import Environment
from paribus.words.translation import translator

Figures = Sequence[float] | Mapping[int, float]


@dataclass(frozen=True)
class Judgement:
    """What the decision rule says of some arms. `str` is the verdict in words, and so is what a notebook shows.

    `verdict`, `difference`, `interval` and the p values are of two arms, b minus a in the metric's unit; of more there
    are `pairs`, one for every two, corrected for their number. `comparison` has all figures of the arms as well.
    """

    comparison: Comparison
    lang: str = "en"

    @property
    def pairs(self) -> tuple[PairView, ...]:
        """Every pair of arms with its figures and its verdict."""
        return self.comparison.pairs

    @property
    def pair(self) -> PairView:
        """The pair, where there are two arms. Raises ParibusError where there are more."""
        if len(self.pairs) > 1:
            raise ParibusError("there are {n} pairs of arms: ask `pairs` for each", n=len(self.pairs))
        return self.pairs[0]

    @property
    def verdict(self) -> str:
        """`a_better`, `b_better`, `equal` (practically equal) or `open` (not established)."""
        return self.pair.verdict

    @property
    def better(self) -> str | None:
        """The name of the arm that is better; None where neither is established to be."""
        return {"a_better": self.pair.a, "b_better": self.pair.b}.get(self.verdict)

    @property
    def difference(self) -> float | None:
        """Mean of the paired differences."""
        return self.pair.difference

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % t interval over seeds; None of a single seed."""
        low, high = self.pair.low, self.pair.high
        return None if low is None or high is None else (low, high)

    @property
    def p_t(self) -> float | None:
        """p of the paired t test, two-sided; None of a single seed."""
        return self.pair.p_t

    @property
    def p_sign_flip(self) -> float | None:
        """p of the exact sign-flip permutation test, two-sided."""
        return self.pair.p

    @property
    def p_equal(self) -> float | None:
        """p of two one-sided t tests (TOST): small where the difference is within the margin."""
        return self.pair.p_equal

    def words(self, lang: str | None = None) -> str:
        """The verdict in words, in `en` or `ko`."""
        return verdict_words(self.comparison, lang or self.lang)

    def in_language(self, lang: str) -> Judgement:
        """The same, said in `ko` or `en`."""
        return replace(self, lang=translator(lang).lang)

    def to_dict(self) -> dict[str, Any]:
        """The object of docs/json.md."""
        return comparison_json(self.comparison)

    def __str__(self) -> str:
        return self.words()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def judge(
    figures: Mapping[str, Figures],
    *,
    metric: str = "figure:max",
    margin: float = 0.0,
    unit: str = "",
    resolution: float | None = None,
    look: int = 1,
) -> Judgement:
    """Decide between arms by their runs' figures: `pb.judge({"a": [0.91, 0.93], "b": [0.92, 0.95]})`.

    Args:
        figures: for each arm by name one figure a seed: a list, in which the same place is the same seed, or a mapping
            from seed to figure, which is paired by seed whatever its order. All arms have the same seeds.
        metric: `NAME:max` where more is better, `NAME:min` where less is.
        margin: a difference up to this counts as practically equal, in the metric's unit. Choose it beforehand.
        unit: `share` for fractions that are to be shown in per cent; `nats`, `seconds`, or any other.
        resolution: the least step that a figure can show, such as 1 / 10,000 for a share of so many items. By default
            the last decimal that figures are given with.
        look: which look at these arms this is, from 1 to 3: who adds seeds and looks again has more chances.

    Raises:
        ParibusError: with all faults at once.
    """
    name, direction = _metric(metric)
    seeds, values = _paired(figures)
    _check(margin, resolution)
    label = Label(en=name.replace("_", " "))
    judging = Metric(name=name, direction=direction, unit=unit, resolution=resolution, label=label)
    program = ProgramInfo(kind="table", name="figures", metrics=(judging,), steers=name, judged=name)
    arms = [
        ArmRuns(arm, arm, Fields(arm=arm), tuple(_run(arm, seed, name, x) for seed, x in zip(seeds, of, strict=True)))
        for arm, of in values.items()
    ]
    alpha = rule.look_level(look)
    known, views, pairs = judged(arms, seeds, program, margin=margin, look=look)
    return Judgement(
        Comparison(
            id="judgement",
            program=program,
            metric=known,
            factor="arm",
            recipe_name="",
            confounded=False,
            differences={"arm": tuple(values)},
            seeds=tuple(seeds),
            margin=margin,
            look=look,
            looks_allowed=len(rule.LOOK_LEVELS),
            alpha=alpha,
            arms=views,
            pairs=pairs,
            environment=_environment(),
            command="",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            paribus=paribus.__version__,
        )
    )


def _metric(metric: str) -> tuple[str, Direction]:
    name, _, direction = metric.rpartition(":")
    if not name or direction not in ("min", "max"):
        raise ParibusError("metric must be a name with a direction, NAME:min or NAME:max", got=metric)
    return name, cast(Direction, direction)


def _paired(figures: Mapping[str, Figures]) -> tuple[list[int], dict[str, list[float]]]:
    """The seeds, and each arm's figures in their order."""
    faults = []
    if len(figures) < 2:
        faults.append(Fault("there must be two arms or more", len(figures)))
    by_seed = {str(arm): dict(of) if isinstance(of, Mapping) else dict(enumerate(of)) for arm, of in figures.items()}
    seeds = sorted(next(iter(by_seed.values()), {}))
    for arm, of in by_seed.items():
        if not of:
            faults.append(Fault("{arm} must have a figure or more", arm=arm))
        elif sorted(of) != seeds:
            faults.append(Fault("{arm} must have the same seeds as the first arm", sorted(of), arm=arm))
        for seed, value in of.items():
            if not _is_number(value):
                faults.append(Fault("{arm}, seed {seed}: a figure must be a finite number", value, arm=arm, seed=seed))
    if faults:
        raise FaultsError("these figures", faults)
    return seeds, {arm: [float(of[seed]) for seed in seeds] for arm, of in by_seed.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and math.isfinite(value)


def _check(margin: float, resolution: float | None) -> None:
    faults = []
    if not (_is_number(margin) and margin >= 0):
        faults.append(Fault("margin must be a number of at least 0", margin))
    if resolution is not None and not (_is_number(resolution) and resolution > 0):
        faults.append(Fault("resolution must be a number greater than 0", resolution))
    if faults:
        raise FaultsError("the judgement", faults)


def _run(arm: str, seed: int, metric: str, value: float) -> RunView:
    return RunView(
        id=f"{arm}-s{seed}", seed=seed, status="finished", trained=None, figures={metric: value}, curves={}, seconds=0.0
    )


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
