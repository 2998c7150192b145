"""What only a comparison of recipes shows: confusion matrices and the test images on which the arms disagree."""

from __future__ import annotations

import base64
import binascii
import math

from pydantic import ValidationError, model_validator

from paribus.core.errors import StoreError
from paribus.core.frozen import Frozen
from paribus.core.messages import Message
from paribus.programs.recipe.data.items import IMAGES, ROWS
from paribus.records.comparison import Comparison

Counts = tuple[tuple[int, ...], ...]
OF_TABLES = {"items": "rows"}  # of the evidence of comparisons whose data are no images


class Answer(Frozen):
    """What one arm says to one image: its most frequent class over seeds, with the mean probability of it."""

    arm: str
    predicted: int
    probability: float


class Disagreement(Frozen):
    """A test image on which the arms disagree. `pixels`: base64 of uint8 [height, width, channels]."""

    index: int
    label: int
    answers: tuple[Answer, ...]
    pixels: str
    height: int
    width: int
    channels: int


class RecipeEvidence(Frozen):
    """What a comparison of recipes carries beside its figures.

    confusion: for each arm counts [true][predicted] of test images, summed over the runs that its figures are over.
    prior_entropy: loss of the best constant predictor, nats. class_names: what the classes are called, for display.
    test_count: images in the test set.
    """

    confusion: dict[str, Counts]
    disagreements: tuple[Disagreement, ...]
    class_names: tuple[str, ...]
    prior_entropy: float
    test_count: int

    @model_validator(mode="after")
    def _coherent(self) -> RecipeEvidence:
        fault = _fault(self)
        if fault:
            raise ValueError(fault)
        return self


def _fault(found: RecipeEvidence) -> str | None:
    """What refers to something that is not there, or None: figures and tables rely on that."""
    classes = len(found.class_names)
    rows = [row for counts in found.confusion.values() for row in counts]
    if any([len(row) for row in counts] not in ([], [classes] * classes) for counts in found.confusion.values()):
        return "a confusion matrix must have a row and a column for each class"
    if any(count < 0 for row in rows for count in row):
        return "a confusion matrix must have counts of at least 0"
    for shown in found.disagreements:
        if not 0 <= shown.label < classes or any(not 0 <= a.predicted < classes for a in shown.answers):
            return "labels and answers must be classes"
        if any(answer.arm not in found.confusion for answer in shown.answers):
            return "answers must be of its arms"
        sides = (shown.height, shown.width, shown.channels)
        if min(sides) < 1 or _bytes_in(shown.pixels) != math.prod(sides):
            return f"test image {shown.index} must have as many pixels as its sides say, in base64"
    return None


def _bytes_in(text: str) -> int:
    try:
        return len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return -1


def evidence_of(comparison: Comparison) -> RecipeEvidence | None:
    """The evidence of a comparison of recipes; None for other programs. Raises StoreError where it is damaged."""
    if comparison.evidence is None or "confusion" not in comparison.evidence:
        return None
    try:
        found = RecipeEvidence.model_validate(comparison.evidence)
    except ValidationError as error:
        raise _damaged(comparison, error.errors()[0]["msg"]) from None
    if set(found.confusion) != {arm.name for arm in comparison.arms}:
        raise _damaged(comparison, "there must be a confusion matrix for each arm")
    return found


def items_of(comparison: Comparison) -> Message:
    """What its data hold, in the plural: images, or rows."""
    return ROWS if (comparison.evidence or {}).get("items") == OF_TABLES["items"] else IMAGES


def _damaged(comparison: Comparison, what: str) -> StoreError:
    return StoreError("{path}: not a valid {kind}: {fault}", path=comparison.id, kind=Message("comparison"), fault=what)


def guessed_share(classes: int, share: float) -> float | None:
    """How often always naming the most frequent class is right: 0 as the majority's `share` leaves all about equal.

    None where the classes are not known.
    """
    if classes < 2:
        return None
    return max(share, (1 - share) / (classes - 1)) if share > 0 else 1 / classes
