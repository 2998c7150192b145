"""Models: our own, a folder each, factories of the user's own, and how their weights begin."""

from paribus.programs.recipe.models.build import build_model
from paribus.programs.recipe.models.built_in import Dropout, native_gradient
from paribus.programs.recipe.models.built_in.lenet import LeNet
from paribus.programs.recipe.models.built_in.lenet.native import NativeGradient
from paribus.programs.recipe.models.first_weights import initialise

__all__ = [
    "Dropout",
    "LeNet",
    "NativeGradient",
    "build_model",
    "initialise",
    "native_gradient",
]
