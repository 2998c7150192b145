"""Forces, features, interventions and maps: the numbers that were put in, on axes that hold them, by both back ends."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from paribus.core.seeds import generator
from paribus.figures.interventions import intervention_groups
from paribus.figures.kinds import Material, figure, figure_spec, map_figure
from paribus.figures.map import grid_view
from paribus.figures.map import map_figure as map_spec
from paribus.figures.specification import FigureSpec, Line, Panel, Points, Raster, Rect
from paribus.figures.svg import svg
from paribus.programs.recipe.figures.features import ArmFeatures, FeaturesView, mosaic
from paribus.programs.recipe.figures.forces import forces_figure
from paribus.programs.recipe.figures.steps import power_label
from tests.diagnosis.explanations import EVERY_KIND, LONGER, NO_DECAY, SHUFFLED, an_explanation
from tests.diagnosis.traces import make_trace
from tests.factories import make_comparison
from tests.figures.specifications import marks_of, texts_of
from tests.map_cases import a_map

LANGUAGES = ("en", "ko")


def fading(name: str, step: int) -> dict[str, float]:
    return {"gradient_norm": 0.1 / 10**step, "decay_pull": 0.5, "weight_norm": 5.0}


def drawn_of(kind: str, lang: str, material: Material) -> FigureSpec:
    """By both back ends; a missing glyph is a warning, which fails."""
    comparison = make_comparison("lesson")
    FigureCanvasAgg(figure(comparison, kind, lang, material)).draw()
    spec = figure_spec(comparison, kind, lang, material)
    assert "nan" not in re.sub(r"base64,[^\"]+", "", svg(spec)).lower()
    return spec


def lines(panel: Panel, kind: str) -> list[Line]:
    return [mark for mark in panel.marks if isinstance(mark, Line) and mark.kind == kind]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_forces_are_those_of_the_traces(lang: str) -> None:
    traces = {"sigmoid": make_trace(fading), "relu": make_trace()}
    spec = drawn_of("forces", lang, Material(seed=3, traces=traces))
    first, other = spec.rows[0][0], spec.rows[1][0]
    assert (first.title, first.x.logarithmic, first.y.logarithmic) == ("first", True, True)
    (gradient,), (pull,) = lines(first, "gradient"), lines(first, "pull")
    assert {y for _, y in pull.points} == {0.5}
    assert [x for x, _ in gradient.points] == [1, 2, 5, 10, 20, 50, 100, 200]
    np.testing.assert_allclose([y for _, y in gradient.points[:3]], [0.1, 0.01, 1e-5])
    assert first.y.high / first.y.low <= 1e12 * 1.001  # what has decayed to nothing leaves the axis
    assert lines(other, "pull") == []  # of relu: without weight decay there is no pull
    assert any(("no weight decay" if lang == "en" else "감쇠") in words for words in texts_of(spec))


def test_where_decay_is_the_stronger_is_shaded_from_crossing_to_crossing() -> None:
    def crossing(name: str, step: int) -> dict[str, float]:
        return {"gradient_norm": 0.05 if step < 10 else 5.0, "decay_pull": 0.5, "weight_norm": 5.0}

    spec = drawn_of("forces", "en", Material(traces={"sigmoid": make_trace(crossing), "relu": make_trace()}))
    (area,) = [mark.points for mark in spec.rows[0][0].marks if mark.kind == "stronger"]
    assert area[0] == (1.0, 0.05, 0.5)
    assert area[-1] == pytest.approx((np.sqrt(10 * 20), 0.5, 0.5))  # half-way from step 10 to 20, on a log axis


def test_of_many_layers_the_first_the_last_and_some_between_are_drawn() -> None:
    (step,) = make_trace(steps=(0,))
    many = step.model_copy(update={"layers": {f"layer{n}": step.layers["first"] for n in range(20)}})
    spec = forces_figure({"sigmoid": "Sigmoid", "relu": "ReLU"}, {"sigmoid": [many], "relu": [many]}, 0, "en")
    drawn = ("layer0", "layer4", "layer8", "layer11", "layer15", "layer19")
    assert tuple(panel.title for panel in spec.rows[0]) == drawn
    assert [len(row) for row in spec.rows] == [6, 6]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_features_are_the_arrays_that_were_given(lang: str) -> None:
    draw = generator(0, "features")
    arms = tuple(
        ArmFeatures(
            arm=name,
            filters=(scale * draw.normal(size=(6, 5, 5))).astype(np.float32),
            first=draw.random((6, 28, 28), dtype=np.float32),
            second=np.full((16, 10, 10), 0.5, dtype=np.float32),
            probabilities=np.eye(10, dtype=np.float32)[7],
        )
        for name, scale in (("sigmoid", 1e-6), ("relu", 0.3))
    )
    view = FeaturesView(index=4, label=7, image=np.zeros((28, 28, 1), np.uint8), seed=0, arms=arms)
    spec = drawn_of("features", lang, Material(features=view))
    small, large = (row[1].marks[0] for row in spec.rows)
    assert isinstance(small, Raster)
    assert isinstance(large, Raster)
    np.testing.assert_array_equal(large.values[:5, :5], arms[1].filters[0])
    assert (small.low, small.high) == (large.low, large.high)  # one scale, on which what decayed is pale
    assert spec.rows[0][3].note == "0.5"


def test_a_mosaic_has_its_maps_in_rows_with_a_gap_between() -> None:
    maps = np.arange(5, dtype=np.float32)[:, None, None] * np.ones((5, 2, 3), dtype=np.float32)
    whole = mosaic(maps, 3)
    assert whole.shape == (5, 11)
    assert [whole[0, 0], whole[0, 4], whole[3, 4]] == [0, 1, 4]
    assert np.isnan(whole[2]).all()
    assert np.isnan(whole[3:, 7:]).all()  # no sixth map


@pytest.mark.parametrize("lang", LANGUAGES)
def test_interventions_show_before_after_and_interval(lang: str) -> None:
    explanation = an_explanation(NO_DECAY, SHUFFLED, LONGER)
    cause, unseen, left = intervention_groups(explanation, "en")
    assert [group.kind for group in (cause, unseen, left)] == ["cause", "no_effect_seen", "not_established"]
    (row,) = cause.rows
    assert (row.before, row.after, row.confirmed, row.length) == (0.112, 0.912, True, "15 epochs, 3 seeds")
    assert (row.low, row.high) == (pytest.approx(0.910), pytest.approx(0.914))
    assert (unseen.rows[0].low, left.rows, left.not_run) == (None, (), 1)
    spec = drawn_of("interventions", lang, Material(explanation=explanation))
    points = [mark.points[0][0] for mark in spec.panels()[0].marks if isinstance(mark, Points)]
    np.testing.assert_allclose(points, [0.112, 0.912])
    assert any("95" in panel.x.label for panel in spec.panels())
    others = drawn_of("interventions", lang, Material(explanation=an_explanation(*EVERY_KIND)))
    assert others.panels()[-1].title.endswith("(1 more was not run)" if lang == "en" else "(실행하지 않은 것 1개)")


def test_where_every_intervention_had_one_seed_no_interval_is_promised() -> None:
    spec = drawn_of("interventions", "en", Material(explanation=an_explanation(SHUFFLED)))
    assert spec.panels()[0].x.label == "validation accuracy: without the change ○, with it ●"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("axes", [1, 2])
def test_a_map_has_a_word_and_a_number_in_every_cell(axes: int, lang: str) -> None:
    made = a_map(axes=axes)
    FigureCanvasAgg(map_figure(made, lang)).draw()
    spec, view = map_spec(made, lang, here=(0, 0)), grid_view(made, lang)
    (panel,) = spec.panels()
    shown = "\n".join(texts_of(spec))
    for detail in ("● ReLU", "+5.0", "0/4 · 4/4", "= ", "? ", "× "):
        assert detail in shown
    cells = [mark for mark in panel.marks if isinstance(mark, Rect) and mark.kind.startswith("cell")]
    assert len(cells) == len(made.cells) == sum(map(len, view.cells))
    assert panel.y.labels == view.rows
    (frame,) = marks_of(spec, "here")
    assert (frame.x, frame.y) == ((0, 1), (0, 1))
    assert "nan" not in svg(spec, "map")


def test_powers_of_ten_are_short() -> None:
    assert [power_label(power) for power in (-6, -3, 0, 3, 4)] == ["1e−6", "0.001", "1", "1000", "1e4"]
