"""Figures of a single run: the numbers of the trace that was put in, on axes that hold them, in both languages."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from paribus.analysis.findings.rules.exploding_gradient import VIOLENT
from paribus.presentation.figures.matplotlib_figure import KINDS, RUN_KINDS, check_kind, check_run_kind, run_figure
from paribus.presentation.figures.run_views import (
    ClassShares,
    RunMaterial,
    answers_view,
    batches_view,
    signal_view,
    units_view,
    updates_view,
)
from paribus.values.comparison import Arm
from paribus.values.errors import ParibusError
from paribus.values.recipe import Recipe
from paribus.values.trace import StepTrace
from tests.analysis.traces import LAYERS, PRIOR, STEPS, make_trace
from tests.synthetic_runs import make_run

LANGUAGES = ("en", "ko")
OF_TRACE = ("answers", "updates", "forces", "signal", "units", "batches")


def material(trace: list[StepTrace], **given: object) -> RunMaterial:
    recipe = Recipe(activation="tanh", weight_decay=0.0, batch_order="shuffled", epochs=3)
    result = make_run(Arm(name="tanh", value="tanh", recipe=recipe), 2, 0.9)
    return RunMaterial(record=result.record, metrics=result.metrics, trace=tuple(trace), **given)  # type: ignore[arg-type]


def drawn_of(kind: str, trace: list[StepTrace], lang: str = "en", **given: object) -> Figure:
    drawn = run_figure(material(trace, **given), kind, lang)
    FigureCanvasAgg(drawn).draw()  # a missing glyph is a warning, which fails
    return drawn


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["curves", *OF_TRACE])
def test_every_kind_is_drawn_and_says_which_run_it_is_of(kind: str, lang: str) -> None:
    drawn = drawn_of(kind, make_trace(), lang)
    told = drawn.get_supxlabel()
    assert told == f"fair, activation=tanh, epochs=3, {'seed' if lang == 'en' else '시드'} 2"


@pytest.mark.parametrize("kind", OF_TRACE)
@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_numbers_that_are_not_finite_are_drawn_without_a_warning(kind: str, broken: float) -> None:
    def layer(name: str, step: int) -> dict[str, float]:
        return {"weight_norm": broken, "gradient_norm": broken, "update_norm": broken} if step > 9 else {}

    def network(step: int) -> dict[str, float]:
        return {"loss": broken} if step > 9 else {}

    drawn_of(kind, make_trace(layer, lambda step: {"loss": broken} if step > 9 else {}, network))
    assert answers_view(make_trace(network=network)).broken == 20  # step 19 from 0


def test_updates_are_over_the_weights_and_a_layer_that_stands_still_lies_at_zero() -> None:
    still = make_trace(lambda name, step: {"update_norm": 0.0} if name == "first" else {"weight_norm": 5.0 + step})
    view = updates_view(still)
    assert [line.name for line in view.updates] == list(LAYERS)
    np.testing.assert_allclose(view.updates[1].values[:2], [0.02 / 5, 0.02 / 6])
    np.testing.assert_allclose(view.norms[1].values, [(5 + step) / 5 for step in STEPS])
    left = drawn_of("updates", still).axes[0]
    (line,) = [line for line in left.lines if line.get_gid() == "first"]
    low, high = left.get_ylim()
    assert all(low < value < 2 * low * (high / low) ** 0.05 for value in np.asarray(line.get_ydata()))
    assert left.get_yticklabels()[0].get_text() == "0"


def test_a_small_value_that_is_not_zero_stays_where_it_is() -> None:
    trace = make_trace(lambda name, step: {"update_norm": 5.05e-5 if name == "first" else 0.5})
    (line,) = [line for line in drawn_of("updates", trace).axes[0].lines if line.get_gid() == "first"]
    np.testing.assert_allclose(np.asarray(line.get_ydata()), 1.01e-5)


def test_the_signal_is_the_largest_of_the_first_ten_steps_and_of_all() -> None:
    def layer(name: str, step: int) -> dict[str, float]:
        place = LAYERS.index(name)
        return {"weight_norm": 2.0, "gradient_norm": 10.0 ** (place - 2) * (step + 1)}

    view = signal_view(make_trace(layer))
    np.testing.assert_allclose(view.first, [2 * 10.0 ** (n - 2) * 10 / PRIOR for n in range(3)])
    np.testing.assert_allclose(view.most, [2 * 10.0 ** (n - 2) * 200 / PRIOR for n in range(3)])
    np.testing.assert_allclose(view.slopes, [0.25, 0.5, math.nan])
    left, right = drawn_of("signal", make_trace(layer)).axes
    assert VIOLENT in [np.asarray(line.get_ydata())[0] for line in left.lines]  # the rule's own threshold
    np.testing.assert_allclose(np.asarray(right.lines[0].get_ydata()), [0.25, 0.5])


def test_units_have_a_panel_for_each_layer_with_an_activation() -> None:
    trace = make_trace(
        lambda name, _: {"dead": 0.25, "saturated_low": 0.5, "saturated_high": 0.4} if name == "first" else {}
    )
    first, second = units_view(trace)
    assert (first.layer, set(first.dead.values), set(first.low.values), set(first.high.values)) == (
        "first", {0.25}, {0.5}, {0.4},
    )  # fmt: skip
    assert second.low.steps == ()
    drawn = drawn_of("units", trace)
    assert [axes.get_title(loc="left") for axes in drawn.axes] == ["first", "second"]
    low, high = (patch.get_paths()[0].vertices[:, 1] for patch in drawn.axes[0].collections)
    assert (low.min(), low.max(), high.min(), high.max()) == (0, 50, 60, 100)
    with pytest.raises(ParibusError, match="layers with an activation"):
        drawn_of("units", make_trace(lambda name, _: {"dead": None}))


def test_answers_are_shares_of_what_a_perfect_network_says() -> None:
    view = answers_view(make_trace(output=lambda step: {"spread": 0.15, "predicted_entropy": PRIOR / 2}))
    np.testing.assert_allclose(view.spread.values, 0.15 / 0.3)  # ten classes: sqrt(0.1 · 0.9)
    np.testing.assert_allclose(view.variety.values, 0.5)
    assert view.prior == pytest.approx(PRIOR)


def test_batches_have_the_size_of_inputs_and_the_entropy_of_labels() -> None:
    view = batches_view(make_trace(network=lambda step: {"input_mean": 3.0, "input_std": 4.0, "label_entropy": 0.7}))
    assert (set(view.size.values), set(view.deviation.values), set(view.labels.values)) == ({5.0}, {4.0}, {0.7})
    assert view.most == pytest.approx(math.log(10))
    constant = make_trace(network=lambda step: {"input_mean": 0.0, "input_std": 0.0})
    assert drawn_of("batches", constant).axes[0].get_yticklabels()[0].get_text() == "0"


def test_curves_have_training_and_validation_in_one_panel() -> None:
    drawn = drawn_of("curves", make_trace())
    given = material(make_trace()).metrics
    training, validation = drawn.axes[1].lines[:2]
    np.testing.assert_allclose(np.asarray(training.get_ydata()), [100 * m.train_accuracy for m in given])
    np.testing.assert_allclose(np.asarray(validation.get_ydata()), [100 * m.val_accuracy for m in given])
    assert 10 in [np.asarray(line.get_ydata())[0] for line in drawn.axes[1].lines[2:]]  # guessing one of ten


@pytest.mark.parametrize("lang", LANGUAGES)
def test_classes_are_the_shares_that_were_given(lang: str) -> None:
    shares = ClassShares((0.9, 0.1), (0.5, 0.5), (1.0, 0.0))
    axes = drawn_of("classes", [], lang, shares=shares, class_names=("cat", "dog")).axes[0]
    assert [bar.get_height() for bar in axes.patches] == [90, 10, 100, 0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["cat", "dog"]


def test_what_is_missing_is_said() -> None:
    for kind in OF_TRACE:
        with pytest.raises(ParibusError, match="no trace: --probes=off"):
            drawn_of(kind, [])
    for kind in ("classes", "features"):
        with pytest.raises(ParibusError, match=f"a figure of {kind} is drawn from"):
            drawn_of(kind, [])


def test_kinds_of_runs_and_of_comparisons_are_told_apart() -> None:
    for kind in set(RUN_KINDS) - set(KINDS):
        with pytest.raises(ParibusError, match=f"{kind} is drawn of a single run; of a comparison there are curves"):
            check_kind(kind)
    for kind in set(KINDS) - set(RUN_KINDS):
        with pytest.raises(ParibusError, match=f"{kind} is drawn of a comparison; of a single run there are curves"):
            check_run_kind(kind)
    with pytest.raises(ParibusError, match="did you mean units"):
        check_run_kind("unit")
