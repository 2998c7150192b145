"""Rules about the course of training, on traces whose right answer is known."""

import math

import pytest

from paribus.diagnosis.findings import findings_of
from paribus.diagnosis.findings.history import History
from paribus.records.finding import Finding
from tests.diagnosis.traces import PRIOR, Numbers, found_by, loss_at, make_metrics, make_trace, none_of_layer, stuck

divergence = found_by("divergence")
learning_rate_too_high = found_by("learning_rate_too_high")
learning_rate_too_low = found_by("learning_rate_too_low")
overfitting = found_by("overfitting")
undertraining = found_by("undertraining")


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number(loss: float) -> None:
    trace = make_trace(network=lambda step: {"loss": loss} if step >= 49 else {})
    (found,) = divergence(History.of(trace))
    assert (found.strength, found.first_step, found.evidence[0].value) == ("strong", 49, 3)


def test_a_divergence_that_only_the_metrics_saw() -> None:
    metrics = make_metrics([0.1], [0.1], [math.nan], [math.nan])
    assert [f.strength for f in divergence(History.of(make_trace(), metrics))] == ["strong"]


def test_a_training_loss_that_grows() -> None:
    trace = make_trace(output=lambda step: {"loss": PRIOR + step}, network=lambda step: {"loss": PRIOR + step})
    (found,) = divergence(History.of(trace))
    assert found.evidence[0].value == pytest.approx((PRIOR + 199) / PRIOR)
    assert [f.name for f in findings_of(trace)] == ["learning_rate_too_high", "divergence"]


def test_a_validation_loss_that_grows_is_no_divergence() -> None:
    assert not list(divergence(History.of(make_trace(output=lambda step: {"loss": PRIOR + step}))))


def test_a_spike_after_a_sound_start() -> None:
    trace = make_trace(none_of_layer, stuck, lambda step: {"loss": 50.0 if step == 4 else PRIOR})
    (found,) = learning_rate_too_high(History.of(trace))
    assert found.strength == "strong"
    assert found.evidence[0].value == pytest.approx(50 / PRIOR)


def test_a_spike_that_the_network_recovers_from_is_weak() -> None:
    trace = make_trace(network=lambda step: {"loss": 50.0} if step == 4 else {})
    assert [f.strength for f in learning_rate_too_high(History.of(trace))] == ["weak"]


def test_steps_as_long_as_the_weights() -> None:
    trace = make_trace(lambda name, step: {"update_norm": 10.0 if step == 4 else 0.02}, stuck, stuck)
    (found,) = learning_rate_too_high(History.of(trace))
    assert found.evidence[1].value == 2.0


def test_a_step_that_kills_a_layer() -> None:
    def layer(name: str, step: int) -> Numbers:
        return {"dead": 1.0 if name == "second" and step >= 4 else 0.1}

    found = findings_of(make_trace(layer, stuck, stuck))
    assert [f.name for f in found] == ["learning_rate_too_high"]
    assert found[0].evidence[-1].quantity == "killed"
    dead_from_the_start = make_trace(lambda name, step: {"dead": 1.0 if name == "second" else 0.1}, stuck, stuck)
    assert [f.name for f in findings_of(dead_from_the_start)] == ["dead_units"]


def test_a_start_that_is_too_loud_is_not_the_steps_fault() -> None:
    trace = make_trace(none_of_layer, lambda step: {"loss": 1e4}, lambda step: {"loss": 1e4 * (1 + step)})
    assert not list(learning_rate_too_high(History.of(trace)))


def test_sharpness_speaks_only_of_plain_gradient_descent() -> None:
    """0.1 * 0.2 is the update that the gradient makes with rate 0.1; 2/η = 20."""
    spike = {"learning_rate": 0.1, "sharpness": 30.0}
    trace = make_trace(none_of_layer, stuck, lambda step: {**spike, "loss": 50.0 if step == 4 else PRIOR})
    (found,) = learning_rate_too_high(History.of(trace))
    (sharp,) = [e for e in found.evidence if e.quantity == "sharpness_times_rate"]
    assert (sharp.value, sharp.threshold) == (pytest.approx(3.0), 2.0)
    momentum = make_trace(
        lambda name, step: {"update_norm": 0.2}, stuck, lambda step: {**spike, "loss": 50.0 if step == 4 else PRIOR}
    )
    (found,) = learning_rate_too_high(History.of(momentum))
    assert "sharpness_times_rate" not in [e.quantity for e in found.evidence]


