"""torch's optimisers without torch's compiler.

An optimiser loads the compiler when it is made, only to ask it to pass by: a second and 150 MB in every process that
trains. Nothing is compiled here, so these are the same classes with the same methods as they were written, which
`functools.wraps` keeps below the wrappers.
"""

from __future__ import annotations

import inspect
from typing import TypeVar, cast

import torch
from torch import optim

Kind = TypeVar("Kind", bound=optim.Optimizer)

_WRAPPED = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")


def eager(kind: type[Kind]) -> type[Kind]:
    """The same optimiser, bit for bit, for what is not compiled. Its step is not differentiable."""
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in _WRAPPED}
    step = torch.no_grad()(inspect.unwrap(kind.step))
    return cast(type[Kind], type(kind.__name__, (kind,), {**methods, "step": step}))
