"""What only a comparison of recipes shows, from its runs' answers on the test set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.comparison.from_runs import Key, refuse
from paribus.core.messages import Message
from paribus.programs.recipe.disagreements import ArmAnswers, disagreements
from paribus.programs.recipe.evidence import Counts, RecipeEvidence
from paribus.records.comparison import Design
from paribus.records.run import RunResult


def evidence_from(
    design: Design,
    results: Mapping[Key, RunResult],
    test_labels: NDArray[np.integer[Any]],
    test_images: NDArray[np.uint8],
    class_names: Sequence[str],
) -> RecipeEvidence:
    """What the sections of recipes show.

    test_labels: [images]; test_images: uint8 [images, channels, height, width], as the data set has them. Raises
    ComparisonError, with all faults, where runs do not fit the test set.
    """
    labels, images = np.asarray(test_labels, dtype=np.int64), test_images
    refuse(_faults(design, results, labels, images, len(class_names)))
    arms = [_answers(arm.name, [results[arm.name, seed] for seed in design.seeds]) for arm in design.arms]
    return RecipeEvidence(
        confusion={arm.name: _confusion(arm.described, labels, len(class_names)) for arm in arms},
        disagreements=disagreements(arms, labels, images),
        class_names=tuple(class_names),
        prior_entropy=_prior_entropy([results[arm.name, seed] for arm in arms for seed in design.seeds], labels),
        test_count=len(labels),
    )


def _answers(name: str, results: Sequence[RunResult]) -> ArmAnswers:
    """The runs that the arm's figures are over: all, or those that trained where only some did."""
    trained = [bool(result.record.trained) for result in results]
    mixed = any(trained) and not all(trained)
    chosen = [r for r, t in zip(results, trained, strict=True) if (t or not mixed) and "classes" in r.items]
    return ArmAnswers(name, tuple(chosen), any(trained))


def _prior_entropy(results: Sequence[RunResult], labels: NDArray[np.int64]) -> float:
    """Mean over runs of the validation prior's entropy; each seed has a split of its own. Nats."""
    known = [r.record.figures["prior_entropy"] for r in results if "prior_entropy" in r.record.figures]
    if known:
        return float(np.mean(known))
    shares = np.bincount(labels) / len(labels)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def _confusion(results: Sequence[RunResult], labels: NDArray[np.int64], classes: int) -> Counts:
    """Counts [true][predicted] of test images, summed over the runs."""
    total = np.zeros(classes * classes, dtype=np.int64)
    for answers in (r.items["classes"] for r in results if "classes" in r.items):
        total += np.bincount(labels * classes + answers, minlength=classes * classes)
    return tuple(tuple(int(count) for count in row) for row in total.reshape(classes, classes))


def _faults(
    design: Design,
    results: Mapping[Key, RunResult],
    labels: NDArray[np.int64],
    images: NDArray[np.uint8],
    classes: int,
) -> list[Message]:
    found = []
    if images.ndim != 4 or len(images) != len(labels):
        found.append(
            Message(
                "test images must be [{count}, channels, height, width]; got {shape!q}",
                count=len(labels),
                shape=images.shape,
            )
        )
    if labels.size == 0 or labels.min() < 0 or labels.max() >= classes:
        found.append(Message("test labels must be from 0 to {most}, one an image", most=classes - 1))
    for arm in design.arms:
        for seed in design.seeds:
            fault = _run_fault(results.get((arm.name, seed)), len(labels), classes)
            if fault:
                found.append(Message("arm {name}, seed {seed}: {fault}", name=arm.name, seed=seed, fault=fault))
    return found


def _run_fault(result: RunResult | None, images: int, classes: int) -> Message | None:
    if result is None:
        return Message("the run is missing")
    if result.record.status != "finished":
        return None
    said, probabilities = (result.items.get(name) for name in ("classes", "probabilities"))
    if "test_accuracy" not in result.record.figures or said is None or probabilities is None:
        return Message("run {name} is finished, but has no answers on the test set", name=result.record.id)
    if said.shape != (images,) or probabilities.shape != (images, classes):
        return Message(
            "run {name} must have answered {count} test images with {classes} classes; got {answers!q} answers and "
            "{probabilities!q} probabilities",
            name=result.record.id,
            count=images,
            classes=classes,
            answers=said.shape,
            probabilities=probabilities.shape,
        )
    return None
