"""Models: LeNet as a plain `nn.Module`, factories of the user's own, and how their weights begin."""

from paribus.matter.models.build import build_model
from paribus.matter.models.dropout import Dropout
from paribus.matter.models.initialise import initialise
from paribus.matter.models.lenet import LeNet, plain_twin
from paribus.matter.models.native import NativeGradient, native_gradient

__all__ = [
    "Dropout",
    "LeNet",
    "NativeGradient",
    "build_model",
    "initialise",
    "native_gradient",
    "plain_twin",
]
