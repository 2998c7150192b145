"""All that are tried, and all that are not."""

from __future__ import annotations

from published import others, questions_1, questions_2, questions_pictures
from published.fault import Fault
from published.not_expressed import NOT_EXPRESSED

FAULTS: tuple[Fault, ...] = (*questions_1.FAULTS, *questions_2.FAULTS, *questions_pictures.FAULTS, *others.FAULTS)

__all__ = ["FAULTS", "NOT_EXPRESSED"]
