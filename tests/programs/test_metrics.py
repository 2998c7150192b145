"""Metrics as they are written, what counts as trained, and a run's figures out of its rows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.core.errors import ParibusError
from paribus.programs.metrics import Condition, condition, figures_at, figures_fault, measured, metric_named, pattern_of


@pytest.mark.parametrize(
    ("text", "direction", "unit"),
    [
        ("accuracy", "max", "share"),
        ("val_acc", "max", "share"),
        ("acc:max:percent", "max", "percent"),
        ("loss:min", "min", ""),
        ("val_loss:max", "max", ""),
        ("reward", "max", ""),
        ("answers", "max", ""),  # no word error rate
        ("time:min:seconds", "min", "seconds"),
        ("val_acc=accuracy: ([0-9.]+)", "max", "share"),
        ("val_acc=accuracy: ([0-9.]+)%", "max", "percent"),
        ("val_acc:max:share=accuracy: ([0-9.]+) %", "max", "share"),
        ("score=score ([0-9]+)%", "max", ""),
    ],
)
def test_metrics_as_they_are_written(text: str, direction: str, unit: str) -> None:
    metric = metric_named(text)
    assert (metric.direction, metric.unit) == (direction, unit)
    assert metric.name == text.split("=")[0].split(":")[0]


def test_a_pattern_stands_after_the_first_equals_sign() -> None:
    assert (pattern_of("val_acc=a=([0-9]+)"), pattern_of("val_acc:max")) == ("a=([0-9]+)", "")


@pytest.mark.parametrize("name", ["loss", "val_loss", "test error", "rmse", "perplexity", "WER", "train_time"])
def test_a_bare_name_of_what_should_be_less_is_refused(name: str) -> None:
    with pytest.raises(ParibusError, match=f"Write {name}:min or {name}:max"):
        metric_named(name)


@pytest.mark.parametrize("text", ["", ":min", "loss:less", "loss:min:nats:more"])
def test_what_is_no_metric_is_refused(text: str) -> None:
    with pytest.raises(ParibusError, match="NAME:min"):
        metric_named(text)


@given(
    name=st.from_regex(r"[a-z_][a-z_/0-9.]{0,8}", fullmatch=True),
    sign=st.sampled_from([">", ">=", "<", "<="]),
    bound=st.floats(allow_nan=False, allow_infinity=False),
    value=st.floats(allow_nan=False),
)
def test_conditions_are_read_as_python_reads_them(name: str, sign: str, bound: float, value: float) -> None:
    read = condition(f" {name} {sign}{bound!r} ")
    assert read == Condition(name, sign, bound)
    assert read.holds({name: value}) is eval(f"value {sign} bound", {"value": value, "bound": bound})
    assert read.holds({}) is None


@given(st.text(max_size=20))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        read = condition(text)
    except ParibusError:
        return
    assert math.isfinite(read.bound)
    assert read.name.strip() == read.name != ""


ROWS = [{"loss": 0.5, "acc": 0.7}, {"loss": 0.2, "acc": 0.6, "lr": 0.1}, {"loss": 0.3}, {"loss": 0.1, "other": 1.0}]


def test_the_last_row_that_has_a_figure_gives_it() -> None:
    info = measured("function", "f", [metric_named("acc")], "", "last", {}, "")
    assert figures_at(ROWS, info) == {"loss": 0.1, "acc": 0.6, "lr": 0.1, "other": 1.0}


def test_the_best_row_is_chosen_by_what_steers() -> None:
    info = measured("function", "f", [metric_named("acc"), metric_named("loss:min")], "loss", "best", {}, "")
    assert figures_at(ROWS, info)["acc"] == 0.6  # of the row with the least loss that has the judged metric
    assert figures_at([*ROWS, {"loss": math.nan, "acc": 0.9}], info)["acc"] == 0.6
    assert figures_at([{"acc": 0.9}], info) == {"acc": 0.9}


@pytest.mark.parametrize(
    ("metrics", "steers", "at", "said"),
    [
        ([], "", "last", "--metric"),
        (["acc", "acc"], "", "last", "once"),
        (["acc", "f1"], "f2", "last", "one of the metrics"),
        (["acc"], "", "best", "luck would be judged"),
        (["acc"], "", "first", "last, best"),
    ],
)
def test_metrics_that_do_not_go_together_are_refused(metrics: list[str], steers: str, at: str, said: str) -> None:
    with pytest.raises(ParibusError, match=said):
        measured("function", "f", [metric_named(name) for name in metrics], steers, at, {}, "")


def test_what_is_wrong_with_figures_is_said() -> None:
    info = measured("function", "f", [metric_named("accuracy")], "", "last", {}, "")
    assert figures_fault({"accuracy": 1.0}, info) is None
    assert figures_fault({"accuracy": math.nan}, info) is None
    assert "did you mean acuracy?" in str(figures_fault({"acuracy": 1.0, "x": 2.0}, info))
    assert "the figures are x" in str(figures_fault({"x": 2.0}, info))
    assert "accuracy:max:percent" in str(figures_fault({"accuracy": 92.0}, info))
