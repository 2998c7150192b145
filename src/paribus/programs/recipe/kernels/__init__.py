"""Kernels: operations of our own for what PyTorch's general ones do slowly, where a compiler was at hand.

`convpool` has the fused operation, `matter.models.native` the gradient of a whole network; both need torch. What is
here only says which kernel to use.
"""

from paribus.programs.recipe.kernels.choose import (
    KERNELS,
    PLAIN,
    STACKED,
    can_fuse,
    can_fuse_whole,
    instruction_set,
    is_whole,
    kernel_for,
    native_digest,
    native_kernel,
    usable,
)

__all__ = [
    "KERNELS",
    "PLAIN",
    "STACKED",
    "can_fuse",
    "can_fuse_whole",
    "instruction_set",
    "is_whole",
    "kernel_for",
    "native_digest",
    "native_kernel",
    "usable",
]
