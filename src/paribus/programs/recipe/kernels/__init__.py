"""Kernels: operations of our own for what PyTorch's general ones do slowly, where a compiler was at hand.

`convpool` has the fused operation, `models.built_in.lenet.native` the gradient of a whole network; both need torch.
What is here says which kernel a comparison runs on: one for all of its arms, so that they differ in nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from paribus.core.activations import ACTIVATIONS
from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS
from paribus.programs.recipe.own_code import own_steps
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.stackable import can_stack

native: Any  # a module, or None
try:
    native = importlib.import_module("paribus.programs.recipe.kernels._native")
except ImportError:  # installed without a compiler
    native = None

PLAIN = "pytorch"  # the kernel's name where PyTorch's own operations are used
STACKED = "stacked"  # PyTorch's operations too, each for many runs at once
KERNELS = ("auto", "native", PLAIN, STACKED)

# Our own kernels' names are one of these and an instruction set.
_WHOLE = "native-network-"
_PARTS = "native-"


def native_kernel(whole: bool = True) -> str | None:
    """The best kernel of our own that this processor has; None where none was built.

    `native-network-avx2`, say, gives the gradient of a whole network; `native-avx2`, where not `whole`, fuses its
    convolutions with their pooling, and leaves the rest to PyTorch.
    """
    if native is None:
        return None
    return (_WHOLE if whole else _PARTS) + str(native.available()[-1])


def is_whole(kernel: str) -> bool:
    """Whether the named kernel gives the gradient of a whole network."""
    return kernel.startswith(_WHOLE)


def instruction_set(kernel: str) -> str:
    """The instruction set, `avx2` say, that a native kernel was built for."""
    return kernel.rpartition("-")[2]


@functools.cache
def native_digest() -> str:
    """SHA-256 (hex) of the kernels as they were built; empty where none was."""
    path = None if native is None else native.__file__
    return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else ""


def usable(kernel: str) -> str:
    """The named kernel where this machine has it, else PyTorch's: for a run that another machine made."""
    ours = [] if native is None else [name + isa for isa in native.available() for name in (_WHOLE, _PARTS)]
    return kernel if kernel in ours else PLAIN


def can_fuse(recipe: Recipe) -> bool:
    """Whether the recipe's network pools right after its convolutions, which a kernel of ours can do at once.

    Otherwise it runs on PyTorch's operations: average pooling, an activation that dips, batch normalisation before
    the pooling, or a model of the user's own.
    """
    model = BUILT_IN_MODELS.get(recipe.model)
    monotone = ACTIVATIONS[recipe.activation].monotone
    return model is not None and model.native and recipe.pooling == "max" and monotone and not recipe.batch_norm


def can_fuse_whole(recipe: Recipe) -> bool:
    """Whether a kernel of ours, where one was built, can give the gradient of the recipe's whole network.

    Not where there is dropout, whose draws are PyTorch's, an activation that the kernel does not know, or a loss or an
    optimiser of the user's own.
    """
    ours = ACTIVATIONS[recipe.activation].native
    known = ours and native is not None and recipe.activation in native.activations()
    return known and can_fuse(recipe) and recipe.dropout == 0 and not own_steps(recipe)


def kernel_for(recipes: Iterable[Recipe], device: str, wanted: str = "auto") -> str:
    """The kernel for all of `recipes` on `device`: the best that all of them can use, else PyTorch's for all.

    The best is our own on the CPU, for whole networks before convolutions alone, and stacked runs elsewhere. `wanted`:
    auto, native or stacked (an error where it cannot be), or pytorch.
    """
    if wanted not in KERNELS:
        raise ParibusError("{field} must be one of {choices}", field="kernel", choices=KERNELS, got=wanted)
    recipes = tuple(recipes)
    stackable = all(can_stack(recipe) for recipe in recipes)
    if wanted == STACKED and not stackable:
        raise _refused(STACKED, Message("an arm has dropout, or code of your own"))
    if wanted == STACKED or (wanted == "auto" and device != "cpu" and stackable):
        return STACKED
    obstacle = _obstacle(recipes, device)
    if wanted == "native" and obstacle:
        raise _refused("native", obstacle)
    if obstacle or wanted == PLAIN:
        return PLAIN
    return native_kernel(whole=all(can_fuse_whole(recipe) for recipe in recipes)) or PLAIN


def _refused(kernel: str, problem: Message) -> ParibusError:
    return ParibusError(
        "kernel {name} cannot be used here: {problem}; leave it to auto, or take {other_name}",
        name=kernel,
        problem=problem,
        other_name=PLAIN,
    )


def _obstacle(recipes: Iterable[Recipe], device: str) -> Message | None:
    """Why our own kernel cannot serve; None where it can."""
    if native is None:
        return Message("it was not built: Paribus was installed without a C++ compiler")
    if device != "cpu":
        return Message("it is for the CPU; the device is {name}", name=device)
    if not all(can_fuse(recipe) for recipe in recipes):
        return Message(
            "an arm pools by average or after an activation that dips, normalises batches, or is a model of your own"
        )
    return None
