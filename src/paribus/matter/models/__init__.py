"""Models: our own, a folder each, factories of the user's own, and how their weights begin."""

from paribus.matter.models.build import build_model
from paribus.matter.models.built_in import native_gradient, plain_twin
from paribus.matter.models.built_in.lenet import LeNet
from paribus.matter.models.built_in.lenet.native import NativeGradient
from paribus.matter.models.dropout import Dropout
from paribus.matter.models.initialise import initialise

__all__ = [
    "Dropout",
    "LeNet",
    "NativeGradient",
    "build_model",
    "initialise",
    "native_gradient",
    "plain_twin",
]
