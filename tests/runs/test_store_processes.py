"""The store among real processes: killed at any instant, and several at once."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tests
from paribus.runs.store import Store
from tests.runs.store_cases import new_record, write_run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills processes by signal")

ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
ROOT = Path(tests.__file__).parents[1]


def start(code, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, env=ENVIRONMENT, text=True, **options
    )


def test_a_store_whose_writers_are_killed_at_random_is_never_torn(tmp_path):
    rounds = 60
    command = [sys.executable, "-m", "tests.runs.store_writer", str(tmp_path), str(rounds)]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    # the test is worth something only where kills met writers at work, and runs were taken up to their end
    assert seen["kills"] >= rounds // 4
    assert seen["running"] >= rounds // 8
    assert seen["runs"] >= 3


WRITE = """
import sys
from pathlib import Path
from tests.runs.store_cases import new_record, write_run
for name in sys.argv[2:]:
    try:
        write_run(Path(sys.argv[1]), new_record(name))
    except Exception as error:
        if "nothing is trained twice" not in str(error):
            raise
"""


def test_processes_on_one_store_do_not_harm_each_other(tmp_path):
    """Three processes want the same runs at once: each run is made once, and whole."""
    names = [f"shared-s{n}" for n in range(6)]
    processes = [start(WRITE, tmp_path, *order) for order in (names, names, names[::-1])]
    assert [process.wait(120) for process in processes] == [0, 0, 0]
    store = Store(tmp_path)
    records, faults = store.survey()
    assert faults == ()
    assert sorted(record.id for record in records) == names
    alone = write_run(tmp_path / "alone", new_record("shared-s0"))
    for name in names:
        folder = store.open_run(name)
        assert len(folder.result().epochs) == 3
        assert [seen.step for seen in folder.trace()] == [0, 10, 20]
        for file in ("metrics.jsonl", "trace.jsonl", "state.safetensors", "checkpoints/epoch-0003.safetensors"):
            assert (folder.path / file).read_bytes() == (alone.path / file).read_bytes()


LOOK = """
import sys
from pathlib import Path
from paribus.runs.store import Store
for seeds in range(1, 31):
    Store(Path(sys.argv[1])).record_look("pair", seeds, 0.001)
"""


def test_looks_taken_by_several_processes_at_once_are_each_counted_once(tmp_path):
    processes = [start(LOOK, tmp_path) for _ in range(3)]
    assert [process.wait(120) for process in processes] == [0, 0, 0]
    assert sorted(Store(tmp_path).looks("pair")) == list(range(1, 31))


HOLD = """
import sys, time
from pathlib import Path
from paribus.runs.store import Store
with Store(Path(sys.argv[1])).lock("a-run"):
    print("held", flush=True)
    time.sleep(60)
"""


class GaveUp(Exception):
    pass


def give_up():
    raise GaveUp


def test_a_lock_is_seen_waited_for_and_freed_by_its_holders_death(tmp_path):
    store = Store(tmp_path)
    holder = start(HOLD, tmp_path, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == "held\n"
        assert store.is_locked("a-run")
        assert not store.is_locked("another-run")
        with store.lock_if_free("a-run") as free:
            assert not free
        with pytest.raises(GaveUp), store.lock("a-run", while_waiting=give_up):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        with store.lock("a-run"):
            pass
        assert not store.is_locked("a-run")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_a_reader_beside_a_writer_always_sees_whole_runs(tmp_path):
    writer = start(WRITE, tmp_path, *(f"run-s{n}" for n in range(12)))
    store, most = Store(tmp_path), {}
    try:
        while writer.poll() is None:
            records, faults = store.survey()
            assert faults == ()
            for record in records:
                epochs = len(store.epochs(record.id))
                assert epochs >= most.get(record.id, 0)
                most[record.id] = epochs
                assert (store.result(record.id) is None) or epochs == 3 or record.status == "running"
            time.sleep(0.001)
    finally:
        writer.kill()
        assert writer.wait() == 0
    assert len(store.runs()) == 12
    assert len(most) > 1, "the reader must have looked while runs were written"


def test_the_lock_of_a_run_is_held_by_one_at_a_time_within_a_process_too(tmp_path):
    store = Store(tmp_path)
    with store.lock("a-run"):
        assert store.is_locked("a-run")
        assert Store(tmp_path).is_locked("a-run")
    assert not store.is_locked("a-run")
