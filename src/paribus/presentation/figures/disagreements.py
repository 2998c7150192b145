"""The test images on which the arms disagree most, as a view with the images ready to show."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from paribus.presentation.figures.png import png_data_uri
from paribus.presentation.safe_text import one_line
from paribus.values.comparison import Comparison, Disagreement
from paribus.values.errors import DataError


@dataclass(frozen=True)
class AnswerView:
    """What arm `index` says: class name, the mean probability that it gives to it, and whether it is right."""

    arm: str
    index: int
    said: str
    probability: float
    right: bool


@dataclass(frozen=True)
class DisagreementView:
    """One image as a PNG `data:` address, its number in the test set, its label, and every arm's answer."""

    number: int
    label: str
    image: str
    width: int
    height: int
    answers: tuple[AnswerView, ...]


def disagreement_views(comparison: Comparison) -> tuple[DisagreementView, ...]:
    """A view for each disagreement, in order. Raises DataError on pixels that do not fit their size."""
    return tuple(_view(comparison, shown) for shown in comparison.disagreements)


def class_name(comparison: Comparison, number: int) -> str:
    """What class `number` is called; its number where the data set gave no name."""
    return name_of(comparison.class_names, number)


def name_of(names: Sequence[str], number: int) -> str:
    """The same by the names alone."""
    return one_line(names[number]) if 0 <= number < len(names) else str(number)


def _view(comparison: Comparison, shown: Disagreement) -> DisagreementView:
    order = {arm.name: index for index, arm in enumerate(comparison.arms)}
    answers = tuple(
        AnswerView(
            arm=answer.arm,
            index=order[answer.arm],
            said=class_name(comparison, answer.predicted),
            probability=answer.probability,
            right=answer.predicted == shown.label,
        )
        for answer in shown.answers
        if answer.arm in order
    )
    try:
        pixels = base64.b64decode(shown.pixels, validate=True)
    except binascii.Error as error:
        raise DataError(
            "the pixels of test image {index} must be base64; {error}", index=shown.index, error=str(error)
        ) from None
    image = png_data_uri(pixels, shown.height, shown.width, shown.channels)
    label = class_name(comparison, shown.label)
    return DisagreementView(shown.index, label, image, shown.width, shown.height, answers)
