"""The test images on which the arms disagree most."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from paribus.programs.recipe.evidence import Answer, Disagreement
from paribus.records.run import RunResult

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
