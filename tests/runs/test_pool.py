"""The processes that train: what they share, and what they take over from the process that has them."""

from __future__ import annotations

import ast
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NoReturn

import pytest

from paribus.core.errors import ParibusError
from paribus.programs.recipe import PRELOAD
from paribus.runs.pool import Pool, called, is_warm, warm_up

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no fork server")


def result(pool: Pool, function: Callable[..., Any], *args: Any) -> Any:
    """What a call gives, in one of the pool's processes."""
    future = pool.submit(function, *args)
    assert pool.wait({future}) == ({future}, set())
    return future.result()


def modules_there() -> set[str]:
    return set(sys.modules)


def variable(name: str) -> str | None:
    return os.environ.get(name)


def interrupted() -> str:
    """What SIGINT does in a worker: `stopping` notes it, and nothing is raised."""
    from paribus.runs.stopping import Stopped, check

    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.05)
    try:
        check()
    except Stopped:
        return "asked to stop"
    return "nothing"


def an_optimiser_loads_no_compiler() -> bool:
    import torch

    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.recipe import LESSON
    from paribus.programs.recipe.training.optimizers import make_optimizer
    from paribus.programs.recipe.training.state_arrays import pack, unpack
    from paribus.runs.training_process import settle_process

    settle_process()
    model = build_model(LESSON, 0, 1, (28, 28), 10)
    optimizer = make_optimizer(model, LESSON)
    model(torch.zeros(1, 1, 28, 28)).sum().backward()
    optimizer.step()
    unpack(pack(model, optimizer), model, optimizer)
    optimizer.zero_grad()
    return "torch._dynamo" not in sys.modules


def probing_loads_no_algebra() -> bool:
    """SymPy takes half a second, and autograd loads it for gradients that it is handed."""
    import torch
    import torch.nn.functional as F

    from paribus.probes import Probe, Sampling
    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.recipe import LESSON
    from paribus.programs.recipe.training.optimizers import make_optimizer

    model = build_model(LESSON, 0, 1, (28, 28), 10)
    optimizer = make_optimizer(model, LESSON)
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


WORKER = """
import os
from paribus.runs.pool import Pool
from tests.runs.test_pool import memory, modules_there, result
with Pool(1, {preload}) as pool:
    print(sorted(result(pool, modules_there)))
    print(memory(result(pool, os.getpid)))
"""


def of_a_worker(preload: Sequence[str]) -> tuple[set[str], dict[str, int]]:
    """The modules and the memory of one, whose server is not that of other tests."""
    code = WORKER.format(preload=preload)
    lines = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.splitlines()
    return set(ast.literal_eval(lines[0])), ast.literal_eval(lines[1])


@linux
def test_a_worker_has_torch_from_the_server_and_most_of_its_memory_is_shared() -> None:
    modules, used = of_a_worker(PRELOAD)
    assert {"torch", "paribus.programs.recipe.worker"} <= modules
    assert used["Private_Dirty"] + used["Private_Clean"] < used["Rss"] / 2


@linux
def test_a_worker_of_a_program_without_torch_has_none_and_is_small() -> None:
    modules, used = of_a_worker(())
    assert "paribus.runs.single_run" in modules
    assert "torch" not in modules
    assert used["Pss"] < 100_000


def test_a_worker_has_the_environment_as_it_is_when_the_pool_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    warm_up()
    monkeypatch.setenv("PARIBUS_SET_SINCE", "so")
    with Pool(1) as pool:
        assert result(pool, variable, "PARIBUS_SET_SINCE") == "so"
        assert result(pool, variable, "PYTHONSAFEPATH") == os.environ.get("PYTHONSAFEPATH")


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_a_worker_takes_sigint_as_a_wish() -> None:
    with Pool(1) as pool:
        assert result(pool, interrupted) == "asked to stop"


def test_a_training_loads_neither_torchs_compiler_nor_its_algebra() -> None:
    with Pool(1) as pool:
        assert result(pool, an_optimiser_loads_no_compiler)
        assert result(pool, probing_loads_no_algebra)


class Unsendable(Exception):
    """It cannot be made again from its arguments."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__("unsendable")


def fails(error: type[Exception], *args: Any) -> NoReturn:
    raise error(*args)


def waits(seconds: float) -> None:
    time.sleep(seconds)


def test_what_a_call_raises_comes_back_with_where_it_was() -> None:
    with Pool(1) as pool:
        with pytest.raises(ValueError, match="so") as raised:
            result(pool, fails, ValueError, "so")
        assert "in fails" in raised.value.__notes__[0]
        with pytest.raises(TypeError):
            result(pool, fails, Unsendable, 1, 2)
        assert result(pool, os.getpid) != os.getpid()  # and the process goes on


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_dies_ends_every_wait(number: int) -> None:
    """Calls under way and calls that no process has begun: none is left that never ends."""
    with Pool(2) as pool:
        futures = {pool.submit(waits, 600.0) for _ in range(5)}
        processes = [worker.process for worker in pool._workers]
        assert processes[0].pid is not None
        os.kill(processes[0].pid, number)
        done, pending = pool.wait(futures, timeout=30.0)
        assert (done, pending) == (futures, set())
        assert all(isinstance(future.exception(), BrokenProcessPool) for future in done)
        assert not any(process.is_alive() for process in processes)


def test_no_process_outlives_its_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one that does not heed the wish to stop."""
    monkeypatch.setattr("paribus.runs.pool.GRACE_SECONDS", 0.2)
    with contextlib.suppress(KeyError), Pool(1) as pool:
        pool.submit(waits, 600.0)
        process = pool._workers[0].process
        raise KeyError
    assert not process.is_alive()


@linux
def test_a_call_is_another_processs():
    assert called(os.getpid) != os.getpid()
    assert is_warm()


def test_a_folder_for_temporary_files_that_cannot_be_used_is_named(monkeypatch):
    from multiprocessing import forkserver

    def full():
        raise OSError("AF_UNIX path too long")

    monkeypatch.setattr(forkserver, "ensure_running", full)
    monkeypatch.setenv("TMPDIR", "/somewhere/long")
    with pytest.raises(ParibusError, match=r"^/somewhere/long: .*: AF_UNIX path too long"):
        warm_up()
