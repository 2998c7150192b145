"""What the terminal prints, at several widths, in both languages, on a terminal and off it."""

import io
import re
import time
from collections.abc import Callable, Iterable, Mapping

import pytest
from rich.cells import cell_len

from paribus.comparison.words.verdict_text import verdict_words
from paribus.records.design import Arm, Design
from paribus.records.events import EpochDone, Event, RunEnded, RunStarted
from paribus.records.program import Epoch
from paribus.terminal.cell_width import wrapped
from paribus.terminal.screen import Column, Screen
from paribus.terminal.show import ComparisonShow
from tests.factories import CASES, make_comparison, make_design
from tests.terminal.terminal_runs import LESSON, Tty, events, lesson_design, plan_of

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TERMINAL = {"TERM": "xterm-256color", "LINES": "40"}
WIDTHS = (60, 100, 140)


def shown(
    case: str = "lesson", lang: str = "en", env: Mapping[str, str] | None = None, quiet: bool = False, tty: bool = False
) -> str:
    """Everything that is printed of the plan and the end of one case."""
    stream = Tty() if tty else io.StringIO()
    show = ComparisonShow(Screen(stream, env or {}, lang), quiet=quiet)
    show.plan(plan_of(lesson_design(seeds=6), finished=2, resumed=1))
    show.comparison(make_comparison(case), "/somewhere/report.html")
    return stream.getvalue()


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_off_a_terminal_there_is_no_control_code(lang: str) -> None:
    stream = io.StringIO()
    show = ComparisonShow(Screen(stream, {"TERM": "xterm-256color"}, lang))
    design = lesson_design(seeds=2, epochs=3)
    show.plan(plan_of(design))
    for event in events(design, LESSON):
        show.event(event)
    show.comparison(make_comparison("lesson"), "/somewhere/report.html")
    assert CONTROL.search(stream.getvalue()) is None


def lines_of(design: Design, made: Iterable[Event], clock: Callable[[], float] = time.monotonic) -> list[str]:
    """What is said of events off a terminal."""
    stream = io.StringIO()
    show = ComparisonShow(Screen(stream, {}), clock=clock)
    show.plan(plan_of(design))
    stream.truncate(0)
    stream.seek(0)
    for event in made:
        show.event(event)
    return stream.getvalue().splitlines()


def test_off_a_terminal_every_run_of_several_is_one_line() -> None:
    design = lesson_design(seeds=2, epochs=3)
    lines = lines_of(design, events(design, LESSON, reused=frozenset({0})))
    # 6 epochs of 4.6 s are left, on 2 workers
    assert lines[0] == "Sigmoid, seed 0: reused, finished earlier (1 of 4 runs)"
    assert len(lines) == 4
    assert re.fullmatch(r"ReLU, seed 1: finished, validation accuracy \d\d\.\d % \(4 of 4 runs\)", lines[-1])


def test_off_a_terminal_a_long_run_of_several_says_where_it_is_every_minute() -> None:
    now = iter(range(0, 100_000, 25))  # half a minute and less from one look at the clock to the next
    design = lesson_design(seeds=1, epochs=40)
    lines = lines_of(design, events(design, LESSON), clock=lambda: float(next(now)))
    epochs = [line for line in lines if ": epoch " in line]
    assert 2 * 40 / 4 <= len(epochs) <= 2 * 40 / 2, "one in three or so, for each looks at the clock once or twice"
    pattern = (
        r"ReLU, seed 0: epoch \d+/40, training loss 0\.\d{3}, training accuracy \d\d\.\d %, validation loss 0\.\d{3}, "
        r"validation accuracy \d\d\.\d %$"
    )
    assert any(re.match(pattern, line) for line in epochs)
    assert len(lines) == len(epochs) + 2


@pytest.mark.parametrize(("length", "told"), [("epochs", 20), (None, 16)])
def test_off_a_terminal_a_long_run_is_some_twenty_lines(length: str | None, told: int) -> None:
    stream = io.StringIO()
    show = ComparisonShow(Screen(stream, {}))
    design = lesson_design(seeds=1)
    design = design.model_copy(update={"arms": design.arms[-1:]})
    show.plan(plan_of(design.model_copy(update={"program": design.program.model_copy(update={"length": length})})))
    stream.truncate(0)
    for number in range(1, 1001):
        show.event(EpochDone("relu", 0, Epoch(epoch=number, figures={"train_loss": 0.5}, seconds=0.1), 1000))
    lines = stream.getvalue().splitlines()
    assert told <= len(lines) <= 21
    assert "1000" in lines[-1]


