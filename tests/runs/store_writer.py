"""A program that writes a run again and again, is killed at random instants, and looks at what is left each time.

    python -m tests.runs.store_writer ROOT ROUNDS

It forks its writers, so that each is at work within a millisecond. Exits with 1 where a folder contradicts itself.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

from paribus.runs.store import Store
from tests.runs.store_cases import answers_of, metrics_of, new_record, state_of, weights_of, write_run

EPOCHS = 6


def main(root: Path, rounds: int) -> None:
    clock = random.Random(20250101)
    seen = {"kills": 0, "running": 0, "finished": 0, "torn": 0, "temporary": 0}
    started = time.perf_counter()
    write_run(root, new_record("whole", epochs=EPOCHS))
    duration, run = time.perf_counter() - started, 0  # how long one takes here, whatever else this machine does
    for _ in range(rounds):
        record = new_record(f"run-{run}", epochs=EPOCHS)
        started = time.perf_counter()
        if killed(lambda record=record: write_run(root, record), clock.uniform(0, 1.1 * duration)):
            seen["kills"] += 1
        else:
            duration = max(time.perf_counter() - started, 0.5 * duration)
        check(Store(root), record.id, seen)
        folder = root / "runs" / record.id
        seen["temporary"] += any(folder.rglob("*.tmp"))
        seen["torn"] += (folder / "metrics.jsonl").exists() and not (folder / "metrics.jsonl").read_bytes().endswith(
            b"\n"
        )
        current = Store(root).record(record.id)
        run += current is not None and current.status == "finished"
    print(json.dumps(seen | {"runs": run}))


def killed(write: object, after: float) -> bool:
    """Run `write` in a process of its own, and kill that after so many seconds. Whether it was still at work."""
    child = os.fork()
    if child == 0:
        try:
            write()
            os._exit(0)
        except BaseException as error:
            print(f"the writer failed: {error!r}", file=sys.stderr)
            os._exit(3)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0, "a writer failed by itself"
        return False
    return True


def check(store: Store, run_id: str, seen: dict[str, int]) -> None:
    """Everything that reads is whole, and all of it is of one epoch; *finished* means that nothing is missing."""
    assert not store.is_locked(run_id), "a killed process holds its lock"
    assert store.survey()[1] == ()
    record = store.record(run_id)
    if record is None:
        return
    seen[record.status] += 1
    folder = store.open_run(run_id)
    epochs = folder.epochs()
    assert epochs == tuple(metrics_of(n) for n in range(1, len(epochs) + 1))
    state = folder.read_state()
    if state is not None:
        done = int(state[1]["epochs"])
        assert len(epochs) in (done, done + 1), "more than the epoch in progress would be lost"
        expected = state_of(done)
        assert set(state[0]) == set(expected)
        assert all(np.array_equal(state[0][name], expected[name]) for name in expected)
    for checkpoint in folder.checkpoints():
        arrays, meta = folder.read_checkpoint(checkpoint.name)
        assert np.array_equal(arrays["fc.weight"], weights_of(int(meta.get("epoch", "0")))["fc.weight"])
    folder.trace()
    result = folder.result()
    assert (result is not None) == (record.status == "finished")
    if result is not None:
        assert len(result.epochs) == EPOCHS
        for name, array in answers_of(record.seed).items():
            assert np.array_equal(result.items[name], array)
        assert [seen.step for seen in folder.trace()] == [10 * n for n in range(EPOCHS)]
        assert np.array_equal(folder.weights()["fc.weight"], weights_of(EPOCHS)["fc.weight"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
