"""A recipe's optimiser, in its fused form where torch has one, without torch's compiler and idle profiler.

An optimiser of torch's loads the compiler when it is made, only to ask it to pass by: a second and 150 MB in every
process that trains. Nothing is compiled here, so these are the same classes with the same methods as they were written,
which `functools.wraps` keeps below the wrappers. And each step reports itself to the profiler, which takes longer than
the arithmetic of a small network's step.

All parameters lie in one buffer, and all gradients in another: one operation for the optimiser, one for zeroing. On a
small network an optimiser spends more time on going from tensor to tensor than on their arithmetic.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn, optim
from torch.optim import optimizer as base

from paribus.programs.recipe.model_registry import is_code
from paribus.programs.recipe.own_code import is_own
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.user_code import own_optimizer


@torch.no_grad()
def flatten(model: nn.Module) -> list[nn.Parameter]:
    """Make the model's trainable parameters, and their gradients, views of one parameter, and return that.

    The model works as before, but its parameters must not be moved or replaced afterwards, and a backward pass adds
    to the gradients that are there. A parameter that takes no part in the loss has a gradient of zero rather than
    none, so weight decay reaches it. Where devices or types differ there is no one buffer: all are returned as they
    are.
    """
    own = [p for p in model.parameters() if p.requires_grad]
    if len({(p.device, p.dtype) for p in own}) != 1:
        return own
    whole = nn.Parameter(torch.cat([p.reshape(-1) for p in own]))
    whole.grad = torch.zeros_like(whole)
    lay_into(whole.data, whole.grad, own)
    return [whole]


def lay_into(values: Tensor, gradients: Tensor, parameters: list[nn.Parameter]) -> None:
    """Make each parameter and its gradient the view of its place in the buffers, which hold its value already."""
    start = 0
    for p in parameters:
        place = slice(start, start + p.numel())
        p.data, p.grad = values[place].view(p.shape), gradients[place].view(p.shape)
        start = place.stop


def zero(parameters: list[Tensor]) -> None:
    """Gradients to zero in place: views of them stay views."""
    for p in parameters:
        if p.grad is not None:
            p.grad.zero_()


Kind = TypeVar("Kind", bound=optim.Optimizer)

_WRAPPED = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")


def eager(kind: type[Kind]) -> type[Kind]:
    """The same optimiser, bit for bit, for what is not compiled. Its step is not differentiable.

    Hooks on its steps work; torch's profiler sees no step as one, only what it consists of.
    """
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in _WRAPPED}
    step = _hooked(torch.no_grad()(inspect.unwrap(kind.step)))
    return cast(type[Kind], type(kind.__name__, (kind,), {**methods, "step": step}))


def _hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """The step within torch's own wrapper, which calls hooks and reports to the profiler, where there are hooks."""
    reported = optim.Optimizer.profile_hook_step(step)

    def hooked(self: optim.Optimizer, closure: Callable[[], float] | None = None) -> Any:
        own = self._optimizer_step_pre_hooks or self._optimizer_step_post_hooks
        every = base._global_optimizer_pre_hooks or base._global_optimizer_post_hooks
        return reported(self, closure) if own or every else step(self, closure)

    hooked.hooked = True  # type: ignore[attr-defined]  # so that torch does not wrap it again
    return hooked


SGD, Adam = eager(optim.SGD), eager(optim.Adam)
AdamW, RMSprop = eager(optim.AdamW), eager(optim.RMSprop)

Maker = Callable[[list[nn.Parameter], Recipe], optim.Optimizer]

# Weight decay is torch's: L2 added to the gradient in sgd, adam and rmsprop; decoupled in adamw
# (Loshchilov and Hutter 2019, algorithms 1 and 2).
_MAKERS: dict[str, Maker] = {
    "sgd": lambda p, r: SGD(p, r.learning_rate, momentum=r.momentum, weight_decay=r.weight_decay, fused=_fusable(p)),
    "adam": lambda p, r: Adam(
        p, r.learning_rate, betas=(r.beta1, r.beta2), weight_decay=r.weight_decay, fused=_fusable(p)
    ),
    "adamw": lambda p, r: AdamW(
        p, r.learning_rate, betas=(r.beta1, r.beta2), weight_decay=r.weight_decay, fused=_fusable(p)
    ),
    "rmsprop": lambda p, r: RMSprop(p, r.learning_rate, momentum=r.momentum, weight_decay=r.weight_decay),
}


def make_optimizer(model: nn.Module, recipe: Recipe) -> optim.Optimizer:
    """The optimiser over all parameters that want a gradient; those of our own model it lays into one buffer.

    A model of the user's own keeps its parameters apart: some of them may take no part in the loss, and then torch's
    optimisers leave them alone. So does an optimiser of their own, which may look at each by itself.
    """
    theirs = is_code(recipe.model) or is_own(recipe.optimizer)
    parameters = [p for p in model.parameters() if p.requires_grad] if theirs else flatten(model)
    if is_own(recipe.optimizer):
        return own_optimizer(parameters, recipe)
    return _MAKERS[recipe.optimizer](parameters, recipe)


def _fusable(parameters: list[nn.Parameter]) -> bool:
    return all(p.device.type in ("cpu", "cuda") and torch.is_floating_point(p) for p in parameters)
