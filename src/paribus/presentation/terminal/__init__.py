"""What the command line shows: a comparison live, its verdict, and plain tables."""

from paribus.presentation.terminal.board import PlanView
from paribus.presentation.terminal.explanation import ExplanationShow, show_symptoms
from paribus.presentation.terminal.map import MapShow
from paribus.presentation.terminal.screen import Column, Screen
from paribus.presentation.terminal.show import ComparisonShow, anew_words
from paribus.presentation.terminal.waiting import Waiting

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
