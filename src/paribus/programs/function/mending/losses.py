"""Mends where outputs meet the loss: what the outputs were before their last activation, shapes, dimensions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from paribus.programs.function.mending.base import Mending

_REMEMBERED = 16  # activations
_ACTIVATIONS = ("softmax", "sigmoid", "tanh", "relu", "hardtanh", "relu6", "hardsigmoid")
_OF_LOGITS = ("cross_entropy", "binary_cross_entropy_with_logits")
_OF_NUMBERS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
_IS_LOG = 1e-3
_WEIGHTED = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)

Loss = Callable[..., Tensor]


class Bare:
    """What the latest activations were given, by what they gave."""

    def __init__(self, mending: Mending, names: tuple[str, ...] = _ACTIVATIONS) -> None:
        self._known: deque[tuple[Tensor, int, Tensor]] = deque(maxlen=_REMEMBERED)
        mending.events.on_function(names, self._remembering)

    def _remembering(self, activation: Loss) -> Loss:
        def remembered(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            output = activation(input, *args, **kwargs)
            if output is not input:
                self._known.append((output, output._version, input))
            return output

        return remembered

    def before(self, outputs: Tensor) -> Tensor | None:
        """What went into the activation that `outputs` are of, views of it included; None where they are of none."""
        for output, version, given in reversed(self._known):
            same = output.untyped_storage().data_ptr() == outputs.untyped_storage().data_ptr()
            if same and output.numel() == outputs.numel() and outputs.is_contiguous() and output._version == version:
                return given.reshape(outputs.shape)
        return None


def loss_of_logits(mending: Mending, value: Any) -> None:
    """The loss takes what the outputs were before their last activation."""
    bare = Bare(mending)

    def without(loss: Loss) -> Loss:
        def of_logits(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            given = bare.before(input)
            if given is not None:
                mending.hit("loss_of_logits")
            return loss(input if given is None else given, *args, **kwargs)

        return of_logits

    mending.events.on_function(_OF_LOGITS + _OF_NUMBERS, without)


def log_probabilities(mending: Mending, value: Any) -> None:
    """The likelihood loss takes logarithms of probabilities where it is given none."""
    bare = Bare(mending, ("softmax",))

    def of_logarithms(loss: Loss) -> Loss:
        def taken(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            if float(input.detach().logsumexp(1).abs().max()) > _IS_LOG:
                mending.hit("log_probabilities")
                given = bare.before(input)
                input = F.log_softmax(input if given is None else given, 1)
            return loss(input, *args, **kwargs)

        return taken

    mending.events.on_function(("nll_loss",), of_logarithms)


def cross_entropy(mending: Mending, value: Any) -> None:
    """Cross entropy stands in place of a squared or absolute error of probabilities."""
    bare = Bare(mending, ("softmax", "sigmoid"))
    entropy, binary = F.cross_entropy, F.binary_cross_entropy_with_logits

    def in_place(loss: Loss) -> Loss:
        def of_likelihoods(input: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            given = bare.before(input)
            if given is None or target.shape != input.shape:
                return loss(input, target, *args, **kwargs)
            mending.hit("cross_entropy")
            rows = input.dim() == 2 and input.shape[1] > 1 and _sum_to_one(input)
            return entropy(given, target) if rows else binary(given, target.to(given.dtype))

        return of_likelihoods

    mending.events.on_function(_OF_NUMBERS, in_place)


def _sum_to_one(rows: Tensor) -> bool:
    return float((rows.detach().sum(1) - 1).abs().max()) < _IS_LOG


def softmax_over_classes(mending: Mending, value: Any) -> None:
    """A softmax over the rows of a table runs over its columns."""

    def turned(softmax: Loss) -> Loss:
        def over_classes(input: Tensor, dim: Any = None, *args: Any, **kwargs: Any) -> Tensor:
            if input.dim() == 2 and dim in (0, -2):
                mending.hit("softmax_over_classes")
                dim = 1
            return softmax(input, dim, *args, **kwargs)

        return over_classes

    mending.events.on_function(("softmax", "log_softmax"), turned)


def relu_between(mending: Mending, value: Any) -> None:
    """A layer that is given a softmax is given ReLU of the same in its place."""
    bare = Bare(mending, ("softmax",))

    def given_relu(module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        if not isinstance(module, _WEIGHTED) or not args or not isinstance(args[0], Tensor):
            return None
        given = bare.before(args[0])
        if given is None:
            return None
        mending.hit("relu_between")
        return (given.clamp(min=0), *args[1:])

    hook: Any = given_relu  # what it returns is what the layer is called with
    mending.events.undone_by(nn.modules.module.register_module_forward_pre_hook(hook).remove)


def target_shape(mending: Mending, value: Any) -> None:
    """Targets that are as many as the outputs, in another shape, are given theirs."""

    def alike(loss: Loss) -> Loss:
        def of_one_shape(input: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            if input.shape != target.shape and input.numel() == target.numel():
                mending.hit("target_shape")
                target = target.reshape(input.shape)
            return loss(input, target, *args, **kwargs)

        return of_one_shape

    mending.events.on_function((*_OF_NUMBERS, "binary_cross_entropy", "binary_cross_entropy_with_logits"), alike)
