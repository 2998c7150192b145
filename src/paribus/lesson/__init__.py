"""The lessons that are built by their students: checks of each step, predictions and their scores, cases, hand-ins."""

from paribus.lesson.checking import STEPS, check
from paribus.lesson.explanation_text import told
from paribus.lesson.handing_in import HandIn, hand_in
from paribus.lesson.practising import Case, Revealed, case, causes
from paribus.lesson.predicting import Prediction, outcome, predict, scores
from paribus.lesson.result import Check

__all__ = [
    "STEPS",
    "Case",
    "Check",
    "HandIn",
    "Prediction",
    "Revealed",
    "case",
    "causes",
    "check",
    "hand_in",
    "outcome",
    "predict",
    "scores",
    "told",
]
