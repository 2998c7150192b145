"""Models: LeNet as a plain `nn.Module`, factories of the user's own, and how their weights begin."""

from paribus.matter.models.build import build_model, source_digest
from paribus.matter.models.dropout import Dropout
from paribus.matter.models.initialise import initialise
from paribus.matter.models.lenet import LeNet

__all__ = ["Dropout", "LeNet", "build_model", "initialise", "source_digest"]