def test_off_a_terminal_the_verdict_is_one_line_a_paragraph() -> None:
    assert verdict_words(make_comparison("three_arms"), "en") in shown("three_arms")


def test_a_run_that_diverges_is_said() -> None:
    stream = io.StringIO()
    show = ComparisonShow(Screen(stream, {}))
    show.plan(plan_of(lesson_design(seeds=1)))
    show.event(RunStarted("relu", 0, "x", 15))
    show.event(RunEnded("relu", 0, "diverged"))
    assert stream.getvalue().splitlines()[-1] == "ReLU, seed 0: diverged (1 of 2 runs)"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_quiet_prints_the_verdict_alone(lang: str) -> None:
    stream = io.StringIO()
    show = ComparisonShow(Screen(stream, {}, lang), quiet=True)
    design = lesson_design(seeds=1, epochs=2)
    show.plan(plan_of(design))
    for event in events(design, LESSON):
        show.event(event)
    show.comparison(make_comparison("lesson"), "/somewhere/report.html")
    assert stream.getvalue() == verdict_words(make_comparison("lesson"), lang) + "\n"


def test_colours_on_a_terminal_and_none_with_no_color() -> None:
    assert "\x1b[1;32m" in shown(env={**TERMINAL, "COLUMNS": "100"}, tty=True)  # the winner, bold green
    without = shown(env={**TERMINAL, "COLUMNS": "100", "NO_COLOR": "1"}, tty=True)
    codes = {code for match in COLOUR.findall(without) for code in match[2:-1].split(";")}
    assert codes <= {"0", "1", "2"}  # bold and dim are no colours


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("case", CASES)
def test_nothing_but_what_is_to_be_copied_is_wider_than_the_terminal(case: str, lang: str, width: int) -> None:
    text = COLOUR.sub("", shown(case, lang, {**TERMINAL, "COLUMNS": str(width)}, tty=True))
    free = ("Report:", "Run it again:", "To settle it:", "보고서:", "같은 비교 다시 실행:", "판정하려면:")
    lines = [line for line in text.splitlines() if not line.startswith(free)]
    assert len(lines) > 15
    assert max(map(cell_len, lines)) <= width


def test_a_path_is_never_broken() -> None:
    assert "/somewhere/report.html\n" in COLOUR.sub("", shown(env={**TERMINAL, "COLUMNS": "20"}, tty=True))


def test_the_plan_says_with_what_on_what_and_how_much() -> None:
    lines = [re.split(r"\s{2,}", line) for line in shown().splitlines()[:8]]
    facts = {line[0]: line[1] for line in lines if len(line) == 2}
    assert facts["Paribus"] == "0.1.0, PyTorch 2.9.0+cpu"
    assert facts["device"] == "cpu (Example CPU), 1 thread a run, 2 at once"
    assert facts["factor"] == "activation: Sigmoid, ReLU"
    assert facts["runs"] == "12 runs: 2 arms × 6 seeds, 15 epochs each"
    assert facts["to do"] == "2 runs are there already, 1 run goes on, about 8 min, up to 31 MB of disk"


def test_the_plan_of_a_confounded_comparison_says_so() -> None:
    stream = io.StringIO()
    design = make_design("activation", ["sigmoid", "relu"], confounded={"learning_rate": [0.001, 0.002]})
    ComparisonShow(Screen(stream, {})).plan(plan_of(design))
    assert "the arms differ in activation and learning rate" in stream.getvalue()


def test_the_tables_have_the_comparisons_figures() -> None:
    comparison = make_comparison("lesson")
    lines = [re.split(r"\s{2,}", line.strip()) for line in shown("lesson").splitlines()]
    relu = comparison.judged(comparison.arms[1])
    assert relu is not None
    assert relu.low is not None
    assert relu.high is not None
    accuracy, low, high = (f"{100 * x:.1f}" for x in (relu.mean, relu.low, relu.high))
    assert ["ReLU", "6/6", "61 to 100 %", f"{accuracy} %", f"{low} to {high}"] in lines  # Wilson: 6/(6+1.96²) = 0.61
    assert any(line[0] == "ReLU − sigmoid" and line[-3:] == ["0.002", "Fisher", "ReLU better"] for line in lines)


def test_a_mixtures_mean_says_over_what_at_any_width() -> None:
    for width in WIDTHS:
        assert "3 trained" in shown("mixture", env={**TERMINAL, "COLUMNS": str(width)}, tty=True)


