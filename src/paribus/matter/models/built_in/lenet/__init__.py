"""LeNet, and its gradient in one native call."""

from paribus.matter.models.built_in.lenet.network import LeNet

__all__ = ["LeNet"]
