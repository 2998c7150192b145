import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.programs.metrics import metric_named
from paribus.records.program import Label, Metric
from paribus.words import numbers
from paribus.words.metric_format import measure_of
from paribus.words.translation import translator


@pytest.mark.parametrize(
    ("value", "lang", "places", "expected"),
    [
        (0.921, "en", 1, "92.1 %"),
        (0.921, "ko", 1, "92.1%"),
        (0.98876, "en", 2, "98.88 %"),
        (0.9999, "en", 1, "99.99 %"),  # not 100.0 %: one image was wrong
        (0.0001, "en", 1, "0.01 %"),
        (1.0, "en", 1, "100.0 %"),
        (0.0, "en", 1, "0.0 %"),
        (None, "en", 1, "–"),
        (math.nan, "ko", 1, "–"),
    ],
)
def test_percent(value: float | None, lang: str, places: int, expected: str) -> None:
    assert translator(lang).percent(value, places) == expected


@given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.integers(0, 3))
def test_only_all_is_100_percent(value: float, places: int) -> None:
    text = translator("en").percent(value, places).removesuffix(" %")
    assert 0 <= float(text) <= 100
    if 1e-7 < value < 1 - 1e-7:
        assert 0 < float(text) < 100


def test_differences() -> None:
    assert numbers.points(0.8213) == "82.1"
    assert numbers.points(-0.0013, 2) == "−0.13"
    assert numbers.signed_points(0.0013, 2) == "+0.13"
    assert numbers.signed_points(-0.0013, 2) == "−0.13"
    assert numbers.signed_points(0.00001, 2) == "0.00"
    assert numbers.signed_points(-0.00001, 2) == "0.00"  # no minus zero
    assert numbers.signed_points(None) == "–"
    assert numbers.decimals(0.82) == 1
    assert numbers.decimals(0.82, -0.0042) == 2
    assert numbers.decimals(None, math.nan) == 1


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.03125, "p = 0.031"),
        (0.0009, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.7312, "p = 0.73"),
        (1.0, "p = 1.00"),
        (0.0501, "p = 0.0501"),  # not 0.050, which would be on the level's other side
        (0.05, "p = 0.050"),
        (0.0999, "p = 0.10"),
        (None, "p –"),
    ],
)
def test_p(p: float | None, expected: str) -> None:
    assert numbers.p_text(p) == expected


def test_p_near_another_level() -> None:
    assert numbers.p_text(0.0404, 0.04) == "p = 0.0404"
    assert numbers.p_text(0.00668, 0.0067) == "p = 0.007"


@given(st.floats(0.001, 1), st.sampled_from([0.05, 0.04, 0.01]))
def test_a_rounded_p_is_on_its_own_side_of_the_level(p: float, level: float) -> None:
    shown = float(numbers.p_text(p, level).removeprefix("p = "))
    if abs(p - level) > 1e-6:
        assert (shown <= level) == (p <= level)


def test_losses_and_settings() -> None:
    assert numbers.loss(2.30259) == "2.303"
    assert numbers.loss(math.nan) == "NaN"
    assert numbers.loss(math.inf) == "∞"
    assert numbers.loss(123456.0) == "1.23e+05"
    assert numbers.loss(None) == "–"
    assert [numbers.number(v) for v in (0.0, 0.1, 1e-4, 0.001, 5.0, -0.5, 2.5e-5)] == [
        "0", "0.1", "1e-4", "0.001", "5", "−0.5", "2.5e-5",
    ]  # fmt: skip
    assert translator("en").level(0.95) == "95 %"
    assert translator("ko").level(1 - 0.05 / 3) == "98.3%"
    assert numbers.alpha_text(0.05 / 3) == "0.0167"


def test_time_and_size() -> None:
    assert translator("en").duration(39.6) == "40 s"
    assert translator("en").duration(0.2) == "1 s"  # nothing takes about 0 s
    assert translator("en").duration(-3) == "1 s"
    assert translator("en").duration(61 * 12) == "12 min"
    assert translator("en").duration(7500) == "2 h 05 min"
    assert translator("ko").duration(7500) == "2시간 05분"
    assert [numbers.bytes_text(n) for n in (0, 999, 1000, 31_400_000, 1_200_000_000)] == [
        "0 B", "999 B", "1.0 kB", "31 MB", "1.2 GB",
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["percent", "%"])
@pytest.mark.parametrize(
    ("lang", "value", "difference"), [("en", "91.2 %", "1.5 percentage points"), ("ko", "91.2%", "1.5%p")]
)
def test_figures_in_per_cent_differ_by_percentage_points(unit: str, lang: str, value: str, difference: str) -> None:
    measure = measure_of(Metric(name="acc", direction="max", unit=unit, label=Label(en="acc")), lang)
    assert measure.value(91.23, 1) == value
    assert measure.with_unit(measure.number(1.5, 1)) == difference


def test_a_spread_that_rounding_made_asks_for_no_more_decimals() -> None:
    measure = measure_of(metric_named("score:max"), "en")
    assert measure.places(0.6, 2e-16) == measure.places(0.6) == 2
    assert measure.places(0.6, 0.003) == 4
