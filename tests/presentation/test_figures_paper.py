"""Forces, features, interventions and maps by matplotlib: the numbers that were put in, on axes that hold them."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from paribus.presentation.figures.features import ArmFeatures, FeaturesView, mosaic
from paribus.presentation.figures.forces import forces_view
from paribus.presentation.figures.interventions import intervention_groups
from paribus.presentation.figures.map_view import grid_view
from paribus.presentation.figures.matplotlib_canvas import power_label
from paribus.presentation.figures.matplotlib_figure import Material, figure, map_figure
from paribus.values.seeds import generator
from tests.analysis.traces import make_trace
from tests.factories import make_comparison
from tests.maps import a_map
from tests.presentation.explanations import LONGER, NO_DECAY, SHUFFLED, an_explanation

LANGUAGES = ("en", "ko")


def fading(name: str, step: int) -> dict[str, float]:
    return {"gradient_norm": 0.1 / 10**step, "decay_pull": 0.5, "weight_norm": 5.0}


def texts(drawn: Figure) -> str:
    return "\n".join(text.get_text() for axes in drawn.axes for text in axes.texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_forces_are_those_of_the_traces(lang: str) -> None:
    traces = {"sigmoid": make_trace(fading), "relu": make_trace()}
    drawn = figure(make_comparison("lesson"), "forces", lang, Material(seed=3, traces=traces))
    FigureCanvasAgg(drawn).draw()
    first = drawn.axes[0]
    assert (first.get_title(loc="left"), first.get_xscale(), first.get_yscale()) == ("first", "log", "log")
    gradient, pull = first.lines
    np.testing.assert_array_equal(pull.get_ydata(), 0.5)
    np.testing.assert_array_equal(gradient.get_xdata(), [1, 2, 5, 10, 20, 50, 100, 200])
    np.testing.assert_allclose(gradient.get_ydata()[:3], [0.1, 0.01, 1e-5])
    low, high = first.get_ylim()
    assert high / low <= 1e12 * 1.001  # what has decayed to nothing leaves the axis
    assert len(drawn.axes[3].lines) == 1  # of relu: without weight decay there is no pull
    assert ("no weight decay" if lang == "en" else "감쇠") in texts(drawn)


def test_of_many_layers_the_first_the_last_and_some_between_are_drawn() -> None:
    (step,) = make_trace(steps=(0,))
    many = step.model_copy(update={"layers": {f"layer{n}": step.layers["first"] for n in range(20)}})
    view = forces_view(("sigmoid", "relu"), {"sigmoid": [many], "relu": [many]}, 0)
    assert view.layers == ("layer0", "layer4", "layer8", "layer11", "layer15", "layer19")
    assert view.left_out == 14


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
    drawn = figure(make_comparison("lesson"), "features", lang, Material(features=view))
    FigureCanvasAgg(drawn).draw()
    small, large = drawn.axes[1].images[0], drawn.axes[5].images[0]
    np.testing.assert_array_equal(np.asarray(large.get_array())[:5, :5], arms[1].filters[0])
    assert small.get_clim() == large.get_clim()  # one scale, on which what decayed is pale
    assert drawn.axes[3].get_xlabel() == "0.5"


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
    cause, ruled_out, left = intervention_groups(explanation, "en")
    assert [group.kind for group in (cause, ruled_out, left)] == ["cause", "ruled_out", "not_established"]
    (row,) = cause.rows
    assert (row.before, row.after, row.confirmed, row.length) == (0.112, 0.912, True, "15 epochs, 3 seeds")
    assert (row.low, row.high) == (pytest.approx(0.910), pytest.approx(0.914))
    assert (ruled_out.rows[0].low, left.rows, left.not_run) == (None, (), 1)
    drawn = figure(make_comparison("lesson"), "interventions", lang, Material(explanation=explanation))
    FigureCanvasAgg(drawn).draw()
    points = [line.get_xdata() for line in drawn.axes[0].lines if line.get_marker() == "o"]
    np.testing.assert_allclose(np.concatenate(points), [11.2, 91.2])
    assert any("95" in axes.get_xlabel() for axes in drawn.axes)


def test_where_every_intervention_had_one_seed_no_interval_is_promised() -> None:
    explanation = an_explanation(SHUFFLED)
    drawn = figure(make_comparison("lesson"), "interventions", "en", Material(explanation=explanation))
    assert drawn.axes[0].get_xlabel() == "validation accuracy: without the change ○, with it ●"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("axes", [1, 2])
def test_a_map_has_a_word_and_a_number_in_every_cell(axes: int, lang: str) -> None:
    made = a_map(axes=axes)
    drawn = map_figure(made, lang)
    FigureCanvasAgg(drawn).draw()
    shown = texts(drawn)
    for detail in ("● ReLU", "+5.0", "0/4 · 4/4", "= ", "? ", "× "):
        assert detail in shown
    view = grid_view(made, lang)
    assert len(drawn.axes[0].patches) == len(made.cells) == sum(map(len, view.cells))
    assert [tick.get_text() for tick in drawn.axes[0].get_yticklabels()] == list(view.rows)


def test_powers_of_ten_are_short() -> None:
    assert [power_label(power) for power in (-6, -3, 0, 3, 4)] == ["1e−6", "0.001", "1", "1000", "1e4"]
