"""Kernels: operations of our own for what PyTorch's general ones do slowly, where a compiler was at hand.

`convpool` has the operation itself and needs torch; what is here only says which kernel to use.
"""

from paribus.matter.kernels.choose import (
    KERNELS,
    PLAIN,
    STACKED,
    can_fuse,
    kernel_for,
    native_digest,
    native_kernel,
    usable,
)

__all__ = ["KERNELS", "PLAIN", "STACKED", "can_fuse", "kernel_for", "native_digest", "native_kernel", "usable"]
