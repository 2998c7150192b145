"""torch's optimisers without torch's compiler, and without its profiler where nobody listens.

An optimiser loads the compiler when it is made, only to ask it to pass by: a second and 150 MB in every process that
trains. Nothing is compiled here, so these are the same classes with the same methods as they were written, which
`functools.wraps` keeps below the wrappers. And each step reports itself to the profiler, which takes longer than the
arithmetic of a small network's step.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

import torch
from torch import optim
from torch.optim import optimizer as base

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
