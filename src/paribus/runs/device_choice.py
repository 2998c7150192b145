"""Which device a training will have, told without loading torch wherever that can be told."""

from __future__ import annotations

import importlib.util
import platform
import sys
from pathlib import Path

from paribus.core.extras import found


def choose_place(name: str) -> tuple[str, str]:
    """Kind of the device that `name` chooses (`engine.device.choose_device`), and what its hardware calls itself.

    torch, which takes a second to load, is asked only where it may know of another device than the CPU. Raises
    ParibusError where the named device is not there.
    """
    if name == "cpu" or (name == "auto" and _only_the_cpu()):
        return "cpu", platform.machine()
    from paribus.runs.device import choose_device, device_name

    device = choose_device(name)
    return device.type, device_name(device)


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