def test_how_to_go_on_proposes_the_seeds_that_would_settle_it() -> None:
    comparison = make_comparison("open")
    (pair,) = comparison.pairs
    pair = pair.model_copy(update={"seeds_to_settle": 18})  # of its 217 nobody is told to run so many
    stream = io.StringIO()
    given = comparison.model_copy(
        update={"command": "paribus compare activation=sigmoid,relu --seeds=6 --lang ko", "pairs": (pair,)}
    )
    ComparisonShow(Screen(stream, {})).comparison(given)
    assert f"activation=sigmoid,relu --lang ko --seeds={pair.seeds_to_settle}\n" in stream.getvalue()
    assert "To settle it" not in shown("fair")
    assert "To settle it" not in shown("open")


def test_interrupted_says_what_is_kept_and_how_to_go_on() -> None:
    stream = io.StringIO()
    show = ComparisonShow(Screen(stream, {}))
    design = lesson_design(seeds=2, epochs=2)
    show.plan(plan_of(design))
    for event in list(events(design, LESSON))[:-1]:
        show.event(event)
    show.interrupted("paribus compare activation=sigmoid,relu")
    end = stream.getvalue().splitlines()[-2:]
    assert end[0].startswith("Stopped (3 of 4 runs finished).")
    assert end[1] == "To go on: paribus compare activation=sigmoid,relu"


def test_names_from_outside_are_only_shown() -> None:
    hostile = "[red]x[/red]\x1b[2J\x1b]0;title\x07\u202e"
    fields = lesson_design(seeds=1).arms[0].fields
    arms = (
        Arm(name=hostile, value=None, fields=fields),
        Arm(name="b", value=None, fields=fields),
    )
    design = lesson_design(seeds=1).model_copy(update={"factor": "recipe", "arms": arms, "recipe_name": hostile})
    for tty in (False, True):
        stream = Tty() if tty else io.StringIO()
        screen = Screen(stream, {**TERMINAL, "COLUMNS": "200"})
        with ComparisonShow(screen) as show:
            show.plan(plan_of(design, device=hostile, data=hostile))
            show.event(RunStarted(hostile, 0, "x", 15))
            show.interrupted(f"paribus compare {hostile}")
        screen.table(["name", Column(hostile)], [[hostile, "1"]], title=hostile)
        screen.facts([(hostile, hostile)])
        text = stream.getvalue()
        assert "[red]x[/red]" in text
        for code in ("\x1b[2J", "\x1b]", "\x07", "\u202e", "\x1b[31m"):
            assert code not in text


def test_a_table_drops_spare_columns_before_it_breaks_cells() -> None:
    columns = ["name", Column("value", "right"), Column("long remark", spare=1)]
    rows = [["학습률", "0.1", "a remark of some length"]]
    for width, there in ((80, True), (30, False)):
        stream = io.StringIO()
        Screen(stream, {"COLUMNS": str(width)}).table(columns, rows)
        assert ("remark" in stream.getvalue()) is there
        assert "학습률" in stream.getvalue()


def test_a_stream_that_cannot_write_hangul_does_not_end_the_program() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    ComparisonShow(Screen(stream, {}, "ko"), quiet=True).comparison(make_comparison("lesson"))
    assert b"ReLU" in raw.getvalue()


@pytest.mark.parametrize("width", [20, 40, 61])
def test_prose_is_broken_by_cells_and_not_inside_figures(width: int) -> None:
    text = "테스트 정확도가 92.1 % 대 10.0 % 이며 확률은 p = 0.002 이고 p < 0.001 보다 크다. " * 4 + "x" * 100
    lines = wrapped(text, width)
    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.endswith(("p", "p =", "=", "<", "92.1", "10.0")) for line in lines)
    assert not any(line.startswith("%") for line in lines)


def test_paragraphs_stay_apart() -> None:
    assert wrapped("a b\n\nc", 10) == ["a b", "", "c"]


@pytest.mark.parametrize("width", ["40", "200"])
def test_very_many_rows_are_a_line_each(width: str) -> None:
    stream = io.StringIO()
    screen = Screen(stream, {"COLUMNS": width})
    rows = [[f"run-{n}", "가나\x1b[31m 다", str(n)] for n in range(1001)]
    screen.records(["Run", "Status", Column("Seed", "right")], rows, "Runs")
    lines = stream.getvalue().splitlines()
    assert lines[0] == "Runs"
    assert lines[1].split() == ["Run", "Status", "Seed"]
    assert len(lines) == 2 + 1001 + 1
    assert {cell_len(line) for line in lines[1:-1]} == {cell_len(lines[1])}
    assert not CONTROL.search(stream.getvalue().replace("\n", ""))
