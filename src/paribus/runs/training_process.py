"""The state of a process that trains: threads, denormals, GPU kernels, memory, and torch's global random numbers."""

from __future__ import annotations

import ctypes
import importlib.util
import platform
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_USUAL_FILES = 512


@contextmanager
def random_state_kept(device: torch.device) -> Iterator[None]:
    """torch's global random state, the CPU's and this device's, is afterwards as it was before."""
    mps = torch.mps.get_rng_state() if device.type == "mps" else None  # fork_rng asks MPS as if it were CUDA
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            yield
    finally:
        if mps is not None:
            torch.mps.set_rng_state(mps)


def settle_process(threads: int = 1) -> None:
    """Make this process one that trains: its bits must not depend on what runs beside it.

    One torch thread, so that sums have one order; denormals flushed, since decayed weights pass through them and
    cost two to three times; deterministic, full-precision GPU kernels; and the C library told to keep large
    buffers, which otherwise go back to the system at each step.
    """
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    _keep_buffers()


def release_memory() -> None:
    """Give freed memory back to the system, which `settle_process` keeps the C library from doing by itself."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)


def room_for_files(count: int) -> None:
    """Let this process have so many files open besides its usual ones, as far as the system lets it: a lock is one."""
    if importlib.util.find_spec("resource") is None:  # Windows
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _USUAL_FILES
    if resource.RLIM_INFINITY not in (soft, hard) and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def _keep_buffers() -> None:
    """glibc's mallopt: thresholds of 1 GiB for trimming and for mmap (malloc.h); other C libraries are left alone."""
    if platform.libc_ver()[0] != "glibc":
        return
    m_trim_threshold, m_mmap_threshold, limit = -1, -3, 1 << 30
    libc = ctypes.CDLL(None)
    libc.mallopt(m_trim_threshold, limit)
    libc.mallopt(m_mmap_threshold, limit)
