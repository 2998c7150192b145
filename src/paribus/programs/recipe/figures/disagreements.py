"""The test images on which the arms disagree most, as a view with the images ready to show."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paribus.figures.png import png_data_uri
from paribus.programs.recipe.confusion import Disagreement, evidence_of
from paribus.records.comparison import Comparison
from paribus.words.safe_text import one_line


@dataclass(frozen=True)
class AnswerView:
    """What arm `index` says: class name, the mean probability that it gives to it, and whether it is right."""

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
    """A view for each disagreement, in order. Raises StoreError where they are damaged."""
    evidence = evidence_of(comparison)
    if evidence is None:
        return ()
    order = {arm.name: index for index, arm in enumerate(comparison.arms)}
    return tuple(_view(order, evidence.class_names, shown) for shown in evidence.disagreements)


def class_names_of(comparison: Comparison) -> tuple[str, ...]:
    """What the classes are called, by number; none for a program that knows no classes."""
    evidence = evidence_of(comparison)
    return () if evidence is None else evidence.class_names


def name_of(names: Sequence[str], number: int) -> str:
    """What class `number` is called; its number where the data set gave no name."""
    return one_line(names[number]) if 0 <= number < len(names) else str(number)


def _view(order: Mapping[str, int], names: Sequence[str], shown: Disagreement) -> DisagreementView:
    answers = tuple(
        AnswerView(
            index=order[answer.arm],
            said=name_of(names, answer.predicted),
            probability=answer.probability,
            right=answer.predicted == shown.label,
        )
        for answer in shown.answers
        if answer.arm in order
    )
    image = png_data_uri(base64.b64decode(shown.pixels), shown.height, shown.width, shown.channels)
    label = name_of(names, shown.label)
    return DisagreementView(shown.index, label, image, shown.width, shown.height, answers)
