"""What a call of our kernel costs around the arithmetic: as an autograd function and as a registered operation.

    python benchmarks/custom_op.py [--rounds N]

One image of one channel and 8 x 8 pixels, so that almost all of the time is the way there and back. Paribus takes the
first in eager code and the second under torch.compile.
"""

from __future__ import annotations

import argparse
import statistics
import time

CALLS = 1000


def main() -> None:
    """Print microseconds a call, forward alone and with backward, as medians of rounds taken in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds

    import torch

    from paribus.programs.recipe.kernels import convpool, native_kernel

    kernel = native_kernel()
    if kernel is None:
        raise SystemExit("no kernel of our own was built here, so there is nothing to time")
    torch.set_num_threads(1)
    draws = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(s, generator=draws).requires_grad_() for s in ((1, 1, 8, 8), (1, 1, 5, 5), (1,)))
    operands = (x, weight, bias, 0, kernel.removeprefix("native-"))
    ways = {
        "autograd function": lambda: convpool._ConvPool.apply(*operands),  # type: ignore[no-untyped-call]
        "registered operation": lambda: torch.ops.paribus.conv_pool(*operands)[0],
    }
    times = [[(_call_us(way, False), _call_us(way, True)) for way in ways.values()] for _ in range(rounds + 1)][1:]
    print(f"kernel: {kernel}; torch {torch.__version__}, 1 thread; medians of {rounds} rounds\n")
    print("| way | forward, us | forward and backward, us |\n|---|---|---|")
    for i, name in enumerate(ways):
        forward, both = (statistics.median(found[i][j] for found in times) for j in (0, 1))
        print(f"| {name} | {forward:.1f} | {both:.1f} |")


def _call_us(way, backward: bool) -> float:  # type: ignore[no-untyped-def]
    """Microseconds a call, over many."""
    start = time.perf_counter()
    for _ in range(CALLS):
        out = way()
        if backward:
            out.backward(out.detach())
    return (time.perf_counter() - start) / CALLS * 1e6


if __name__ == "__main__":
    main()
