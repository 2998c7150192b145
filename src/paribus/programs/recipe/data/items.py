"""What the items of a data set are called, in sentences about it: images, or the rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paribus.core.messages import Message

if TYPE_CHECKING:
    from paribus.programs.recipe.data.dataset import DataSet

IMAGES, ROWS = Message("images"), Message("rows")


def parts_of(dataset: DataSet) -> Message:
    """How many there are in both parts: a message each, for languages that count images by another word than rows."""
    train, test = len(dataset.train_labels), len(dataset.test_labels)
    if dataset.is_table:
        return Message("{train:,} + {test:,} rows", train=train, test=test)
    return Message("{train:,} + {test:,} images", train=train, test=test)