def test_weights_that_stay_where_they_began() -> None:
    """2e-6 of their length a step, 200 steps."""
    found = findings_of(make_trace(lambda name, step: {"update_norm": 1e-5}, stuck, stuck))
    assert [(f.name, f.strength) for f in found] == [("learning_rate_too_low", "strong")]
    assert [e.value for e in found[0].evidence] == [pytest.approx(2e-6), pytest.approx(4e-4)]


def test_small_steps_that_do_the_work_are_no_finding() -> None:
    assert findings_of(make_trace(lambda name, step: {"update_norm": 1e-5})) == ()


def test_a_loss_that_still_falls_steeply() -> None:
    """Linear in the step: at half of the steps half of the way, here from step 99 to step 199."""

    def falling(step: int) -> Numbers:
        return {"loss": PRIOR * (1 - 0.4 * step / 199)}

    found = findings_of(make_trace(output=falling, network=falling))
    assert [(f.name, f.strength) for f in found] == [("undertraining", "moderate")]
    assert found[0].evidence[0].value == pytest.approx(0.4 * 100 / 199)


def test_the_fall_is_that_of_one_doubling() -> None:
    """From step 24 to step 199 the number of steps doubles three times."""
    trace = make_trace(output=lambda step: {"loss": PRIOR * (1 - 0.3 * (step == 199))}, steps=[0, 24, 199])
    (found,) = undertraining(History.of(trace))
    assert found.evidence[0].value == pytest.approx(0.1)


def test_a_few_steps_in_which_the_loss_fell_at_all() -> None:
    def slow(step: int) -> Numbers:
        return {"loss": PRIOR * (1 - 0.001 * step / 20)}

    def steps_of(found: list[Finding]) -> list[tuple[str, float]]:
        return [(one.evidence[0].quantity, one.evidence[0].value) for one in found]

    few = make_trace(output=slow, network=slow, steps=[0, 5, 10, 20])
    assert steps_of(list(undertraining(History.of(few)))) == [("steps", 21)]
    assert not list(undertraining(History.of(make_trace(output=slow, network=slow, steps=[0, 20, 40, 80]))))
    still = make_trace(output=lambda step: {"loss": PRIOR}, steps=[0, 5, 10, 20])
    assert not list(undertraining(History.of(still)))


def test_answers_that_have_just_begun_to_differ() -> None:
    trace = make_trace(
        lambda name, step: {"gradient_norm": 1e-3}, lambda step: {"loss": PRIOR, "spread": 1e-5 * (1 + step)}, stuck
    )
    (found,) = undertraining(History.of(trace))
    assert (found.strength, found.evidence[0].quantity) == ("strong", "spread_growth")
    assert found.evidence[0].value == pytest.approx(2.0)


def test_a_finished_training_is_not_too_short() -> None:
    assert not list(undertraining(History.of(make_trace())))
    assert not list(undertraining(History.of(make_trace(output=lambda step: {"loss": 0.6 * PRIOR}))))


@pytest.mark.parametrize(("gap", "strength"), [(0.06, "weak"), (0.15, "moderate"), (0.4, "strong")])
def test_overfitting(gap: float, strength: str) -> None:
    metrics = make_metrics([0.8, 0.9, 1.0], [0.8, 0.82, 1 - gap], [0.5, 0.3, 0.01], [0.5, 0.4, 0.9])
    (found,) = overfitting(History.of(make_trace(), metrics))
    assert found.strength == strength
    assert [e.value for e in found.evidence] == [pytest.approx(gap), pytest.approx(0.5 / PRIOR)]


def test_a_usual_gap_is_no_overfitting() -> None:
    metrics = make_metrics([0.99], [0.97], [0.02], [0.1])
    assert not list(overfitting(History.of(make_trace(), metrics)))
    assert loss_at(0) == PRIOR
    assert not list(learning_rate_too_low(History.of(make_trace())))
