"""The contract of engines, on those that need nothing installed; and what is no executor."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import paribus as pb
from paribus.core.errors import ParibusError
from paribus.runs.engines.slurm import job_of
from paribus.runs.engines.wanted_lock import Session, Watch, session
from paribus.runs.execute import execute
from paribus.runs.store import Store
from tests.programs.polynomial import made_known
from tests.runs.engine_contract import Contract, at_home, bits, tasks_in


class TestThreads(Contract):
    opened = staticmethod(lambda store: ThreadPoolExecutor(2))


class TestProcessPool(Contract):
    opened = staticmethod(lambda store: ProcessPoolExecutor(2, multiprocessing.get_context("fork")))


class Asked:
    """An executor whose futures know nothing but `result` and `done`."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2)

    def submit(self, function: Any, *args: Any) -> Any:
        future = self._threads.submit(function, *args)

        class Job:
            result, done = staticmethod(future.result), staticmethod(future.done)

        return Job()


class TestResultAndDone(Contract):
    opened = staticmethod(lambda store: nullcontext(Asked()))


class Parallel:
    """As joblib's: it is called with all that is to be done."""

    def __call__(self, calls: Any) -> Any: ...


class SubmitsNothing:
    def submit(self, function: Any, *args: Any) -> str:
        return "job 17"


class Closed:
    def submit(self, function: Any, *args: Any) -> None:
        raise RuntimeError("cannot schedule new futures after shutdown")


@pytest.mark.parametrize(
    ("executor", "said"),
    [
        (Parallel(), "must have submit"),
        (ThreadPoolExecutor, "must have submit"),
        (SubmitsNothing(), r"must have result\(\) and done\(\)"),
        (Closed(), "took no runs: RuntimeError"),
    ],
)
def test_what_cannot_make_runs_is_refused_before_it_has_any(executor: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ParibusError, match=said):
        pb.compare("degree", [1, 3], program=made_known(), seeds=2, margin=1, out=tmp_path, executor=executor)
    assert Store(tmp_path).runs() == ()


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        *(
            (one, "cluster must be local:N")
            for one in ("local:0", "local:", "local:x", "spark", "8786", "http://a:1", "")
        ),
        ("slurm:partiton=a", "partiton is none of partition, time"),
        ("slurm:cores=many", "cores must be a whole number"),
        ("slurm:gpus=0", "gpus must be a whole number"),
        ("slurm:partition=a\n#SBATCH --uid=0", "partition must be a word"),
        ("slurm:partition=$(id)", "partition must be a word"),
        ("slurm:nowhere.toml", "nowhere.toml: cannot be read"),
    ],
)
def test_what_is_no_cluster_is_refused(cluster: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ParibusError, match=said):
        pb.compare("degree", [1, 3], program=made_known(), out=tmp_path, cluster=cluster)


def test_one_of_cluster_and_executor(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads, pytest.raises(ParibusError, match="give one of them"):
        pb.compare("degree", [1, 3], program=made_known(), out=tmp_path, cluster="local:2", executor=threads)


def test_what_a_job_asks_for_stands_in_its_script(tmp_path: Path) -> None:
    (tmp_path / "gpu.toml").write_text('partition = "gpu"\ntime = "2:00:00"\ngpus = 1\noptions = ["--constraint=a100"]')
    of_file = job_of(f"slurm:{tmp_path / 'gpu.toml'}")
    asked = ["--partition=gpu", "--time=2:00:00", "--cpus-per-task=1", "--gpus=1", "--constraint=a100"]
    assert of_file.header() == [f"#SBATCH {one}" for one in asked]
    assert job_of("slurm:partition=gpu,time=2:00:00,gpus=1,jobs=7").header() == of_file.header()[:-1]
    assert job_of("slurm").header() == ["#SBATCH --cpus-per-task=1"]


class Forgetful(ThreadPoolExecutor):
    """Cancels the first of what it takes, as a scheduler does that is started again."""

    def submit(self, function: Any, /, *args: Any, **named: Any) -> Any:
        future = super().submit(time.sleep, 0.05)
        if not hasattr(self, "once"):
            self.once = super().submit(time.sleep, 0)
            future = super().submit(function, *args)
            assert future.cancel()
            return future
        return super().submit(function, *args)


def test_what_the_engine_lost_is_handed_out_again(tmp_path: Path) -> None:
    with Forgetful(1) as executor:
        execute(tasks_in(tmp_path / "lab", seeds=1), Store(tmp_path / "lab"), 2, lambda event: None, executor)
    assert bits(tmp_path / "lab") == at_home(tmp_path / "home", seeds=1)


def test_a_session_is_over_with_its_command(tmp_path: Path) -> None:
    with session(tmp_path) as held:
        left = Session(tmp_path)
        left._lock.release()  # as the system does when its holder is killed
        watches = [Watch(str(one.path)) for one in (held, left)]
        for watch in watches:
            watch._looked = -10.0
        assert [watch.over() for watch in watches] == [False, True]
        Session(tmp_path).end()
        assert [path.name for path in (tmp_path / "locks").iterdir()] == [held.path.name]  # the killed one's was swept
    assert not list((tmp_path / "locks").iterdir())
