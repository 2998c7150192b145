"""Rules about weights, on traces whose right answer is known."""

import math

import pytest

from paribus.diagnosis.findings import findings_of
from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.rules.collapse_to_zero import force_balance
from paribus.records.trace import LayerTrace, StepTrace
from tests.diagnosis.traces import PRIOR, Numbers, found_by, make_trace, stuck

collapse_to_zero = found_by("collapse_to_zero")
frozen_layer = found_by("frozen_layer")
symmetric_units = found_by("symmetric_units")


def decayed(rate: float, pull: float = 1.0, gradient: float = 0.1) -> object:
    """The first layer's weights shrink by `rate` a step."""

    def layer(name: str, step: int) -> Numbers:
        if name != "first":
            return {}
        return {"weight_norm": 5 * rate**step, "decay_pull": pull * rate**step, "gradient_norm": gradient * rate**step}

    return layer


def test_force_balance_of_coupled_decay_is_pull_over_gradient() -> None:
    layer = LayerTrace(weight_norm=2.0, gradient_norm=0.05, decay_pull=0.2)
    assert force_balance(layer, StepTrace(step=0, layers={}, decoupled=False)) == pytest.approx(4.0)


def test_force_balance_of_decoupled_decay_is_its_part_of_the_update_over_the_rest() -> None:
    """η λ‖w‖ = 0.1 * 0.3 = 0.03 of an update of 0.05."""
    layer = LayerTrace(weight_norm=3.0, gradient_norm=1e-9, decay_pull=0.3, update_norm=0.05)
    balance = force_balance(layer, StepTrace(step=0, layers={}, decoupled=True, learning_rate=0.1))
    assert balance == pytest.approx(0.03 / 0.02)
    assert force_balance(layer, StepTrace(step=0, layers={}, decoupled=True)) is None


def test_without_a_data_gradient_the_balance_is_large_but_finite() -> None:
    layer = LayerTrace(weight_norm=2.0, gradient_norm=0.0, decay_pull=0.2)
    balance = force_balance(layer, StepTrace(step=0, layers={}))
    assert balance is not None
    assert 1e3 < balance < math.inf


def test_an_infinite_norm_without_decay_has_no_balance() -> None:
    layer = LayerTrace(weight_norm=math.inf, gradient_norm=0.0, decay_pull=math.nan)
    assert force_balance(layer, StepTrace(step=0, layers={})) is None


def test_weights_that_jump_about_near_zero_have_collapsed() -> None:
    """As with RMSprop, whose steps do not shrink with the gradient."""

    def layer(name: str, step: int) -> Numbers:
        left = 0.9**step if step < 20 else 0.02 + 0.03 * (step > 50)
        return {"weight_norm": 5 * left, "decay_pull": left, "gradient_norm": 0.1 * left}

    assert [f.strength for f in collapse_to_zero(History.of(make_trace(layer, stuck, stuck)))] == ["strong"]


def test_weights_decayed_to_nothing() -> None:
    (found,) = collapse_to_zero(History.of(make_trace(decayed(0.97), stuck, stuck)))
    assert (found.name, found.strength, found.layers) == ("collapse_to_zero", "strong", ("first",))
    # half of the norm is gone after log(0.5) / log(0.97) = 22.8 steps: first seen at step 49
    assert (found.first_step, found.last_step) == (49, 199)
    left, balance = found.evidence
    assert left.value == pytest.approx(0.97**199)
    assert balance.value == pytest.approx(10.0)


def test_weights_on_their_way_to_nothing() -> None:
    (found,) = collapse_to_zero(History.of(make_trace(decayed(0.99), stuck, stuck)))
    assert (found.strength, found.first_step) == ("strong", 99)  # 0.99^199 = 0.135 of the first norm is left
    assert found.evidence[0].threshold == 0.5


def test_a_shrinking_layer_that_the_gradient_holds_does_not_collapse() -> None:
    assert not list(collapse_to_zero(History.of(make_trace(decayed(0.99, pull=0.05), stuck, stuck))))


def test_weights_that_shrink_in_a_network_that_learns_are_a_weak_finding() -> None:
    """Under batch normalisation their size does not matter."""
    (found,) = collapse_to_zero(History.of(make_trace(decayed(0.97))))
    assert found.strength == "weak"


def test_weights_that_vanish_without_decay_have_not_been_decayed() -> None:
    assert not list(collapse_to_zero(History.of(make_trace(decayed(0.97, pull=0.0), stuck, stuck))))


def test_a_collapse_in_a_trace_of_norms_alone() -> None:
    trace = [
        StepTrace(step=s, layers={"fc1": LayerTrace(weight_norm=6.3 * 0.9**s, gradient_norm=0.01)}) for s in range(60)
    ]
    (found,) = findings_of(trace)
    assert (found.name, found.strength) == ("collapse_to_zero", "strong")


def test_a_collapse_explains_dead_units_and_stillness() -> None:
    def layer(name: str, step: int) -> Numbers:
        return {**decayed(0.9)(name, step), "dead": 1.0 if step > 50 else 0.0}  # type: ignore[operator]

    trace = make_trace(layer, lambda step: {"loss": PRIOR, "spread": 0.0}, stuck)
    assert [f.name for f in findings_of(trace)] == ["collapse_to_zero", "constant_predictor"]


@pytest.mark.parametrize("weights", [{"unit_spread": 0.0}, {"weight_norm": 0.0, "unit_spread": None}])
def test_equal_units(weights: Numbers) -> None:
    trace = make_trace(lambda name, step: weights if name != "last" else {}, stuck, stuck)
    (found,) = symmetric_units(History.of(trace))
    assert (found.strength, found.layers) == ("strong", ("first", "second"))


def test_units_that_become_equal_later_were_not_made_so() -> None:
    trace = make_trace(lambda name, step: {"unit_spread": 0.0 if step else 1.0}, stuck, stuck)
    assert not list(symmetric_units(History.of(trace)))


def test_units_that_part_are_not_symmetric() -> None:
    trace = make_trace(lambda name, step: {"unit_spread": 0.0 if not step else 0.1}, stuck, stuck)
    assert not list(symmetric_units(History.of(trace)))


def test_a_layer_that_no_update_changes() -> None:
    trace = make_trace(lambda name, step: {"update_norm": 0.0} if name == "second" else {}, stuck, stuck)
    (found,) = frozen_layer(History.of(trace))
    assert (found.strength, found.layers, found.evidence[0].value) == ("strong", ("second",), 0.0)


def test_a_layer_frozen_on_purpose_is_a_weak_finding() -> None:
    trace = make_trace(lambda name, step: {"update_norm": 0.0} if name == "second" else {})
    assert [f.strength for f in frozen_layer(History.of(trace))] == ["weak"]


def test_where_nothing_moves_no_layer_is_the_frozen_one() -> None:
    trace = make_trace(lambda name, step: {"update_norm": 0.0}, stuck, stuck)
    assert not list(frozen_layer(History.of(trace)))
