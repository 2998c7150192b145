"""What the items of a data set are called, in sentences about it: images, or the rows of a table."""

from __future__ import annotations

from paribus.core.messages import Message

IMAGES, ROWS = Message("images"), Message("rows")
