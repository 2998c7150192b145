"""What only a comparison of recipes shows, from its runs' answers on the test set: matrices, and disagreements."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paribus.comparison.from_runs import Key, refuse
from paribus.core.messages import Message
from paribus.programs.recipe.confusion import OF_TABLES, Answer, Counts, Disagreement, RecipeEvidence
from paribus.programs.recipe.constant_answer import constant_answer
from paribus.programs.recipe.data.prepare import entropy
from paribus.records.design import Design
from paribus.records.run import RunResult

if TYPE_CHECKING:
    from paribus.programs.recipe.data import DataSet


MOST_CLASSES = 256  # of a confusion matrix


def evidence_of_dataset(design: Design, results: Mapping[Key, RunResult], dataset: DataSet) -> Mapping[str, Any] | None:
    """The same as JSON. Of tables only that they are, and of numbers what a constant answer comes to; else None."""
    if dataset.is_table or dataset.numbers:
        return {**(OF_TABLES if dataset.is_table else {}), **constant_answer(design, results)} or None
    if not 0 < dataset.classes <= MOST_CLASSES or dataset.test_images.dtype != np.uint8:
        return None
    found = evidence_from(design, results, dataset.test_labels, dataset.test_images, dataset.class_names)
    return found.model_dump(mode="json")


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
    return entropy(labels)


def _confusion(results: Sequence[RunResult], labels: NDArray[np.int64], classes: int) -> Counts:
    """Counts [true][predicted] of test images, summed over the runs."""
    total = np.zeros((classes, classes), dtype=np.int64)
    for answers in (r.items["classes"] for r in results if "classes" in r.items):
        total += confusion_counts(labels, answers, classes)
    return tuple(tuple(int(count) for count in row) for row in total)


def confusion_counts(labels: NDArray[np.int64], answers: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """Counts [true, predicted] of one run's answers."""
    found = np.bincount(labels * classes + answers, minlength=classes * classes)
    return np.asarray(found.reshape(classes, classes), np.int64)


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


MOST = 24


@dataclass(frozen=True, eq=False)
class ArmAnswers:
    """An arm with the runs that its figures are over, as far as they have answers, and whether any of them trained."""

    name: str
    described: tuple[RunResult, ...]
    trained: bool


def disagreements(
    arms: Sequence[ArmAnswers], labels: NDArray[np.int64], images: NDArray[np.uint8], most: int = MOST
) -> tuple[Disagreement, ...]:
    """Up to `most` images whose majority answers differ between arms, the farthest apart first within a class.

    An arm's answer to an image is its most frequent class over the runs that describe it (a tie goes to the more
    probable class). Arms are ranked apart by the total-variation distance of their mean probabilities, the largest
    over the pairs of arms; arms of which no run trained count only if fewer than two did. Images are then taken
    from the true classes in turn: a collapsed arm disagrees nearly everywhere, and twenty-four pictures of one
    digit would show little.
    """
    able = [arm for arm in arms if arm.described]
    trained = [arm for arm in able if arm.trained]
    judged = trained if len(trained) >= 2 else able
    if len(judged) < 2:
        return ()
    mean = {arm.name: _mean_probabilities(arm) for arm in able}
    answer = {arm.name: _majority(arm, mean[arm.name]) for arm in able}
    names = [arm.name for arm in judged]
    apart = np.max([np.abs(mean[a] - mean[b]).sum(axis=1) / 2 for a, b in combinations(names, 2)], axis=0)
    differ = np.any([answer[name] != answer[names[0]] for name in names[1:]], axis=0)
    ranked = [int(i) for i in np.argsort(-apart, kind="stable") if differ[i]]
    return tuple(
        Disagreement(
            index=i,
            label=int(labels[i]),
            answers=tuple(
                Answer(
                    arm=arm.name,
                    predicted=int(answer[arm.name][i]),
                    probability=float(mean[arm.name][i, answer[arm.name][i]]),
                )
                for arm in able
            ),
            pixels=base64.b64encode(np.ascontiguousarray(images[i].transpose(1, 2, 0)).tobytes()).decode(),
            height=images.shape[2],
            width=images.shape[3],
            channels=images.shape[1],
        )
        for i in _in_turn(ranked, labels)[:most]
    )


def _mean_probabilities(arm: ArmAnswers) -> NDArray[np.float64]:
    """[images, classes], over the runs that describe the arm."""
    stack = [r.items["probabilities"] for r in arm.described if "probabilities" in r.items]
    return np.asarray(np.mean(stack, axis=0, dtype=np.float64))


def _majority(arm: ArmAnswers, mean: NDArray[np.float64]) -> NDArray[np.int64]:
    """[images]: the most frequent class over runs. Votes are whole, so a mean probability below 1 breaks ties."""
    votes = np.zeros(mean.shape)
    for result in arm.described:
        votes[np.arange(len(mean)), result.items["classes"]] += 1
    return np.asarray((votes + mean / 2).argmax(axis=1))


def _in_turn(ranked: Sequence[int], labels: NDArray[np.int64]) -> list[int]:
    """The first of each true class, then the second of each, and so on; the rank decides within a round."""
    rounds: list[tuple[int, int, int]] = []
    seen: dict[int, int] = {}
    for rank, i in enumerate(ranked):
        label = int(labels[i])
        rounds.append((seen.get(label, 0), rank, i))
        seen[label] = seen.get(label, 0) + 1
    return [i for _, _, i in sorted(rounds)]
