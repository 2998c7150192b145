"""What evidence measures, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Quantity:
    """One number of a trace. `label`: what people call it, a message id; `unit`: a share is written in percent."""

    label: str
    unit: Literal["", "share", "times"] = ""
