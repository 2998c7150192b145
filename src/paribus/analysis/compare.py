"""From run results to the comparison: every figure that terminal, report, web page and JSON show is made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from paribus.analysis import rule
from paribus.analysis.arms import ArmRuns, arm_runs, arm_view
from paribus.analysis.disagreements import disagreements
from paribus.analysis.pairs import pair_views
from paribus.values.comparison import Comparison, Design
from paribus.values.errors import ComparisonError
from paribus.values.records import Environment, RunResult


def compare(
    design: Design,
    results: Mapping[tuple[str, int], RunResult],
    *,
    test_labels: NDArray[np.integer],
    test_images: NDArray[np.uint8],
    class_names: Sequence[str],
    margin: float = rule.DEFAULT_MARGIN,
    look: int = 1,
    command: str,
    created: str,
    paribus_version: str,
) -> Comparison:
    """The comparison of all arms of `design`, with a verdict for each pair.

    results: a run for each (arm name, seed), all finished or diverged. test_labels: [images]; test_images: uint8
    [images, channels, height, width], as the data set has them. margin: a fraction of accuracy. look: which look
    at these arms this is, from 1 to 3. Raises ComparisonError, with all faults, where runs are missing or do not
    fit the test set.
    """
    level = rule.look_level(look)
    labels = np.asarray(test_labels, dtype=np.int64)
    _check(design, results, labels, test_images, len(class_names), margin)
    arms = [arm_runs(arm, [results[arm.name, seed] for seed in design.seeds]) for arm in design.arms]
    return Comparison(
        id=design.id,
        factor=design.factor,
        recipe_name=design.recipe_name,
        confounded=design.confounded,
        differences=design.differences,
        seeds=design.seeds,
        margin=margin,
        look=look,
        looks_allowed=len(rule.LOOK_LEVELS),
        alpha=level,
        arms=tuple(arm_view(arm, labels, len(class_names)) for arm in arms),
        pairs=pair_views(arms, design.seeds, labels, margin=margin, look=look),
        disagreements=disagreements(arms, labels, test_images),
        class_names=tuple(class_names),
        prior_entropy=_prior_entropy(arms, labels),
        test_count=len(labels),
        environment=_environment(arms),
        command=command,
        created=created,
        paribus=paribus_version,
    )


def _prior_entropy(arms: Sequence[ArmRuns], labels: NDArray[np.int64]) -> float:
    """Mean over runs of the validation prior's entropy; each seed has a split of its own. Nats."""
    known = [
        r.record.figures["prior_entropy"] for arm in arms for r in arm.results if "prior_entropy" in r.record.figures
    ]
    if known:
        return float(np.mean(known))
    shares = np.bincount(labels) / len(labels)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def _environment(arms: Sequence[ArmRuns]) -> Environment:
    """The environment of the run that started last: of the command that made this comparison, if it ran any."""
    return max((r.record for arm in arms for r in arm.results), key=lambda record: record.started).environment


def _check(
    design: Design,
    results: Mapping[tuple[str, int], RunResult],
    labels: NDArray[np.int64],
    images: NDArray[np.uint8],
    classes: int,
    margin: float,
) -> None:
    faults = []
    if len(design.arms) < 2:
        faults.append(f"a comparison has at least two arms; got {len(design.arms)}")
    if not design.seeds:
        faults.append("a comparison has at least one seed; got none")
    if not 0 <= margin <= 1:
        faults.append(f"margin must be a fraction of accuracy from 0 to 1; got {margin}")
    if images.ndim != 4 or len(images) != len(labels):
        faults.append(f"test images must be [{len(labels)}, channels, height, width]; got {list(images.shape)}")
    if labels.size == 0 or labels.min() < 0 or labels.max() >= classes:
        faults.append(f"test labels must be from 0 to {classes - 1}, one an image")
    for arm in design.arms:
        for seed in design.seeds:
            fault = _run_fault(results.get((arm.name, seed)), len(labels), classes)
            if fault:
                faults.append(f"arm {arm.name}, seed {seed}: {fault}")
    if faults:
        raise ComparisonError("these runs cannot be compared:\n{listed:lines}", listed=faults)


def _run_fault(result: RunResult | None, images: int, classes: int) -> str | None:
    if result is None:
        return "the run is missing"
    if result.record.status == "running":
        return f"run {result.record.id} must be finished or diverged; it is still running"
    if result.record.status == "diverged":
        return None
    if "test_accuracy" not in result.record.figures or result.classes is None or result.probabilities is None:
        return f"run {result.record.id} is finished, but has no answers on the test set"
    if result.classes.shape != (images,) or result.probabilities.shape != (images, classes):
        return (
            f"run {result.record.id} must have answered {images} test images with {classes} classes; "
            f"got {list(result.classes.shape)} answers and {list(result.probabilities.shape)} probabilities"
        )
    return None
