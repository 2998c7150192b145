"""The SVG back end: lines where the values are, words inert, names apart."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.figures.arms import arm_names
from paribus.figures.curves import NARROW, curve_figure, curves_description, value_axis
from paribus.figures.curves_view import ArmCurves, BandPoint, Curves, SeedLine, curves_view
from paribus.figures.differences import differences_figure
from paribus.figures.specification import FigureSpec, Panel
from paribus.figures.svg import svg
from paribus.figures.text_width import apart, shortened, text_width, wrapped
from paribus.records.program import Label, Metric
from tests.factories import CASES, make_comparison

NAMES = ("Sigmoid", "ReLU", "Tanh")


def line(points: list[tuple[int, float]], **changes: bool) -> SeedLine:
    return SeedLine(0, tuple(points), **{"in_band": True, "diverged": False, **changes})


def curves(*arms: ArmCurves, unit: str = "share", guessing: float | None = None) -> Curves:
    last = max((p[0] for arm in arms for drawn in arm.lines for p in drawn.points), default=1)
    return Curves(
        Metric(name="val_accuracy", direction="max", unit=unit, label=Label(en="any")), arms, guessing, 1, last
    )


def drawn(view: Curves, names: tuple[str, ...] = NAMES, lang: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(svg(curve_figure(view, names, lang), "chart"))


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [e for e in root.iter() if name in (e.get("class") or "").split()]


def points(d: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", d)]


def heights(root: ElementTree.Element) -> dict[str, float]:
    """Where the axis says that each value is: from the tick labels, not from the code that places lines."""
    ticks = of_class(root, "y-tick")
    return {e.text or "": float(e.get("y")) - 12 * 0.35 for e in ticks}


def test_a_lines_points_lie_at_their_values_by_the_axis_own_ticks() -> None:
    curve = [(1, 0.0), (2, 0.2), (3, 0.6), (4, 1.0)]
    band = tuple(BandPoint(e, v, v, v) for e, v in curve)
    root = drawn(curves(ArmCurves("a", 0, (line(curve),), band, 1)))
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
    root = drawn(curves(ArmCurves("a", 0, lines, band, 2)))
    at = heights(root)
    (area,) = of_class(root, "band")
    expected = [at["60 %"], at["100 %"], at["60 %"], at["20 %"]]
    assert [y for _, y in points(area.get("d"))] == pytest.approx(expected, abs=0.02)


def test_a_gap_breaks_the_line() -> None:
    root = drawn(curves(ArmCurves("a", 0, (line([(1, 0.1), (2, 0.2), (4, 0.9)]),), (), 0)))
    (seed,) = of_class(root, "seed")
    assert seed.get("d").count("M") == 2


def test_a_diverged_run_ends_in_a_cross() -> None:
    root = drawn(curves(ArmCurves("a", 0, (line([(1, 0.1)], in_band=False, diverged=True),), (), 0)))
    assert len(of_class(root, "diverged")) == 1


def test_arms_differ_in_more_than_colour() -> None:
    root = drawn(curves_view(make_comparison("lesson")).panel("val_accuracy"))
    dashes = [e.get("stroke-dasharray") for e in of_class(root, "mean")]
    assert len(set(dashes)) == 2
    assert [e.text for e in of_class(root, "name")] == ["Sigmoid", "ReLU"]


def test_names_at_the_lines_ends_do_not_lie_on_each_other() -> None:
    root = drawn(curves_view(make_comparison("three_arms")).panel("val_accuracy"))
    placed = sorted(float(e.get("y")) for e in of_class(root, "name"))
    assert len(placed) == 3
    assert all(b - a >= 12 for a, b in itertools.pairwise(placed))


def test_it_is_an_image_with_a_name_and_a_description() -> None:
    view = curves_view(make_comparison("lesson")).panel("val_loss")
    root = drawn(view)
    assert root.get("role") == "img"
    ids = {e.get("id"): e.text for e in root.iter() if e.get("id")}
    named = [ids[i] for i in root.get("aria-labelledby").split()]
    assert named == ["Validation loss", curves_description(view, NAMES, "en")]


def test_without_an_id_the_name_is_a_label_and_without_a_name_it_is_hidden() -> None:
    whole = FigureSpec("Title", ((Panel((), value_axis(curves()), value_axis(curves())),),), description="Words.")
    assert ElementTree.fromstring(svg(whole)).get("aria-label") == "Title Words."
    hidden = ElementTree.fromstring(svg(FigureSpec("", whole.rows)))
    assert (hidden.get("aria-hidden"), hidden.get("role")) == ("true", None)


def test_colours_are_the_themes_with_those_on_white_to_fall_back_on() -> None:
    text = svg(curve_figure(curves_view(make_comparison("lesson")).panels[0], NAMES, "en"))
    used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', text)) - {"none"}
    assert all(re.fullmatch(r"var\(--[\w-]+, #[0-9a-f]{6}\)", colour) for colour in used)
    assert {"var(--arm-0, #0069a8)", "var(--arm-1, #bf4b00)"} <= used


def test_the_description_gives_the_figures() -> None:
    comparison = make_comparison("lesson")
    view = curves_view(comparison).panel("val_accuracy")
    told = curves_description(view, arm_names(comparison, "en"), "en")
    end = view.arms[1].band[-1]
    assert f"ReLU: {100 * end.mean:.1f} % after epoch 15" in told
    assert "over 6 runs" in told


def test_hostile_names_stay_text() -> None:
    hostile = '</text><script>alert(1)</script>"&'
    root = drawn(curves_view(make_comparison("lesson")).panel("val_accuracy"), (hostile, hostile))
    assert not list(root.iter("script"))
    assert hostile in (root.find("desc").text or "")


def test_an_exploding_loss_is_drawn_on_a_logarithmic_axis() -> None:
    view = curves(ArmCurves("a", 0, (line([(1, 0.3), (2, 5e4)]),), (), 0), unit="nats")
    assert value_axis(view).logarithmic
    assert "logarithmic scale" in [e.text for e in drawn(view).iter("text")]


def test_guessing_is_a_line_only_where_it_is_on_the_axis() -> None:
    near = ArmCurves("a", 0, (line([(1, 0.985), (2, 0.99)]),), (), 0)
    assert not of_class(drawn(curves(near, guessing=0.1)), "guessing")
    wide = ArmCurves("a", 0, (line([(1, 0.1), (2, 0.99)]),), (), 0)
    assert len(of_class(drawn(curves(wide, guessing=0.1)), "guessing")) == 1


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_drawn_outside_the_canvas(case: str) -> None:
    comparison = make_comparison(case)
    view = curves_view(comparison)
    for shown in filter(None, (*view.panels, view.closer)):
        figure = curve_figure(shown, arm_names(comparison, "ko"), "ko", NARROW)
        root = ElementTree.fromstring(svg(figure, "c"))
        for path in root.iter("path"):
            for x, y in points(path.get("d").split("l")[0]):
                assert 0 <= x <= NARROW[0]
                assert 0 <= y <= NARROW[1]
        for words in root.iter("text"):
            wide = text_width(words.text or "")
            start = float(words.get("x")) - {"end": wide, "middle": wide / 2}.get(words.get("text-anchor") or "", 0)
            assert start >= -2
            assert start + wide <= NARROW[0] + 2, words.text
        assert "nan" not in ElementTree.tostring(root, encoding="unicode").lower()


@pytest.mark.parametrize("width", [360, 960])
def test_differences_lie_where_the_axis_says(width: float) -> None:
    comparison = make_comparison("fair")
    root = ElementTree.fromstring(svg(differences_figure(comparison, "en", width), "d"))
    ticks = {float((e.text or "").replace("−", "-")): float(e.get("x")) for e in of_class(root, "x-tick")}
    inner = sorted(ticks)[1:-1]  # at the ends words may be held inside
    low, high = inner[0], inner[-1]
    scale = (ticks[high] - ticks[low]) / (high - low)
    expected = [ticks[low] + (100 * d - low) * scale for d in comparison.pairs[0].differences]
    assert [float(e.get("x1")) for e in of_class(root, "seed-mark")] == pytest.approx(expected, abs=0.02)
    (bar,) = of_class(root, "interval")
    ends = [ticks[low] + (100 * v - low) * scale for v in (comparison.pairs[0].low, comparison.pairs[0].high)]
    assert [x for x, _ in points(bar.get("d"))] == pytest.approx(ends, abs=0.02)
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


def test_words_are_broken_at_spaces_and_held_by_no_break_spaces() -> None:
    lines = wrapped("one two three\u00a0four five", text_width("one two three"))
    assert lines == ["one two", "three\u00a0four", "five"]
