"""Rules about labels, answers and inputs, on traces whose right answer is known."""

import math

import pytest

from paribus.diagnosis.findings import findings_of
from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.rules.constant_predictor import perfect_spread
from tests.diagnosis.traces import PRIOR, Numbers, found_by, loss_at, make_metrics, make_trace, none_of_layer, stuck

batch_order = found_by("batch_order")
class_imbalance = found_by("class_imbalance")
constant_predictor = found_by("constant_predictor")
inputs_constant = found_by("inputs_constant")
inputs_not_normalised = found_by("inputs_not_normalised")
labels_at_chance = found_by("labels_at_chance")
noise_too_strong = found_by("noise_too_strong")


def test_the_spread_of_perfect_answers() -> None:
    """Ten classes: a class's probability is 1 for a tenth of the inputs, and 0 for the rest."""
    assert perfect_spread(math.log(10)) == pytest.approx(math.sqrt(0.1 * 0.9))
    assert perfect_spread(0.0) == perfect_spread(math.nan) == perfect_spread(-1e9) == 0.0


def test_a_constant_predictor() -> None:
    trace = make_trace(output=lambda step: {"loss": PRIOR, "spread": 0.0 if step > 5 else 0.1}, network=stuck)
    (found,) = constant_predictor(History.of(trace))
    assert (found.strength, found.layers, found.first_step, found.last_step) == ("strong", (), 9, 199)
    assert found.evidence[0].threshold == pytest.approx(0.003)


def test_a_plateau_that_was_left_is_no_finding() -> None:
    trace = make_trace(output=lambda step: {"spread": 1e-5} if step < 50 else {})
    assert not list(constant_predictor(History.of(trace)))


def test_every_network_is_constant_before_it_trains() -> None:
    assert not list(constant_predictor(History.of(make_trace(output=lambda step: {"spread": 0.0}, steps=[0]))))


def test_labels_that_nothing_can_be_learned_from() -> None:
    """Gradients flow, weights travel 199 * 0.004 of their length, and the loss stays."""
    (found,) = findings_of(make_trace(output=stuck, network=stuck))
    assert (found.name, found.strength) == ("labels_at_chance", "strong")


def test_labels_that_are_memorised() -> None:
    trace = make_trace(output=lambda step: {"loss": PRIOR * (1 + step / 50)})
    metrics = make_metrics([0.1, 0.5, 0.9], [0.1, 0.1, 0.1], [2.3, 1.5, 0.2], [2.3, 3.5, 9.2])
    (found,) = findings_of(trace, metrics)
    assert (found.name, found.strength) == ("labels_at_chance", "strong")
    assert found.evidence[1].value == 0.2


def test_half_of_the_labels_at_chance() -> None:
    trace = make_trace(output=lambda step: {"loss": 0.5 * loss_at(step)}, network=lambda step: {"loss": 1.8})
    metrics = make_metrics([0.4, 0.5], [0.9, 0.93], [1.9, 1.8], [0.9, 0.8])
    (found,) = findings_of(trace, metrics)
    assert (found.name, found.strength) == ("labels_at_chance", "moderate")
    assert found.evidence[0].value == pytest.approx(0.43)
    assert findings_of(trace, make_metrics([0.93, 0.94], [0.95, 0.95], [1, 0.9], [0.4, 0.3])) == ()  # label smoothing


def test_most_labels_at_chance_where_the_right_ones_were_learned_before_the_others_were_memorised() -> None:
    """The last epoch alone no longer shows it: training has caught up."""
    trace = make_trace(output=lambda step: {"loss": 0.9 * PRIOR}, network=lambda step: {"loss": 0.96 * PRIOR})
    metrics = make_metrics([0.1, 0.15, 0.2, 0.3], [0.5, 0.6, 0.55, 0.33], [2.3, 2.2, 2.2, 2.1], [2.1, 2.0, 2.0, 2.0])
    (found,) = labels_at_chance(History.of(trace, metrics))
    assert found.evidence[0].value == pytest.approx(0.35)
    # An epoch that leaves a plateau surprises too, but each batch's loss is that of other samples.
    assert not list(labels_at_chance(History.of(make_trace(), metrics)))


@pytest.mark.parametrize("layer", [{"gradient_norm": 1e-5}, {"update_norm": 1e-5}])
def test_labels_are_not_to_blame_where_gradients_or_updates_are_small(layer: Numbers) -> None:
    assert not list(labels_at_chance(History.of(make_trace(lambda name, step: layer, stuck, stuck))))


