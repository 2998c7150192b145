"""Synthetic runs whose outcome is chosen, on a synthetic test set. Every draw comes from `paribus.core.seeds`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from paribus.core.seeds import generator
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.trained_criterion import trained
from paribus.records.design import Arm
from paribus.records.program import Epoch
from paribus.records.run import Environment, RunRecord, RunResult

CLASSES = 10
PRIOR_ENTROPY = 2.3005  # nats, about that of MNIST's labels

# A run's outcome: its test accuracy, or that it never left chance, or that its loss became NaN.
Outcome = float | Literal["collapsed", "diverged"]

ENVIRONMENT = Environment(
    paribus="0.1.0",
    python="3.11.9",
    torch="2.9.0+cpu",
    numpy="2.3.4",
    platform="Linux-6.1-x86_64",
    processor="x86_64",
    device="cpu",
    device_name="Example CPU",
    kernel="torch",
    threads=1,
    git_revision="0123456789abcdef0123456789abcdef01234567",
    git_dirty=False,
)


@dataclass(frozen=True)
class TestSet:
    """labels [images], images uint8 [images, 1, 28, 28]: a blurred blob, elsewhere for each class."""

    __test__ = False

    labels: np.ndarray
    images: np.ndarray


@lru_cache
def make_test_set(count: int = 2000, side: int = 28, channels: int = 1) -> TestSet:
    draw = generator(0, "test set")
    labels = draw.choice(CLASSES, size=count, p=_class_shares())
    rows, columns = np.mgrid[0:side, 0:side] / side
    angle = 2 * np.pi * labels / CLASSES + draw.normal(0, 0.1, count)
    y, x = 0.5 + 0.3 * np.sin(angle), 0.5 + 0.3 * np.cos(angle)
    squared = (rows - y[:, None, None]) ** 2 + (columns - x[:, None, None]) ** 2
    blob = (255 * np.exp(-squared / 0.02)).astype(np.uint8)
    images = np.repeat(blob[:, None], channels, axis=1)
    images.setflags(write=False)
    return TestSet(labels, images)


def _class_shares() -> np.ndarray:
    counts = np.array([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])  # MNIST's test labels
    shares: np.ndarray = counts / counts.sum()
    return shares


def make_epoch(epoch: int, seconds: float, **figures: float) -> Epoch:
    """An epoch of a recipe's run."""
    return Epoch(epoch=epoch, figures=figures, seconds=seconds)


def make_run(arm: Arm, seed: int, outcome: Outcome, place_of_arm: int = 0, test_count: int = 2000) -> RunResult:
    if outcome == "diverged":
        return _diverged(arm, seed)
    tests = make_test_set(test_count)
    if outcome == "collapsed":
        classes, probabilities = _collapsed_answers(len(tests.labels), seed)
        loss, spread, final = PRIOR_ENTROPY + 0.001, 2e-6, 0.1125
    else:
        assert isinstance(outcome, float)
        classes, probabilities = _answers(tests.labels, outcome, place_of_arm, seed)
        loss, spread, final = 0.02 + 3.2 * (1 - outcome), 0.28, outcome
    picked = np.clip(probabilities[np.arange(len(classes)), tests.labels], 1e-12, 1)
    epochs = arm.fields["epochs"]
    metrics = _metrics(epochs, final, loss, seed, place_of_arm, collapsed=outcome == "collapsed")
    figures = {
        "val_loss": metrics[-1].figures["val_loss"],
        "val_accuracy": metrics[-1].figures["val_accuracy"],
        "test_loss": float(-np.log(picked).mean()),
        "test_accuracy": float((classes == tests.labels).mean()),
        "test_count": len(tests.labels),
        "output_spread": spread,
        "prior_entropy": PRIOR_ENTROPY,
    }
    record = _record(arm, seed).model_copy(
        update={
            "status": "finished",
            "epochs_done": epochs,
            "figures": figures,
            "trained": trained(figures),
            "weights_digest": "0" * 64,
        }
    )
    return RunResult(record, metrics, {"classes": classes, "probabilities": probabilities})


