"""The SVG back end: lines where the values are, words inert, names apart."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.presentation.figures.captions import chart_words, difference_words
from paribus.presentation.figures.curves import ArmCurves, BandPoint, Panel, SeedLine, curves_view
from paribus.presentation.figures.differences import differences_view
from paribus.presentation.figures.svg import NARROW, WIDE, ChartWords, line_chart, value_axis
from paribus.presentation.figures.svg_differences import difference_chart
from paribus.presentation.figures.svg_parts import apart, shortened, text_width
from tests.factories import CASES, make_comparison

WORDS = ChartWords("title", "description", "epoch", "guessing", "log", " %", ("Sigmoid", "ReLU"))


def line(points: list[tuple[int, float]], **changes: bool) -> SeedLine:
    return SeedLine(0, tuple(points), **{"in_band": True, "diverged": False, **changes})


def panel(*arms: ArmCurves, metric: str = "val_accuracy", guessing: float | None = None) -> Panel:
    last = max((p[0] for arm in arms for drawn in arm.lines for p in drawn.points), default=1)
    return Panel(metric, arms, guessing, 1, last)


def drawn(view: Panel, words: ChartWords = WORDS) -> ElementTree.Element:
    return ElementTree.fromstring(line_chart(view, words, WIDE, "chart"))


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [e for e in root.iter() if name in (e.get("class") or "").split()]


def points(d: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", d)]


def heights(root: ElementTree.Element) -> dict[str, float]:
    """Where the axis says that each value is: from the tick labels, not from the code that places lines."""
    ticks = [e for e in root.iter("text") if e.get("text-anchor") == "end" and "%" in (e.text or "")]
    return {e.text or "": float(e.get("y")) - 12 * 0.35 for e in ticks}


def test_a_lines_points_lie_at_their_values_by_the_axis_own_ticks() -> None:
    curve = [(1, 0.0), (2, 0.2), (3, 0.6), (4, 1.0)]
    band = tuple(BandPoint(e, v, v, v) for e, v in curve)
    root = drawn(panel(ArmCurves("a", 0, (line(curve),), band, 1)))
    at = heights(root)
    (mean,) = of_class(root, "mean")
    found = points(mean.get("d"))
    assert len(found) == 4
    assert [y for _, y in found] == pytest.approx([at["0 %"], at["20 %"], at["60 %"], at["100 %"]], abs=0.02)
    steps = [b[0] - a[0] for a, b in itertools.pairwise(found)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.02), "epochs are evenly apart"


def test_a_band_runs_along_its_highest_and_back_along_its_lowest() -> None:
    band = (BandPoint(1, 0.4, 0.2, 0.6), BandPoint(2, 0.8, 0.6, 1.0))
    lines = (line([(1, 0.2), (2, 0.6)]), line([(1, 0.6), (2, 1.0)]))
    root = drawn(panel(ArmCurves("a", 0, lines, band, 2)))
    at = heights(root)
    (area,) = of_class(root, "band")
    expected = [at["60 %"], at["100 %"], at["60 %"], at["20 %"]]
    assert [y for _, y in points(area.get("d"))] == pytest.approx(expected, abs=0.02)


def test_a_gap_breaks_the_line() -> None:
    root = drawn(panel(ArmCurves("a", 0, (line([(1, 0.1), (2, 0.2), (4, 0.9)]),), (), 0)))
    (seed,) = of_class(root, "seed")
    assert seed.get("d").count("M") == 2


def test_a_diverged_run_ends_in_a_cross() -> None:
    root = drawn(panel(ArmCurves("a", 0, (line([(1, 0.1)], in_band=False, diverged=True),), (), 0)))
    assert len(of_class(root, "diverged")) == 1


def test_arms_differ_in_more_than_colour() -> None:
    root = drawn(curves_view(make_comparison("lesson")).panel("val_accuracy"))
    dashes = [e.get("stroke-dasharray") for e in of_class(root, "mean")]
    assert len(set(dashes)) == 2
    assert [e.text for e in of_class(root, "name")] == ["Sigmoid", "ReLU"]


def test_names_at_the_lines_ends_do_not_lie_on_each_other() -> None:
    comparison = make_comparison("three_arms")
    root = drawn(
        curves_view(comparison).panel("val_accuracy"),
        chart_words(curves_view(comparison).panel("val_accuracy"), comparison, "en"),
    )
    placed = sorted(float(e.get("y")) for e in of_class(root, "name"))
    assert len(placed) == 3
    assert all(b - a >= 12 for a, b in itertools.pairwise(placed))


def test_it_is_an_image_with_a_name_and_a_description() -> None:
    root = drawn(curves_view(make_comparison("lesson")).panel("val_loss"))
    assert root.get("role") == "img"
    ids = {e.get("id"): e.text for e in root.iter() if e.get("id")}
    assert [ids[i] for i in root.get("aria-labelledby").split()] == ["title", "description"]


def test_the_description_gives_the_figures() -> None:
    comparison = make_comparison("lesson")
    view = curves_view(comparison).panel("val_accuracy")
    words = chart_words(view, comparison, "en")
    end = view.arms[1].band[-1]
    assert f"ReLU: {100 * end.mean:.1f} % after epoch 15" in words.description
    assert "over 6 runs" in words.description


def test_hostile_names_stay_text() -> None:
    hostile = '</text><script>alert(1)</script>"&'
    words = ChartWords(hostile, hostile, hostile, hostile, hostile, " %", (hostile, hostile))
    root = drawn(curves_view(make_comparison("lesson")).panel("val_accuracy"), words)
    assert not list(root.iter("script"))
    assert root.find("title").text == hostile


def test_an_exploding_loss_is_drawn_on_a_logarithmic_axis() -> None:
    view = panel(ArmCurves("a", 0, (line([(1, 0.3), (2, 5e4)]),), (), 0), metric="train_loss")
    assert value_axis(view).logarithmic
    assert "log" in [e.text for e in drawn(view).iter("text")]


def test_guessing_is_a_line_only_where_it_is_on_the_axis() -> None:
    near = ArmCurves("a", 0, (line([(1, 0.985), (2, 0.99)]),), (), 0)
    assert not of_class(drawn(panel(near, guessing=0.1)), "guessing")
    wide = ArmCurves("a", 0, (line([(1, 0.1), (2, 0.99)]),), (), 0)
    assert len(of_class(drawn(panel(wide, guessing=0.1)), "guessing")) == 1


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_drawn_outside_the_canvas(case: str) -> None:
    comparison = make_comparison(case)
    view = curves_view(comparison)
    for shown in filter(None, (*view.panels, view.closer)):
        root = ElementTree.fromstring(line_chart(shown, chart_words(shown, comparison, "ko"), NARROW, "c"))
        for path in root.iter("path"):
            for x, y in points(path.get("d").split("l")[0]):
                assert 0 <= x <= NARROW.width
                assert 0 <= y <= NARROW.height
        assert "nan" not in ElementTree.tostring(root, encoding="unicode").lower()


def test_differences_lie_where_the_axis_says() -> None:
    comparison = make_comparison("fair")
    view = differences_view(comparison)
    root = ElementTree.fromstring(difference_chart(view, difference_words(view, comparison, "en"), 960, "d"))
    ticks = {}
    for e in root.iter("text"):
        if e.get("text-anchor") == "middle":
            ticks[float((e.text or "").replace("−", "-"))] = float(e.get("x"))
    low, high = min(ticks), max(ticks)
    scale = (ticks[high] - ticks[low]) / (high - low)
    expected = [ticks[low] + (100 * d - low) * scale for d in comparison.pairs[0].differences]
    assert [float(e.get("x1")) for e in of_class(root, "seed-mark")] == pytest.approx(expected, abs=0.02)
    (bar,) = of_class(root, "interval")
    ends = [ticks[low] + (100 * v - low) * scale for v in (comparison.pairs[0].low, comparison.pairs[0].high)]
    assert [float(bar.get("x1")), float(bar.get("x2"))] == pytest.approx(ends, abs=0.02)
    (margin,) = of_class(root, "margin")
    assert float(margin.get("width")) == pytest.approx(2 * 100 * comparison.margin * scale, abs=0.05)


@given(st.lists(st.floats(0, 100), max_size=8), st.floats(1, 30))
def test_names_are_pushed_apart_and_stay_inside(wanted: list[float], gap: float) -> None:
    placed = apart(wanted, gap, 0, 100)
    ordered = sorted(placed)
    room = min(gap, 100 / (len(wanted) - 1)) if len(wanted) > 1 else gap
    assert all(b - a >= room - 1e-6 for a, b in itertools.pairwise(ordered))
    assert all(-1e-6 <= p <= 100 + 1e-6 for p in placed)
    assert sorted(range(len(wanted)), key=lambda i: (placed[i], i)) == sorted(
        range(len(wanted)), key=lambda i: (wanted[i], i)
    )


def test_long_names_are_cut_to_their_room() -> None:
    cut = shortened("아주아주긴이름", 40)
    assert cut.endswith("…")
    assert text_width(cut) <= 40
    assert shortened("ReLU", 40) == "ReLU"
