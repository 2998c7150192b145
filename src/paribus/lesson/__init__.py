"""The lesson that is built by its student: checks of each step, predictions and their scores, hand-ins."""

from paribus.lesson.checking import STEPS, check
from paribus.lesson.result import Check

__all__ = ["STEPS", "Check", "check"]
