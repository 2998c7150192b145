"""The lesson that is built by its student: checks of each step, predictions and their scores, hand-ins."""

from paribus.lesson.checking import STEPS, check
from paribus.lesson.explanation_text import told
from paribus.lesson.handing_in import HandIn, hand_in
from paribus.lesson.predicting import Prediction, outcome, predict, scores
from paribus.lesson.result import Check

__all__ = ["STEPS", "Check", "HandIn", "Prediction", "check", "hand_in", "outcome", "predict", "scores", "told"]
