"""Figures of a single run: the numbers of the trace that was put in, on axes that hold them, in both languages."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from paribus.core.errors import ParibusError
from paribus.diagnosis.findings.rules.exploding_gradient import VIOLENT
from paribus.figures.kinds import KINDS, RUN_KINDS, check_kind, check_run_kind, run_figure
from paribus.figures.specification import Band, FigureSpec, Line, Panel, Rect, Rule
from paribus.figures.svg import svg
from paribus.programs.recipe.figures.confusion import ClassShares
from paribus.programs.recipe.figures.run import RunMaterial, run_spec
from paribus.programs.recipe.recipe import Recipe
from paribus.records.design import Arm
from paribus.records.trace import StepTrace
from tests.diagnosis.traces import LAYERS, PRIOR, STEPS, make_trace
from tests.figures.specifications import texts_of
from tests.synthetic_runs import make_run

LANGUAGES = ("en", "ko")
OF_TRACE = ("answers", "updates", "forces", "signal", "units", "batches")


def material(trace: list[StepTrace], **given: object) -> RunMaterial:
    recipe = Recipe(activation="tanh", weight_decay=0.0, batch_order="shuffled", epochs=3)
    result = make_run(Arm(name="tanh", value="tanh", fields=recipe.as_fields()), 2, 0.9)
    return RunMaterial(record=result.record, epochs=result.epochs, trace=tuple(trace), **given)  # type: ignore[arg-type]


def spec_of(kind: str, trace: list[StepTrace], lang: str = "en", **given: object) -> FigureSpec:
    return run_spec(material(trace, **given), kind, lang)


def drawn_of(kind: str, trace: list[StepTrace], lang: str = "en", **given: object) -> FigureSpec:
    """By both back ends."""
    FigureCanvasAgg(
        run_figure(material(trace, **given), kind, lang)
    ).draw()  # a missing glyph is a warning, which fails
    spec = spec_of(kind, trace, lang, **given)
    assert "nan" not in svg(spec)
    return spec


def lines(panel: Panel, name: str) -> list[Line]:
    return [mark for mark in panel.marks if isinstance(mark, Line) and mark.name == name]


def values(panel: Panel, name: str) -> list[float]:
    (line,) = lines(panel, name)
    return [y for _, y in line.points]


def limits(panel: Panel) -> dict[str, float]:
    return {mark.text or mark.name: mark.at for mark in panel.marks if isinstance(mark, Rule)}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["curves", *OF_TRACE])
def test_every_kind_is_drawn_and_says_which_run_it_is_of(kind: str, lang: str) -> None:
    told = drawn_of(kind, make_trace(), lang).caption
    assert told == (f"fair, activation=tanh, epochs=3, {'seed' if lang == 'en' else '시드'} 2",)


@pytest.mark.parametrize("kind", OF_TRACE)
@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_numbers_that_are_not_finite_are_drawn_without_a_warning(kind: str, broken: float) -> None:
    def layer(name: str, step: int) -> dict[str, float]:
        return {"weight_norm": broken, "gradient_norm": broken, "update_norm": broken} if step > 9 else {}

    def network(step: int) -> dict[str, float]:
        return {"loss": broken} if step > 9 else {}

    spec = drawn_of(kind, make_trace(layer, lambda step: {"loss": broken} if step > 9 else {}, network))
    if kind == "answers":
        assert "not a finite number from step 20" in texts_of(spec)  # step 19 from 0


def test_updates_are_over_the_weights_and_a_layer_that_stands_still_lies_at_zero() -> None:
    still = make_trace(lambda name, step: {"update_norm": 0.0} if name == "first" else {"weight_norm": 5.0 + step})
    left, right = drawn_of("updates", still).panels()
    assert [mark.name for mark in left.marks if isinstance(mark, Line)] == list(LAYERS)
    np.testing.assert_allclose(values(left, LAYERS[1])[:2], [0.02 / 5, 0.02 / 6])
    np.testing.assert_allclose(values(right, LAYERS[1]), [(5 + step) / 5 for step in STEPS])
    low, high = left.y.low, left.y.high
    assert all(low < value < 2 * low * (high / low) ** 0.05 for value in values(left, "first"))
    assert left.y.labels[0] == "0"


def test_a_small_value_that_is_not_zero_stays_where_it_is() -> None:
    trace = make_trace(lambda name, step: {"update_norm": 5.05e-5 if name == "first" else 0.5})
    np.testing.assert_allclose(values(spec_of("updates", trace).panels()[0], "first"), 1.01e-5)


def test_the_signal_is_the_largest_of_the_first_ten_steps_and_of_all() -> None:
    def layer(name: str, step: int) -> dict[str, float]:
        place = LAYERS.index(name)
        return {"weight_norm": 2.0, "gradient_norm": 10.0 ** (place - 2) * (step + 1)}

    left, right = drawn_of("signal", make_trace(layer)).panels()
    felt = values(left, "largest of the first ten steps")
    np.testing.assert_allclose(felt, [2 * 10.0 ** (n - 2) * 10 / PRIOR for n in range(3)])
    most = values(left, "largest of all steps")
    np.testing.assert_allclose(most, [2 * 10.0 ** (n - 2) * 200 / PRIOR for n in range(3)])
    (slopes,) = lines(right, "")
    np.testing.assert_allclose(slopes.points, [(1, 0.25), (2, 0.5)])  # the last layer has no activation
    assert limits(left)["violent"] == VIOLENT  # the rule's own threshold


def test_units_have_a_panel_for_each_layer_with_an_activation() -> None:
    trace = make_trace(
        lambda name, _: {"dead": 0.25, "saturated_low": 0.5, "saturated_high": 0.4} if name == "first" else {}
    )
    first, second = drawn_of("units", trace).panels()
    assert [first.title, second.title] == ["first", "second"]
    low, high = (mark for mark in first.marks if isinstance(mark, Band))
    assert {point[1:] for point in low.points} == {(0.0, 0.5)}
    assert {point[1:] for point in high.points} == {(0.6, 1.0)}
    assert set(values(first, "dead units")) == {0.25}
    assert next(mark.points for mark in second.marks if isinstance(mark, Band)) == ()
    with pytest.raises(ParibusError, match="layers with an activation"):
        spec_of("units", make_trace(lambda name, _: {"dead": None}))


def test_answers_are_shares_of_what_a_perfect_network_says() -> None:
    trace = make_trace(output=lambda step: {"spread": 0.15, "predicted_entropy": PRIOR / 2})
    left, right = spec_of("answers", trace).panels()
    np.testing.assert_allclose(values(right, "spread over inputs"), 0.15 / 0.3)  # ten classes: sqrt(0.1 · 0.9)
    np.testing.assert_allclose(values(right, "variety of the predicted classes"), 0.5)
    assert limits(left)["entropy of the labels"] == pytest.approx(PRIOR)


def test_batches_have_the_size_of_inputs_and_the_entropy_of_labels() -> None:
    trace = make_trace(network=lambda step: {"input_mean": 3.0, "input_std": 4.0, "label_entropy": 0.7})
    left, right = spec_of("batches", trace).panels()
    named = (values(left, "root mean square"), values(left, "deviation"), values(right, "training batches"))
    assert [set(found) for found in named] == [{5.0}, {4.0}, {0.7}]
    assert limits(right)["equally frequent classes"] == pytest.approx(math.log(10))
    constant = make_trace(network=lambda step: {"input_mean": 0.0, "input_std": 0.0})
    assert drawn_of("batches", constant).panels()[0].y.labels[0] == "0"


def test_curves_have_training_and_validation_in_one_panel() -> None:
    _, right = drawn_of("curves", make_trace()).panels()
    given = [epoch.figures for epoch in material(make_trace()).epochs]
    training, validation = (mark for mark in right.marks if isinstance(mark, Line))
    np.testing.assert_allclose([y for _, y in training.points], [100 * m["train_accuracy"] for m in given])
    np.testing.assert_allclose([y for _, y in validation.points], [100 * m["val_accuracy"] for m in given])
    assert limits(right) == {"guessing": 10}  # one of ten


@pytest.mark.parametrize("lang", LANGUAGES)
def test_classes_are_the_shares_that_were_given(lang: str) -> None:
    shares = ClassShares((0.9, 0.1), (0.5, 0.5), (1.0, 0.0))
    (panel,) = drawn_of("classes", [], lang, shares=shares, class_names=("cat", "dog")).panels()
    bars = [mark for mark in panel.marks if isinstance(mark, Rect)]
    heights = {kind: [bar.y[1] for bar in bars if bar.kind == kind and bar.y] for kind in ("trained", "answered")}
    assert heights == {"trained": [90, 10], "answered": [100, 0]}
    assert panel.x.labels == ("cat", "dog")


def test_what_is_missing_is_said() -> None:
    for kind in OF_TRACE:
        with pytest.raises(ParibusError, match="no trace: --probes=off"):
            spec_of(kind, [])
    for kind in ("classes", "features"):
        with pytest.raises(ParibusError, match=f"a figure of {kind} is drawn from"):
            spec_of(kind, [])


def test_kinds_of_runs_and_of_comparisons_are_told_apart() -> None:
    for kind in set(RUN_KINDS) - set(KINDS):
        with pytest.raises(ParibusError, match=f"{kind} is drawn of a single run; of a comparison there are curves"):
            check_kind(kind)
    for kind in set(KINDS) - set(RUN_KINDS):
        with pytest.raises(ParibusError, match=f"{kind} is drawn of a comparison; of a single run there are curves"):
            check_run_kind(kind)
    with pytest.raises(ParibusError, match="did you mean units"):
        check_run_kind("unit")
