"""Rules about gradients and activations, on traces whose right answer is known."""

import math

import pytest

from paribus.diagnosis.findings import findings_of
from paribus.diagnosis.findings.history import History
from paribus.records.trace import StepTrace
from tests.diagnosis.traces import Numbers, found_by, make_trace, stuck

dead_units = found_by("dead_units")
exploding_gradient = found_by("exploding_gradient")
vanishing_gradient = found_by("vanishing_gradient")
saturation_low = found_by("saturation_low")
saturation_high = found_by("saturation_high")


def history(first: Numbers, *, learns: bool = False, from_step: int = 0) -> History:
    """The first layer has these numbers from a step on."""

    def layer(name: str, step: int) -> Numbers:
        return first if name == "first" and step >= from_step else {}

    return History.of(make_trace(layer) if learns else make_trace(layer, stuck, stuck))


def test_a_gradient_that_vanishes_on_the_way_down() -> None:
    """‖w‖‖∇L‖ = 5e-6 nats, 2.2e-6 of the label entropy."""
    (found,) = vanishing_gradient(history({"gradient_norm": 1e-6, "slope_product": 1e-5}))
    assert (found.strength, found.layers) == ("strong", ("first",))
    assert found.evidence[0].value == pytest.approx(5e-6 / math.log(10))
    assert found.evidence[1].value == 1e-5


def test_a_small_gradient_in_a_network_that_learns_is_weak() -> None:
    assert [f.strength for f in vanishing_gradient(history({"gradient_norm": 1e-6}, learns=True))] == ["weak"]


@pytest.mark.parametrize(
    "first",
    [
        {"gradient_norm": 1e-3},  # a hundredth of what the other layers have: usual with sigmoid
        {"gradient_norm": 0.0},  # nothing at all is another finding's
        {"gradient_norm": 1e-6, "saturated_low": 0.4, "saturated_high": 0.4},
        {"gradient_norm": 1e-6, "dead": 1.0},
    ],
)
def test_a_gradient_that_does_not_vanish_or_is_blocked(first: Numbers) -> None:
    assert not list(vanishing_gradient(history(first)))


@pytest.mark.parametrize("step", [1, 19])
def test_a_gradient_that_becomes_small_later_did_not_vanish(step: int) -> None:
    assert not list(vanishing_gradient(history({"gradient_norm": 1e-9}, from_step=step)))


def test_vanishing_comes_before_the_stillness_that_it_brings() -> None:
    trace = make_trace(
        lambda name, step: {"gradient_norm": 1e-7, "update_norm": 1e-9} if name != "last" else {}, stuck, stuck
    )
    assert [f.name for f in findings_of(trace)] == ["vanishing_gradient"]


@pytest.mark.parametrize(("gradient", "first_step"), [(1e4, 0), (math.inf, 0), (math.nan, 19)])
def test_a_gradient_that_explodes(gradient: float, first_step: int) -> None:
    (found,) = exploding_gradient(history({"gradient_norm": gradient}, from_step=first_step))
    assert (found.strength, found.layers, found.first_step) == ("strong", ("first",), first_step)
    assert found.evidence[0].value == (5e4 / math.log(10) if gradient == 1e4 else math.inf)


def test_a_large_gradient_is_not_an_exploding_one() -> None:
    assert not list(exploding_gradient(history({"gradient_norm": 10.0})))


@pytest.mark.parametrize(("gradient", "times"), [(1e4, None), (1e6, 500.0)])
def test_of_targets_that_are_numbers_a_gradient_is_large_beside_the_first_loss(
    gradient: float, times: float | None
) -> None:
    """The first loss is 10,000, the square of what targets are in: ‖w‖‖∇L‖ = 5e4 changes it fivefold, 5e6 by 500."""

    def numbers(step: int) -> Numbers:
        return {"output": None, "label_entropy": None, "loss": 1e4 / (1 + step)}

    trace = make_trace(lambda name, step: {"gradient_norm": gradient} if name == "first" else {}, network=numbers)
    found = exploding_gradient(History.of(trace))
    assert [f.evidence[0].value for f in found] == ([] if times is None else [pytest.approx(times)])


def test_saturation_from_the_start() -> None:
    flat = {"saturated_low": 0.3, "saturated_high": 0.35}
    (low,) = saturation_low(history(flat))
    (high,) = saturation_high(history(flat))
    assert (low.strength, low.layers, low.first_step, low.evidence[0].value) == ("strong", ("first",), 0, 0.3)
    assert (high.strength, high.evidence[0].value) == ("strong", 0.35)


def test_saturation_at_one_end_alone() -> None:
    assert [f.evidence[0].value for f in saturation_low(history({"saturated_low": 0.9, "saturated_high": 0.0}))] == [
        0.9
    ]
    assert not list(saturation_high(history({"saturated_low": 0.9, "saturated_high": 0.0})))
    assert [f.strength for f in saturation_low(history({"saturated_low": 0.9}))] == ["strong"]  # softplus has one end


def test_saturation_that_comes_with_training_may_be_another_causes_work() -> None:
    (found,) = saturation_low(history({"saturated_low": 0.9}, from_step=19))
    assert (found.strength, found.first_step) == ("moderate", 19)


def test_saturation_in_a_network_that_learns_is_weak() -> None:
    assert [f.strength for f in saturation_low(history({"saturated_low": 0.9}, learns=True))] == ["weak"]


def test_units_near_the_middle_of_their_range_are_not_saturated() -> None:
    assert not list(saturation_low(history({"saturated_low": 0.2, "saturated_high": 0.2})))


@pytest.mark.parametrize(
    ("dead", "strength", "threshold"), [(1.0, "strong", 0.9), (0.7, "moderate", 0.5), (0.2, "weak", 0.1)]
)
def test_dead_units(dead: float, strength: str, threshold: float) -> None:
    (found,) = dead_units(history({"dead": dead}))
    assert (found.strength, found.layers, found.first_step) == (strength, ("first",), 0)
    assert (found.evidence[0].value, found.evidence[0].threshold) == (dead, threshold)


def test_dead_units_in_a_network_that_learns_are_weak() -> None:
    assert [f.strength for f in dead_units(history({"dead": 0.95}, learns=True))] == ["weak"]
    assert not list(dead_units(history({"dead": 0.05})))


def test_a_dead_layer_of_which_nothing_else_is_known() -> None:
    trace = [
        StepTrace(step=s.step, layers=s.layers) for s in make_trace(lambda n, s: {"dead": 1.0} if n == "first" else {})
    ]
    assert [f.strength for f in dead_units(History.of(trace))] == ["strong"]
