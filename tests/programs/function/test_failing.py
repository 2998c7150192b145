"""Functions that raise, hang, print, break their process, or give no figures: each is told in clear words."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import paribus as pb
from paribus.core.errors import ParibusError
from paribus.programs.kept_output import Kept
from paribus.runs import stopping
from paribus.runs.engines.worker import perform_together
from paribus.runs.store import Store
from tests.programs.function.making import make, planned, written


def raising(seed: int, *, a: int = 1) -> Iterator[dict[str, float]]:
    print("before")
    yield {"x": 1.0}
    raise ValueError("no such thing")


def test_an_exception_is_a_failed_run_with_its_traceback(tmp_path: Path) -> None:
    made = make(raising, tmp_path)
    record = made.first.record
    assert (record.status, record.note, record.figures) == ("failed", "ValueError: no such thing", {})
    told = (made.folder / "error.txt").read_text()
    assert told.startswith("Traceback")
    assert 'raise ValueError("no such thing")' in told
    assert "paribus/programs" not in told
    assert [epoch.figures for epoch in made.first.epochs] == [{"x": 1.0}]
    assert (made.folder / "output.txt").read_text() == "before\n"


def segfault(seed: int, *, a: int = 1) -> None:
    print("about to", flush=True)
    ctypes.string_at(0)


def wait_for_ever(seed: int, *, a: int = 1) -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    threading.Thread(target=time.sleep, args=(60,)).start()
    while True:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def async_one(seed: int, *, a: int = 1) -> Any:
    async def inner() -> float:
        return 1.0

    return inner()


FAILING: list[tuple[Callable[..., Any], str, str]] = [
    (lambda seed, a=1: sys.exit(3), "sys.exit(3)", "error"),
    (lambda seed, a=1: sys.exit(), "sys.exit(None)", "error"),
    (lambda seed, a=1: os.kill(os.getpid(), signal.SIGINT), "KeyboardInterrupt", "error"),
    (lambda seed, a=1: os._exit(7), "exit code 7", "error"),
    (lambda seed, a=1: os.kill(os.getpid(), signal.SIGKILL), "SIGKILL", "killed"),
    (segfault, "SIGSEGV", "error"),
    (lambda seed, a=1: bytearray(1 << 60), "MemoryError", "killed"),
    (lambda seed, a=1: input("?"), "EOFError", "error"),
    (lambda seed, a=1: None, "returned nothing", "error"),
    (lambda seed, a=1: [0.9, 0.8], "gave [0.9, 0.8] (list)", "error"),
    (lambda seed, a=1: "0.9", 'gave "0.9" (str)', "error"),
    (lambda seed, a=1: True, "gave true (bool)", "error"),
    (async_one, "async", "error"),
    (lambda seed, a=1: {"x": "0.9"}, 'x must be a number; got "0.9"', "error"),
    (lambda seed, a=1: {"x": True}, "x must be a number; got true", "error"),
    (lambda seed, a=1: {"X": 1.0, "y": 2.0}, 'no figure "x"; the figures are X, y', "figure"),
    (lambda seed, a=1: iter([]), 'no figure "x"', "figure"),
    (lambda seed, a=1: {"x": pb.save("nowhere.txt")}, "no such file to save", "error"),
]


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize(("function", "said", "cause"), FAILING, ids=[said for _, said, _ in FAILING])
def test_each_failure_has_its_words(function: Callable[..., Any], said: str, cause: str, tmp_path: Path) -> None:
    record = make(function, tmp_path).first.record
    assert record.status == "failed"
    assert said in record.note
    assert record.failure is not None
    assert record.failure.cause == cause


def test_where_code_in_c_broke_the_process_is_kept(tmp_path: Path) -> None:
    error = (make(segfault, tmp_path).folder / "error.txt").read_text()
    assert "Fatal Python error: Segmentation fault" in error
    assert "in segfault" in error


def test_a_share_in_percent_is_refused_with_what_to_write(tmp_path: Path) -> None:
    note = make(lambda seed, a=1: {"acc": 92.5}, tmp_path, metric="acc").first.record.note
    assert "a run gave 92.5: write acc:max:percent" in note
    assert make(lambda seed, a=1: {"acc": 92.5}, tmp_path, metric="acc:max:percent").first.record.judged == 92.5


def test_a_metric_that_is_not_finite_is_a_diverged_run(tmp_path: Path) -> None:
    made = make(lambda seed, a=1: {"x": float("nan"), "y": 1}, tmp_path)
    assert (made.first.record.status, made.first.record.trained) == ("diverged", None)


def test_what_trained_means_is_the_user_s(tmp_path: Path) -> None:
    made = make(lambda seed, a=1: {"x": a, "acc": a / 4}, tmp_path, trained="acc>=0.5")
    assert [result.record.trained for result in made.results.values()] == [False, True]


def test_an_endless_run_is_ended_with_its_children_at_the_time_limit(tmp_path: Path) -> None:
    begun = time.monotonic()
    record = make(wait_for_ever, tmp_path, time_limit=0.7).first.record
    assert time.monotonic() - begun < 10
    assert record.failure is not None
    assert record.failure.cause == "time"
    assert "time limit of 0.7 s" in record.note
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "time.sleep(60)" not in left


def test_threads_that_never_end_do_not_hold_a_run(tmp_path: Path) -> None:
    def threaded(seed: int, *, a: int = 1) -> dict[str, float]:
        threading.Thread(target=time.sleep, args=(60,)).start()
        return {"x": 1.0}

    assert make(threaded, tmp_path).first.record.status == "finished"


def test_the_others_go_on_when_one_breaks_its_process(tmp_path: Path) -> None:
    made = make(lambda seed, a=1: {"x": 1.0} if seed + a != 2 else os.abort(), tmp_path, seeds=3, pool=2)
    status = {key: result.record.status for key, result in made.results.items()}
    assert sorted(status.values()) == ["failed", "failed", *["finished"] * 4]
    assert status["1", 1] == status["2", 0] == "failed"


def printing(seed: int, *, a: int = 1) -> dict[str, float]:
    os.write(1, b"\xff\x00 bytes\n")
    print("한국어 \udcff", file=sys.stderr)
    os.system("echo from a shell")
    for _ in range(300):
        os.write(1, b"x" * 1000)
    return {"x": 1.0}


def test_all_that_is_printed_is_kept_and_nothing_of_it_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = make(printing, tmp_path)
    kept = (made.folder / "output.txt").read_bytes()
    assert kept.startswith(b"\xff\x00 bytes\n" + "한국어 \\udcff\n".encode() + b"from a shell\n")
    assert len(kept) > 300_000
    assert capfd.readouterr() == ("", "")


def test_what_a_module_prints_as_it_is_loaded_is_kept_with_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "loud_module", "print('loading')\ndef train(seed, *, a=1): return {'x': a}\n")
    made = make("loud_module:train", tmp_path / "lab", pool=1)
    assert capfd.readouterr() == ("", "")
    assert (made.folder / "output.txt").read_text() == "loading\n"


def test_a_module_that_compares_as_it_is_loaded_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = """
        import paribus
        def train(seed, *, a=1): return {"x": a}
        paribus.compare("a", [1, 2], program=train, metric="x", seeds=1)
        """
    written(tmp_path, "compares_itself", text)
    with pytest.raises(ParibusError, match="put that under if __name__"):
        make("compares_itself:train", tmp_path / "lab")


def test_a_run_is_ended_at_once_when_it_is_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(wait_for_ever, tmp_path)
    threading.Timer(0.5, lambda: monkeypatch.setattr(stopping, "_asked", [signal.SIGINT])).start()
    begun = time.monotonic()
    with pytest.raises(stopping.Stopped):
        perform_together(plan.tasks[:1])
    assert time.monotonic() - begun < 10
    record = Store(tmp_path).record(plan.tasks[0].run_id)
    assert record is not None
    assert record.status == "running"


def test_very_much_is_cut_in_the_middle(tmp_path: Path) -> None:
    with Kept(tmp_path / "output.txt", 100) as kept:
        for number in range(1000):
            kept.write(b"%04d " % number)
    text = (tmp_path / "output.txt").read_text()
    assert text.startswith("0000 0001")
    assert text.endswith("0998 0999 ")
    assert "4900 bytes left out" in text
