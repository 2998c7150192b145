"""The fused convolution and pooling in Numba, weighed against plain PyTorch and our own kernels. One core, batch 64.

    python -m venv DIR && DIR/bin/pip install . numba
    DIR/bin/python benchmarks/numba_kernel.py [--rounds N]

Checks it for equality with PyTorch in float64, on operands whose sums are exact in both. Says what it costs when a
process starts, with nothing compiled before and from Numba's cache, in memory and installed. Then times one training
step of the lesson's LeNet, in turn, in the same engine, which differs in nothing but the kernel. Numba is no dependency
of Paribus: where it is absent this says so and ends.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

STEPS = 100
NUMBA = "numba"  # the kernel's name, known to nobody else


def main() -> None:
    """Print all of it, or, asked by itself, what a process pays at its start."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--start", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if importlib.util.find_spec("numba") is None:
        raise SystemExit("numba_kernel: not measured, for Numba is not installed here")
    sys.path.append(str(Path(__file__).parent / "peers"))
    if options.start:
        print(json.dumps(start()))
        return
    check()
    with tempfile.TemporaryDirectory() as folder:
        first, cached = (started(folder) for _ in range(2))
    print("\nIn a new process, on top of PyTorch:\n")
    print("| | nothing compiled before | from the cache |\n|---|---|---|")
    for name in first:
        print(f"| {name} | {first[name]:.2f} | {cached[name]:.2f} |")
    print(f"\ninstalled: {', '.join(f'{name} {size:.1f} MB' for name, size in sizes().items())}\n")
    compare(options.rounds)


def check() -> None:
    """Value and gradients are PyTorch's, to the bit: whole eighths have exact sums, and the first of equals wins."""
    import torch
    import torch.nn.functional as F
    from numba_conv_pool import ConvPool

    draws = torch.Generator().manual_seed(0)
    for shape, outputs, padding in (((64, 1, 28, 28), 6, 2), ((64, 6, 14, 14), 16, 0), ((70, 6, 12, 15), 3, 1)):
        sizes = (shape, (outputs, shape[1], 5, 5), (outputs,))
        operands = [torch.randint(-8, 9, size, generator=draws).float().div(8).requires_grad_() for size in sizes]
        x, weight, bias = (operand.detach().double().requires_grad_() for operand in operands)
        out = ConvPool.apply(*operands, padding)  # type: ignore[no-untyped-call]
        truth = F.max_pool2d(F.conv2d(x, weight, bias, padding=padding), 2)
        grad = torch.randint(-8, 9, truth.shape, generator=draws)
        mine = [out, *torch.autograd.grad(out, operands, grad.float())]
        theirs = [truth, *torch.autograd.grad(truth, (x, weight, bias), grad.double())]
        if not all(torch.equal(a.double(), b) for a, b in zip(mine, theirs, strict=True)):
            raise SystemExit(f"Numba's kernel differs from PyTorch's for x of {shape}")
        print(f"x {shape}, {outputs} outputs, padding {padding}: value and gradients equal PyTorch's")


def start() -> dict[str, float]:
    """Seconds to import Numba and the kernel, seconds of the first training step, and the memory of both in MiB."""
    import torch

    before, began = _resident_mib(), time.perf_counter()
    from numba_conv_pool import ConvPool

    imported = time.perf_counter()
    x = torch.randn((64, 1, 28, 28))
    for size in ((6, 1, 5, 5), (16, 6, 5, 5)):
        weight = torch.randn(size, requires_grad=True)
        padding = 2 if size[1] == 1 else 0
        x = ConvPool.apply(x, weight, torch.zeros(len(weight)), padding)  # type: ignore[no-untyped-call]
    x.sum().backward()  # type: ignore[no-untyped-call]
    ended = time.perf_counter()
    memory = _resident_mib() - before
    return {"import, s": imported - began, "first step, s": ended - imported, "memory, MiB": memory}


def started(cache: str) -> dict[str, float]:
    """`start` in a process of its own."""
    command = [sys.executable, __file__, "--start"]
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _resident_mib() -> float:
    """What this process has in memory now; NaN where there is no /proc to read it from."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), math.nan)


def sizes() -> dict[str, float]:
    """Megabytes installed of Numba, of what it is built on, and of our own compiled kernels."""
    found = {}
    for name in ("numba", "llvmlite"):
        package = importlib.metadata.distribution(name)
        files = [Path(str(package.locate_file(file))) for file in package.files or ()]
        found[f"{name} {package.version}"] = sum(f.stat().st_size for f in files if f.is_file()) / 1e6
    from paribus.programs.recipe.kernels import native

    if native is not None:
        found["Paribus's own kernels"] = Path(str(native.__file__)).stat().st_size / 1e6
    return found


def compare(rounds: int) -> None:
    """Milliseconds a step, and how many times as fast as PyTorch's operations each round was, least to most."""
    import numba_conv_pool
    import torch
    from training_step import step_ms

    from paribus.programs.recipe.built_in_recipes import BUILT_IN
    from paribus.programs.recipe.data import open_dataset, prepare
    from paribus.programs.recipe.kernels import PLAIN, convpool, native_kernel
    from paribus.programs.recipe.models.built_in.lenet import network as lenet
    from paribus.runs.training_process import settle_process

    def conv_pool(x, conv, kernel):  # type: ignore[no-untyped-def]
        return (numba_conv_pool if kernel == NUMBA else convpool).conv_pool(x, conv, kernel)

    settle_process()
    ours = [(name, native_kernel(whole)) for name, whole in (("fused, C++", False), ("whole network, C++", True))]
    kernels = {"PyTorch": PLAIN, "fused, Numba": NUMBA, **{name: kernel for name, kernel in ours if kernel}}
    print(f"torch {torch.__version__}, 1 thread; kernel {native_kernel() or PLAIN}; medians of {rounds} rounds\n")
    print("| activation | kernel | ms a step | the fastest | times as fast (least to most) |\n|---|---|---|---|---|")
    for activation in ("sigmoid", "relu"):
        recipe = BUILT_IN["fair"][0].model_copy(
            update={"activation": activation, "train_size": 64 * STEPS, "epochs": 1, "validation_fraction": 1e-4}
        )
        data = prepare(open_dataset("mnist"), recipe, 0, torch.device("cpu"))
        times: dict[str, list[float]] = {name: [] for name in kernels}
        for number in range(rounds + 2):
            for name, kernel in kernels.items():
                with mock.patch.object(lenet, "conv_pool", conv_pool):
                    milliseconds = step_ms(recipe, data, kernel)
                if number >= 2:  # two to warm up
                    times[name].append(milliseconds)
        for name, found in times.items():
            ratios = sorted(plain / mine for plain, mine in zip(times["PyTorch"], found, strict=True))
            ratio = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            print(
                f"| {activation} | {name} | {statistics.median(found):.2f} | {min(found):.2f} | {ratio} |", flush=True
            )


if __name__ == "__main__":
    main()
