"""LeNet, and its gradient in one native call."""

from paribus.programs.recipe.models.built_in.lenet.network import LeNet

__all__ = ["LeNet"]
