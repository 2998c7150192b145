"""The processes that train: what they share, and what they take over from the process that has them."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from paribus.experiment.pool import main_hidden, make_pool, warm_up

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no fork server")


def modules_there() -> set[str]:
    return set(sys.modules)


def variable(name: str) -> str | None:
    return os.environ.get(name)


def interrupted() -> str:
    """What SIGINT does in a worker: `stopping` notes it, and nothing is raised."""
    from paribus.experiment.stopping import Stopped, check

    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.05)
    try:
        check()
    except Stopped:
        return "asked to stop"
    return "nothing"


def an_optimiser_loads_no_compiler() -> bool:
    import torch

    from paribus.engine.device import settle_process
    from paribus.engine.optimizers import make_optimizer
    from paribus.engine.state import pack, unpack
    from paribus.matter.models import build_model
    from paribus.values.recipe import Recipe

    settle_process()
    model = build_model(Recipe(), 0, 1, (28, 28), 10)
    optimizer = make_optimizer(model, Recipe())
    model(torch.zeros(1, 1, 28, 28)).sum().backward()
    optimizer.step()
    unpack(pack(model, optimizer), model, optimizer)
    optimizer.zero_grad()
    return "torch._dynamo" not in sys.modules


def probing_loads_no_algebra() -> bool:
    """SymPy takes half a second, and autograd loads it for gradients that it is handed."""
    import torch
    import torch.nn.functional as F

    from paribus.engine.optimizers import make_optimizer
    from paribus.engine.probes import Probe, Sampling
    from paribus.matter.models import build_model
    from paribus.values.recipe import Recipe

    model = build_model(Recipe(), 0, 1, (28, 28), 10)
    optimizer = make_optimizer(model, Recipe())
    x, y = torch.rand(8, 1, 28, 28), torch.arange(8)
    seen: list[object] = []
    everything = Sampling(frozenset([0]), frozenset([0]))
    probe = Probe(model, optimizer, everything, seen.append, (x, y))
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    probe.after_backward(0, x, y, loss.detach())
    optimizer.step()
    probe.after_step(0)
    return bool(seen) and "sympy" not in sys.modules


def memory(pid: int) -> dict[str, int]:
    """KiB by kind, of a process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}


@linux
def test_a_worker_has_torch_from_the_server_and_most_of_its_memory_is_shared() -> None:
    warm_up()
    with main_hidden(), make_pool(1) as pool:
        assert {"torch", "paribus.experiment.worker"} <= pool.submit(modules_there).result()
        used = memory(pool.submit(os.getpid).result())
        assert used["Private_Dirty"] + used["Private_Clean"] < used["Rss"] / 2


def test_a_worker_has_the_environment_as_it_is_when_the_pool_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    warm_up()
    monkeypatch.setenv("PARIBUS_SET_SINCE", "so")
    with main_hidden(), make_pool(1) as pool:
        assert pool.submit(variable, "PARIBUS_SET_SINCE").result() == "so"
        assert pool.submit(variable, "PYTHONSAFEPATH").result() == os.environ.get("PYTHONSAFEPATH")


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_a_worker_takes_sigint_as_a_wish() -> None:
    with main_hidden(), make_pool(1) as pool:
        assert pool.submit(interrupted).result() == "asked to stop"


def test_a_training_loads_neither_torchs_compiler_nor_its_algebra() -> None:
    with main_hidden(), make_pool(1) as pool:
        assert pool.submit(an_optimiser_loads_no_compiler).result()
        assert pool.submit(probing_loads_no_algebra).result()