@pytest.mark.parametrize(
    ("classes", "prior", "loss", "strength"),
    [
        (10, 0.08, 0.08, "strong"),  # 99 % one class
        (10, 0.08, 0.008, "moderate"),
        (10, 0.545, 0.05, "moderate"),  # 90 %
        (10, 1.5, 0.1, "weak"),
        (2, 0.2, 0.02, "moderate"),
        (None, 0.2, 0.02, "moderate"),
    ],
)
def test_class_imbalance(classes: int | None, prior: float, loss: float, strength: str) -> None:
    numbers = {"classes": classes, "prior_entropy": prior, "loss": loss}
    batches = {"loss": loss, "label_entropy": 0.9 * prior}
    (found,) = class_imbalance(History.of(make_trace(output=lambda step: numbers, network=lambda step: batches)))
    assert found.strength == strength
    assert found.evidence[0].value == pytest.approx(prior / math.log(classes or 2))


def test_a_probe_batch_of_one_class_is_not_the_whole_truth() -> None:
    def trace(label_entropy: float) -> History:
        numbers = {"label_entropy": label_entropy}
        return History.of(make_trace(output=lambda step: {"prior_entropy": 0.0}, network=lambda step: numbers))

    (found,) = class_imbalance(trace(0.06))
    assert found.evidence[0].value == pytest.approx(0.06 / math.log(10))
    assert not list(class_imbalance(trace(2.2)))


def test_balanced_pairs_and_thirds_are_no_imbalance() -> None:
    for classes in (2, 3, 10, 100):
        numbers = {"classes": classes, "prior_entropy": 0.95 * math.log(classes)}
        assert not list(class_imbalance(History.of(make_trace(output=lambda step, n=numbers: n))))  # type: ignore[misc]


def test_batches_sorted_by_class() -> None:
    trace = make_trace(none_of_layer, stuck, lambda step: {"label_entropy": 0.0, "loss": 0.1})
    (found,) = batch_order(History.of(trace))
    assert (found.strength, found.evidence[0].value) == ("strong", 0.0)
    assert [f.name for f in findings_of(trace)] == ["batch_order"]


@pytest.mark.parametrize(("size", "entropy"), [(1, 0.0), (2, 0.0), (8, 1.6), (64, 2.2), (None, 2.0)])
def test_mixed_batches_of_any_size(size: int | None, entropy: float) -> None:
    trace = make_trace(network=lambda step: {"label_entropy": entropy, "batch_size": size})
    assert not list(batch_order(History.of(trace)))


@pytest.mark.parametrize(
    ("mean", "std", "quantity"), [(33.0, 79.0, "input_rms"), (100.0, 1.0, "input_rms"), (0.0, 1e-3, "input_std")]
)
def test_inputs_of_an_unusual_size(mean: float, std: float, quantity: str) -> None:
    numbers = {"input_mean": mean, "input_std": std, "loss": PRIOR}
    (found,) = inputs_not_normalised(History.of(make_trace(none_of_layer, stuck, lambda step: numbers)))
    assert (found.strength, found.evidence[0].quantity) == ("strong", quantity)
    (found,) = inputs_not_normalised(
        History.of(make_trace(network=lambda step: {"input_mean": mean, "input_std": std}))
    )
    assert found.strength == "weak"


@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (0.13, 0.31), (0.5, 0.25), (0.0, 2.0)])
def test_inputs_of_a_usual_size(mean: float, std: float) -> None:
    trace = make_trace(none_of_layer, stuck, lambda step: {"input_mean": mean, "input_std": std})
    assert not list(inputs_not_normalised(History.of(trace)))


def test_inputs_that_are_all_the_same() -> None:
    for value in (0.0, 3.0):
        trace = make_trace(network=lambda step, v=value: {"input_mean": v, "input_std": 0.0})  # type: ignore[misc]
        assert [(f.name, f.strength) for f in inputs_constant(History.of(trace))] == [("inputs_constant", "strong")]
        assert not list(inputs_not_normalised(History.of(trace)))


def test_dropout_that_drowns_the_signal() -> None:
    """Probability 0.95: nineteen times the signal's power."""
    trace = make_trace(none_of_layer, stuck, lambda step: {"dropout": 0.95, "loss": PRIOR})
    (found,) = noise_too_strong(History.of(trace))
    assert (found.strength, found.evidence[0].value) == ("strong", pytest.approx(19.0))
    assert [f.name for f in findings_of(trace)] == ["noise_too_strong"]


@pytest.mark.parametrize(("dropout", "loss", "findings"), [(0.5, 0.7, 1), (None, 0.7, 1), (0.5, 0.4, 0), (0.0, 0.7, 0)])
def test_the_gap_that_noise_makes(dropout: float | None, loss: float, findings: int) -> None:
    """On the probe batch the loss ends at 0.23."""
    trace = make_trace(network=lambda step: {"dropout": dropout, "loss": loss})
    found = list(noise_too_strong(History.of(trace)))
    assert [f.strength for f in found] == ["weak"] * findings
