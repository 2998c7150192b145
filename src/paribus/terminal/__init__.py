"""What the command line shows: a comparison live, its verdict, and plain tables."""

from paribus.terminal.explanation import ExplanationShow, show_symptoms
from paribus.terminal.map import MapShow
from paribus.terminal.progress import PlanView
from paribus.terminal.screen import Column, Screen
from paribus.terminal.show import ComparisonShow, anew_words
from paribus.terminal.waiting import Waiting

__all__ = [
    "Column",
    "ComparisonShow",
    "ExplanationShow",
    "MapShow",
    "PlanView",
    "Screen",
    "Waiting",
    "anew_words",
    "show_symptoms",
]
