"""The picture that is drawn over while runs go on, and the table of epochs that stays of it."""

import re

import pytest
from rich.cells import cell_len

from paribus.records.events import EpochDone, RunEnded, RunStarted
from paribus.terminal.epochs import epoch_table
from paribus.terminal.frame import Frame
from paribus.terminal.progress import progress_of
from paribus.terminal.screen import Screen
from paribus.terminal.show import ComparisonShow
from paribus.words.translation import translator
from tests.factories import make_comparison, make_design
from tests.terminal.terminal_runs import LESSON, Tty, events, lesson_design, plan_of

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TERMINAL = {"TERM": "xterm-256color", "LINES": "40"}
WIDTHS = (60, 100, 140)


def test_the_live_picture_comes_and_goes() -> None:
    stream = Tty()
    screen = Screen(stream, {**TERMINAL, "COLUMNS": "100"})
    design = lesson_design(seeds=2, epochs=3)
    with ComparisonShow(screen) as show:
        show.plan(plan_of(design))
        for event in events(design, LESSON):
            show.event(event)
        show.comparison(make_comparison("lesson"))
    text = stream.getvalue()
    assert "\x1b[?25l" in text  # the cursor hidden
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # and back
    end = COLOUR.sub("", text[text.rindex("\x1b[?25h") :])
    assert "train loss" in end  # the table stays
    assert "Verdict" in end


def test_the_cursor_comes_back_after_an_error() -> None:
    stream = Tty()
    design = lesson_design(seeds=1)

    def broken() -> None:
        with ComparisonShow(Screen(stream, {**TERMINAL, "COLUMNS": "80"})) as show:
            show.plan(plan_of(design))
            show.event(RunStarted("relu", 0, "x", 15))
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "begun anew, since state.safetensors of its"), ("ko", "손상되어 처음부터 다시 학습했습니다")],
)
@pytest.mark.parametrize("kind", ["dumb", "xterm-256color"])
def test_a_run_whose_beginning_was_damaged_says_so(lang: str, said: str, kind: str) -> None:
    stream = Tty()
    with ComparisonShow(Screen(stream, {"TERM": kind, "COLUMNS": "120", "LINES": "40"}, lang)) as show:
        show.plan(plan_of(lesson_design(seeds=1)))
        show.event(RunStarted("relu", 0, "x", 15))
        show.event(RunEnded("relu", 0, "finished", run_id="x", damaged="state.safetensors"))
    assert said in stream.getvalue()
    assert "state.safetensors" in stream.getvalue()


def test_a_dumb_terminal_gets_plain_lines() -> None:
    stream = Tty()
    with ComparisonShow(Screen(stream, {"TERM": "dumb", "COLUMNS": "100"})) as show:
        show.plan(plan_of(lesson_design(seeds=1)))
        show.event(RunStarted("relu", 0, "x", 15))
        show.comparison(make_comparison("lesson"))
    assert CONTROL.search(stream.getvalue()) is None


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_table_of_epochs_lines_up(lang: str, width: int) -> None:
    design = lesson_design(seeds=6)
    progress = progress_of(plan_of(design))
    for event in list(events(design, LESSON))[:100]:
        progress = progress.after(event)
    names = {"sigmoid": "시그모이드", "relu": "ReLU"}
    lines = epoch_table(progress, names, translator(lang), width)
    assert len(lines) == 3 + 15
    assert {line.cell_len for line in lines} == {lines[0].cell_len}
    assert lines[0].cell_len <= width
    text = [line.plain for line in lines]
    assert "시그모이드" in text[0]
    assert "train loss" in text[1] or "훈련 손실" in text[1] or width == 60
    assert all(line.endswith(" 3/6") for line in text[3:])  # a pair of runs is 34 events: the third is all but ended


def test_means_are_over_the_runs_so_far() -> None:
    design = lesson_design(seeds=3, epochs=2)
    happened = list(events(design, {"sigmoid": ["collapsed"] * 3, "relu": [0.90, 0.92, 0.95]}))
    progress = progress_of(plan_of(design))
    for event in happened:
        progress = progress.after(event)
    epochs = [e.epoch for e in happened if isinstance(e, EpochDone) and e.arm == "relu" and e.epoch.epoch == 2]
    mean = sum(epoch.figures["val_accuracy"] for epoch in epochs) / 3
    last = epoch_table(progress, {}, translator("en"), 140)[-1].plain
    assert last.split()[-3:] == [f"{100 * mean:.1f}", "%", "3/3"]


def test_runs_of_two_kinds_get_a_range_not_a_mean() -> None:
    design = lesson_design(seeds=2, epochs=15)
    progress = progress_of(plan_of(design))
    for event in events(design, {"sigmoid": ["collapsed", 0.95], "relu": [0.9, 0.9]}):
        progress = progress.after(event)
    last = epoch_table(progress, {}, translator("en"), 140)[-1].plain
    assert re.search(r" 11–9[45] %", last)
    assert "53" not in last  # the mean of 11 and 95


def test_a_long_training_is_thinned_and_ends_with_its_last_epoch() -> None:
    design = lesson_design(seeds=1, epochs=97)
    progress = progress_of(plan_of(design))
    for event in events(design, {"sigmoid": [0.9], "relu": [0.9]}):
        progress = progress.after(event)
    shown_epochs = [int(line.plain.split()[0]) for line in epoch_table(progress, {}, translator("en"), 140)[3:]]
    assert shown_epochs[0] == 1
    assert shown_epochs[-1] == 97
    assert len(shown_epochs) <= 22


@pytest.mark.parametrize("arms", [2, 5])
@pytest.mark.parametrize("height", [15, 24, 50])
def test_the_live_picture_fits_the_terminal(height: int, arms: int) -> None:
    values = ["sigmoid", "relu", "tanh", "gelu", "silu"][:arms]
    design = make_design("activation", values, seeds=4, epochs=40)
    outcomes = {value: [0.9] * 4 for value in values}
    progress = progress_of(plan_of(design, workers=20))
    for event in events(design, outcomes):
        if not isinstance(event, RunEnded):  # all go on at once
            progress = progress.after(event)
    stream = Tty()
    screen = Screen(stream, {**TERMINAL, "COLUMNS": "60", "LINES": str(height)})
    screen.console.print(Frame(progress, {}, screen.words, 0.0, lambda: 0.0))
    lines = COLOUR.sub("", stream.getvalue()).splitlines()
    assert len(lines) <= height
    assert max(map(cell_len, lines)) <= 60
    assert "0 of" in lines[-1]  # the bar for all runs is not what is left out


def test_time_left_counts_down_between_epochs() -> None:
    design = lesson_design(seeds=1, epochs=15)
    progress = progress_of(plan_of(design, workers=1))
    for event in list(events(design, LESSON))[:6]:
        progress = progress.after(event)
    stream = Tty()  # 26 epochs of 4.6 s are left, and 30 s have passed
    screen = Screen(stream, {**TERMINAL, "COLUMNS": "100"})
    screen.console.print(Frame(progress, {}, screen.words, 100.0, lambda: 130.0))
    assert "90 s left" in stream.getvalue()
