"""From results that exist already to the comparison."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

import paribus
from paribus.comparison.arm_results import ArmRuns, Columns
from paribus.comparison.baseline import known_arm
from paribus.comparison.datasets.from_runs import judged_on_datasets
from paribus.comparison.decision_rule.look_levels import LOOK_LEVELS, look_level
from paribus.comparison.from_runs import Crossed, judged
from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.programs.metrics import Condition
from paribus.records.comparison import Comparison, RunView
from paribus.records.given import Given, GivenArm
from paribus.records.program import Fields, ProgramInfo
from paribus.records.run import Environment, Status

_SIGNS = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}  # none of them holds of NaN
_MOST_LISTED = 1000  # runs of an arm; the figures of all of them count


def compared(
    given: Given, margin: float, look: int, needed: Condition | None, claim_all: bool, baseline: str, edition: str
) -> Comparison:
    """The comparison of given results, with a verdict for each pair. needed: of a run that counts as trained."""
    first, alpha = given.metrics[0], look_level(look)
    known = next(iter(given.arms.values())).figures
    if needed is not None and needed.name not in known:
        figures = Message("the figures are {choices}", choices=tuple(known))
        raise ParibusError("there is no figure {name!q}", name=needed.name, hint=nearest(needed.name, known, figures))
    if not given.datasets:
        _refuse_strangers(given)
    if given.factors:
        _refuse_of_factors(given, claim_all, baseline)
    if given.datasets and claim_all:
        raise ParibusError("several data sets are judged by one metric; leave out --claim-all")
    if baseline:
        known_arm(baseline, list(given.arms))
    source = dict(given.source) | ({"trained": f"{needed.name}{needed.sign}{needed.bound:g}"} if needed else {})
    program = ProgramInfo(
        kind="table", name="figures", metrics=given.metrics, steers=first.name, judged=first.name, source=source
    )
    told = needed is not None or any(not np.isfinite(arm.figures[first.name]).all() for arm in given.arms.values())
    crossed = Crossed((given.factors[0], given.factors[1]), given.cells) if given.factors else None
    how: dict[str, Any] = {"margin": margin, "look": look, "paired": given.paired, "baseline": baseline}
    if given.datasets:
        on_each = {
            name: [_arm(called, arm, given, needed, told, name) for called, arm in of.items()]
            for name, of in given.datasets.items()
        }
        found = judged_on_datasets(
            on_each, list(given.arms), program, edition=edition, column=given.dataset_column, **how
        )
    else:
        arms = [_arm(name, arm, given, needed, told) for name, arm in given.arms.items()]
        found = judged(arms, program, claim_all=claim_all, crossed=crossed, edition=edition, **how)
    others = {pair.metric for pair in found.other_pairs}
    return Comparison(
        id="judgement",
        program=program,
        metric=found.metric,
        factor=given.factor,
        recipe_name="",
        confounded=False,
        differences=_differences(given),
        seeds=tuple(np.unique(np.concatenate([arm.seeds for arm in given.arms.values()])).tolist()),
        margin=margin,
        paired=given.paired,
        baseline=baseline,
        claims=1 + len(others) if claim_all else 1,
        look=look,
        looks_allowed=len(LOOK_LEVELS),
        alpha=alpha,
        rule=edition,
        arms=found.arms,
        pairs=found.pairs,
        other_pairs=found.other_pairs,
        factorial=found.factorial,
        datasets=found.datasets,
        environment=_environment(),
        command="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        paribus=paribus.__version__,
    )


def _differences(given: Given) -> dict[str, tuple[Any, ...]]:
    if not given.factors:
        return {given.factor: tuple(given.arms)}
    return {
        factor.name: tuple(cell.levels[place] for cell in given.cells) for place, factor in enumerate(given.factors)
    }


def _refuse_of_factors(given: Given, claim_all: bool, baseline: str) -> None:
    """Effects are contrasts within a seed, by one metric, of cells that are equals."""
    if not given.paired:
        raise ParibusError("effects of two factors are taken within a seed: name its column, --pair-by")
    if claim_all or baseline:
        raise ParibusError("two factors are judged by one metric and without a baseline; leave out the others")
    if not set.intersection(*({*arm.seeds.tolist()} for arm in given.arms.values())):
        raise ParibusError("no seed has a run in every cell of the two factors, so there is nothing to compare within")


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


def _arm(name: str, arm: GivenArm, given: Given, needed: Condition | None, told: bool, dataset: str = "") -> ArmRuns:
    """One arm as runs. told: whether it is said of each run that it trained, since some did not."""
    finite = {key: np.where(np.isfinite(values), values, np.nan) for key, values in arm.figures.items()}
    first = arm.figures[given.metrics[0].name]
    ended = np.isfinite(first)
    counted = ended.copy() if needed is None else ended & _SIGNS[needed.sign](finite[needed.name], needed.bound)
    names: Mapping[str, str] = given.source.get("seed_names", {})
    listed = np.unique(np.concatenate([np.arange(len(first))[:_MOST_LISTED], np.flatnonzero(~ended)[:_MOST_LISTED]]))
    runs = [
        RunView(
            id="-".join(part for part in (name, dataset, f"s{names.get(str(seed), seed)}") if part),
            seed=seed,
            status=_status(float(first[i])),
            trained=bool(counted[i]) if told else None,
            figures={key: float(values[i]) for key, values in finite.items() if not np.isnan(values[i])},
            curves={},
            seconds=0.0,
            dataset=dataset,
        )
        for i, seed in zip(listed.tolist(), arm.seeds[listed].tolist(), strict=True)
    ]
    columns = Columns(arm.seeds, counted, {key: np.where(ended, values, np.nan) for key, values in finite.items()})
    return ArmRuns(name, name, Fields({given.factor: name}), tuple(runs), columns, arm.items)


def _status(figure: float) -> Status:
    if math.isfinite(figure):
        return "finished"
    return "failed" if math.isnan(figure) else "diverged"


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
