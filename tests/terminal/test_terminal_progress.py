from dataclasses import replace

import pytest

from paribus.records.events import EpochDone, Event, RunEnded, RunStarted
from paribus.records.program import Epoch
from paribus.terminal.progress import Progress, progress_of
from tests.factories import make_design
from tests.synthetic_runs import make_epoch
from tests.terminal.terminal_runs import LESSON, events, lesson_design, plan_of


def epoch(number: int, seconds: float, accuracy: float = 0.5) -> Epoch:
    return make_epoch(
        epoch=number,
        train_loss=1.0,
        train_accuracy=accuracy,
        val_loss=1.0,
        val_accuracy=accuracy,
        learning_rate=0.1,
        seconds=seconds,
    )


def progress(workers: int = 2, seeds: int = 3, epochs: int = 10) -> Progress:
    return progress_of(plan_of(lesson_design(seeds=seeds, epochs=epochs), workers=workers))


def after(start: Progress, happened: list[Event]) -> Progress:
    for event in happened:
        start = start.after(event)
    return start


def test_a_whole_comparison_adds_up() -> None:
    design = lesson_design(seeds=6)
    end = after(progress_of(plan_of(design)), list(events(design, LESSON)))
    assert (end.ended, end.total) == (12, 12)
    assert end.epochs_done == end.epochs_total == 2 * 6 * 15
    assert end.under_way == ()
    assert end.seconds_left() == 0
    assert [m.epoch for m in end.at_epoch("relu", 7)] == [7] * 6


def test_no_time_is_known_before_the_first_epoch() -> None:
    start = progress()
    assert start.seconds_left() is None
    assert start.after(RunStarted("relu", 0, "x", 10)).seconds_left() is None


def test_time_left_is_what_is_left_over_the_workers() -> None:
    # 2 arms x 3 seeds x 10 epochs of 4 s on 2 workers: 120 s. After one epoch of each of two runs, 4 s less.
    begun = [RunStarted(arm, 0, "x", 10) for arm in ("sigmoid", "relu")]
    now = after(progress(), [*begun, *(EpochDone(arm, 0, epoch(1, 4.0), 10) for arm in ("sigmoid", "relu"))])
    assert now.seconds_left() == pytest.approx(116.0)


def test_arms_have_their_own_pace() -> None:
    happened: list[Event] = []
    for arm, seconds in (("sigmoid", 2.0), ("relu", 6.0)):
        happened += [RunStarted(arm, 0, "x", 10), EpochDone(arm, 0, epoch(1, seconds), 10)]
    # sigmoid: 29 epochs of 2 s, relu: 29 of 6 s
    assert after(progress(), happened).seconds_left() == pytest.approx((29 * 2 + 29 * 6) / 2)


def test_the_longest_run_is_the_least_that_it_takes() -> None:
    happened = [RunStarted("relu", 0, "x", 10), EpochDone("relu", 0, epoch(1, 4.0), 10)]
    # 8 workers for 6 runs: those not begun take 10 epochs, whatever the others do
    assert after(progress(workers=8), happened).seconds_left() == pytest.approx(40.0)


def test_a_reused_runs_pace_counts_only_while_there_is_no_other() -> None:
    reused: list[Event] = [RunStarted("relu", 0, "x", 10, reused=True)]
    reused += [EpochDone("relu", 0, epoch(n, 100.0), 10) for n in range(1, 11)]
    reused += [RunEnded("relu", 0, "finished", reused=True)]
    now = after(progress(workers=1, seeds=1), reused)
    assert now.seconds_left() == pytest.approx(1000.0)  # sigmoid is taken to be as slow
    fresh = after(now, [RunStarted("sigmoid", 0, "x", 10), EpochDone("sigmoid", 0, epoch(1, 1.0), 10)])
    assert fresh.seconds_left() == pytest.approx(9.0)


def test_a_run_that_diverges_has_nothing_left() -> None:
    happened = [
        RunStarted("relu", 0, "x", 10),
        EpochDone("relu", 0, epoch(1, 4.0), 10),
        RunEnded("relu", 0, "diverged"),
    ]
    now = after(progress(workers=1, seeds=1), happened)
    assert now.epochs_done == 10
    assert now.seconds_left() == pytest.approx(40.0)  # sigmoid's ten


def test_epochs_as_the_factor_are_counted_arm_by_arm() -> None:
    design = make_design("epochs", [5, 20], seeds=2)
    assert progress_of(plan_of(design)).epochs_total == 50


def test_boards_are_values() -> None:
    start = progress()
    later = start.after(RunStarted("relu", 0, "x", 10))
    assert start.runs == {}
    assert replace(later) == later
