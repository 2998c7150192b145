"""Whether a training runs on a GPU or on the CPU: told without loading torch wherever that can be told."""

from __future__ import annotations

import importlib.util
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.core.errors import ParibusError
from paribus.core.extras import found

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose_place(name: str) -> tuple[str, str]:
    """Kind of the device that `name` chooses (`choose_device`), and what its hardware calls itself.

    torch, which takes a second to load, is asked only where it may know of another device than the CPU. Raises
    ParibusError where the named device is not there.
    """
    if name == "cpu" or (name == "auto" and _only_the_cpu()):
        return "cpu", platform.machine()
    device = choose_device(name)
    return device.type, device_name(device)


def choose_device(name: str) -> torch.device:
    """`auto` takes CUDA, then Apple's MPS, then the CPU. ParibusError where the named device is not there.

    The CUDA and MPS paths are written with care but no test of this project can run them.
    """
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if there[kind]))
    if name not in there:
        raise ParibusError("{field} must be one of {choices}", field="device", choices=DEVICES, got=name)
    if not there[name]:
        raise ParibusError(
            "device {name!q} is not available to this PyTorch ({version}); here: {choices}",
            name=name,
            version=torch.__version__,
            choices=[kind for kind in DEVICES[1:] if there[kind]],
        )
    return torch.device(name)


def device_name(device: torch.device) -> str:
    """What the hardware calls itself."""
    if device.type == "cuda":
        import torch

        return torch.cuda.get_device_name(device)
    return "Apple GPU" if device.type == "mps" else platform.machine()


def _only_the_cpu() -> bool:
    """Whether there is no PyTorch, or one that can have no other device, as its file of versions says."""
    torch = found("torch")
    if torch is None:
        return True
    if sys.platform == "darwin" or torch.origin is None:
        return False
    spec = importlib.util.spec_from_file_location("_torch_version", Path(torch.origin).with_name("version.py"))
    if spec is None or spec.loader is None:
        return False
    versions = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(versions)
    return (getattr(versions, "cuda", ""), getattr(versions, "hip", "")) == (None, None)
