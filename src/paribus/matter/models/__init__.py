"""Models: LeNet as a plain `nn.Module`, factories of the user's own, and how their weights begin."""

from paribus.matter.models.build import build_model, source_digest
from paribus.matter.models.dropout import Dropout
from paribus.matter.models.initialise import initialise
from paribus.matter.models.lenet import LeNet, plain_twin

__all__ = ["Dropout", "LeNet", "build_model", "initialise", "plain_twin", "source_digest"]