def _record(arm: Arm, seed: int) -> RunRecord:
    return RunRecord(
        id=f"{arm.fields.digest()[:8]}-s{seed}",
        program=RECIPE,
        fields=arm.fields,
        fields_digest=arm.fields.digest(),
        seed=seed,
        status="finished",
        figures={"prior_entropy": PRIOR_ENTROPY},
        trained=False,
        started="2025-01-01T09:00:00+00:00",
        ended="2025-01-01T09:01:10+00:00",
        seconds=70.0 + seed / 4,
        environment=ENVIRONMENT,
        data_digest="d" * 64,
        code_identity="c" * 64,
    )


def _diverged(arm: Arm, seed: int) -> RunResult:
    nan = float("nan")
    metrics = (
        make_epoch(
            epoch=1,
            train_loss=3.4,
            train_accuracy=0.11,
            val_loss=8.9,
            val_accuracy=0.10,
            learning_rate=arm.fields["learning_rate"],
            seconds=4.5,
        ),
        make_epoch(
            epoch=2,
            train_loss=nan,
            train_accuracy=0.10,
            val_loss=nan,
            val_accuracy=0.0980,
            learning_rate=arm.fields["learning_rate"],
            seconds=4.5,
        ),
    )
    update = {"status": "diverged", "epochs_done": 2, "note": "the training loss became NaN in epoch 2"}
    return RunResult(_record(arm, seed).model_copy(update=update), metrics)


def _collapsed_answers(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """One class for every image: the prior, whatever the input, as a network with dead lower layers answers."""
    shares = _class_shares() + generator(seed, "prior").normal(0, 2e-4, CLASSES)
    probabilities = np.tile((shares / shares.sum()).astype(np.float32), (count, 1))
    return probabilities.argmax(axis=1).astype(np.int64), probabilities


def _answers(labels: np.ndarray, accuracy: float, place_of_arm: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Exactly round(accuracy * images) right answers. Images have a difficulty that all runs share, arms a taste."""
    count = len(labels)
    ease = generator(0, "ease").normal(size=count) + 0.5 * generator(place_of_arm, "taste").normal(size=count)
    ease = ease + 0.5 * generator(seed, f"run/{place_of_arm}").normal(size=count)
    wrong = np.argsort(ease, kind="stable")[: count - round(accuracy * count)]
    other = (labels + generator(0, "rival").integers(1, CLASSES, count)) % CLASSES
    classes = labels.copy()
    classes[wrong] = other[wrong]
    sure = np.clip(1 / (1 + np.exp(-(1.5 + np.abs(ease - ease[wrong].max(initial=ease.min()))))), 0.51, 0.9999)
    probabilities = np.full((count, CLASSES), 0.0, dtype=np.float64)
    probabilities[:] = ((1 - sure) * 0.4 / (CLASSES - 2))[:, None]
    rival = np.where(classes == labels, other, labels)
    probabilities[np.arange(count), rival] = (1 - sure) * 0.6
    probabilities[np.arange(count), classes] = sure
    return classes.astype(np.int64), probabilities.astype(np.float32)


def _metrics(epochs: int, accuracy: float, loss: float, seed: int, place: int, collapsed: bool) -> tuple[Epoch, ...]:
    draw = generator(seed, f"curve/{place}")
    found = []
    for epoch in range(1, epochs + 1):
        todo = 0.0 if collapsed else float(np.exp(-1.1 * epoch) / (1 + np.exp(-1.1 * epoch)))
        left = todo * (PRIOR_ENTROPY - loss) * 1.6
        noise = float(draw.normal(0, 0.0004 if collapsed else 0.004 * (loss + left)))
        level = (1 - accuracy) + todo * 1.2 * (accuracy - 0.1)
        found.append(
            make_epoch(
                epoch=epoch,
                train_loss=loss + 1.3 * left + noise,
                train_accuracy=float(np.clip(1 - 1.1 * level if not collapsed else accuracy + noise, 0, 1)),
                val_loss=loss + left + noise / 2,
                val_accuracy=float(np.clip(1 - level + (noise if collapsed else -noise / 5), 0, 1)),
                learning_rate=0.001,
                seconds=4.6,
            )
        )
    return tuple(found)
