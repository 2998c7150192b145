"""Claims for ReLU, each against numbers that are chosen, and against SciPy."""

import dataclasses
from collections.abc import Sequence

import pytest
from scipy import stats

from paribus.programs.recipe.activation_claims import Seen, claims
from paribus.records.activation_claims import Claim, ClaimName, Measured
from paribus.records.run import RunResult
from paribus.records.trace import StepTrace
from tests.diagnosis.traces import make_trace
from tests.factories import Outcome, make_design, make_results
from tests.synthetic_runs import make_epoch

ARMS = {"sigmoid": "sigmoid", "relu": "relu"}
# Validation accuracies by epoch: ReLU reaches 95 % after 2, 2, 3 epochs and sigmoid after 4, 5, 6; none reaches 98 %.
FAST = ([0.9, 0.96, 0.96, 0.97, 0.97, 0.97], [0.9, 0.96, 0.96, 0.97, 0.97, 0.97], [0.9, 0.94, 0.96, 0.97, 0.97, 0.97])
SLOW = ([0.6, 0.9, 0.94, 0.96, 0.96, 0.96], [0.6, 0.9, 0.94, 0.94, 0.96, 0.96], [0.6, 0.9, 0.93, 0.94, 0.94, 0.96])


def run(result: RunResult, accuracies: Sequence[float], **changed: Sequence[float]) -> RunResult:
    """The run with these metrics; if not chosen, training accuracies are 1 point above those of validation."""
    epochs = range(len(accuracies))
    columns = {
        "train_loss": [0.1 for _ in epochs],
        "train_accuracy": [a + 0.01 for a in accuracies],
        "val_loss": [0.2 for _ in epochs],
        "seconds": [2.0 for _ in epochs],
        **changed,
    }
    metrics = tuple(
        make_epoch(
            epoch=i + 1, val_accuracy=accuracies[i], learning_rate=1e-3, **{name: c[i] for name, c in columns.items()}
        )
        for i in epochs
    )
    return dataclasses.replace(result, epochs=metrics)


def seen(
    fast: Sequence[RunResult],
    slow: Sequence[RunResult],
    *,
    repaired: bool = True,
    zeros: tuple[float, float] = (0.5, 0.0),
) -> Seen:
    def trace(share: float) -> list[StepTrace]:
        return make_trace(layer=lambda name, step: {} if name == "last" else {"zeros": share if step else 0.9})

    traces = {"relu": [trace(zeros[0]) for _ in fast], "sigmoid": [trace(zeros[1]) for _ in slow]}
    return Seen(repaired, {"relu": fast, "sigmoid": slow}, traces)


@pytest.fixture
def trained() -> dict[str, list[RunResult]]:
    return results([0.97] * 3, [0.96] * 3)


def results(fast: Sequence[Outcome], slow: Sequence[Outcome]) -> dict[str, list[RunResult]]:
    made = make_results(
        make_design("activation", ["sigmoid", "relu"], seeds=len(fast)), {"sigmoid": slow, "relu": fast}
    )
    return {arm: [made[arm, seed] for seed in range(len(fast))] for arm in ("relu", "sigmoid")}


def one(name: ClaimName, *found: Seen, margin: float = 0.001) -> Claim:
    (claim,) = [claim for claim in claims(ARMS, found, margin) if claim.name == name]
    assert (claim.of, claim.against) == ("relu", "sigmoid")  # also where it is the first arm
    return claim


def numbers(measured: Measured) -> tuple[float | None, float | None, float | None]:
    return measured.of, measured.against, measured.difference


def curves(trained: dict[str, list[RunResult]]) -> tuple[list[RunResult], list[RunResult]]:
    return (
        [run(r, a) for r, a in zip(trained["relu"], FAST, strict=True)],
        [run(r, a) for r, a in zip(trained["sigmoid"], SLOW, strict=True)],
    )


def test_epochs_and_seconds_to_an_accuracy_that_all_reach(trained: dict[str, list[RunResult]]) -> None:
    claim = one("converges_faster", seen(*curves(trained)))
    epochs, seconds = claim.measured
    assert (claim.verdict, epochs.accuracy, epochs.seeds) == ("holds", 0.95, (0, 1, 2))
    assert numbers(epochs) == pytest.approx((7 / 3, 5, -8 / 3))
    assert numbers(seconds) == pytest.approx((14 / 3, 10, -16 / 3))
    low, high = stats.t.interval(0.95, 2, loc=-16 / 3, scale=stats.sem([-4, -6, -6]))
    assert (seconds.low, seconds.high) == pytest.approx((low, high))
    # Epochs −2, −3, −3 have a variance of 1/3, more than the 1/6 that rounding to whole ones has.
    low, high = stats.t.interval(0.95, 2, loc=-8 / 3, scale=stats.sem([-2, -3, -3]))
    assert (epochs.low, epochs.high) == pytest.approx((low, high))


def test_the_same_number_of_epochs_is_no_faster(trained: dict[str, list[RunResult]]) -> None:
    six = results([0.97] * 6, [0.97] * 6)
    alike = {arm: [run(r, FAST[0]) for r in six[arm]] for arm in six}
    claim = one("converges_faster", seen(alike["relu"], alike["sigmoid"]))
    assert claim.verdict == "does_not_hold"
    assert claim.measured[0].high == pytest.approx(stats.t.ppf(0.975, 5) * (1 / 6 / 6) ** 0.5)
    few = one("converges_faster", seen(alike["relu"][:2], alike["sigmoid"][:2]))
    assert few.measured[0].verdict == "open"  # two seeds cannot tell half an epoch from none


def test_what_never_trained_cannot_be_asked_how_fast(trained: dict[str, list[RunResult]]) -> None:
    collapsed = results([0.93] * 3, ["collapsed"] * 3)
    original = seen(collapsed["relu"], collapsed["sigmoid"], repaired=False)
    unasked = one("converges_faster", original)
    (measured,) = unasked.measured
    assert (unasked.verdict, measured.verdict, measured.seeds, measured.of) == ("open", None, (), None)
    assert (measured.trained, measured.runs) == ((3, 0), 3)
    both = one("converges_faster", seen(*curves(trained)), original)
    assert both.verdict == "holds"
    assert [m.repaired for m in both.measured] == [True, True, False]
    assert one("overfits_less", original).verdict == "open"


def test_seconds_of_an_epoch_are_the_median_paired_by_seed(trained: dict[str, list[RunResult]]) -> None:
    times = ([2.0, 2.1, 9.0], [2.2, 2.3, 2.2], [1.9, 2.0, 2.1])
    fast = [run(r, [0.9] * 3, seconds=t) for r, t in zip(trained["relu"], times, strict=True)]
    slow = [run(r, [0.9] * 3, seconds=[x + 0.5 for x in t]) for r, t in zip(trained["sigmoid"], times, strict=True)]
    claim = one("cheaper", seen(fast, slow))
    assert (claim.verdict, claim.kernel, claim.device) == ("holds", "torch", "Example CPU")
    assert numbers(claim.measured[0]) == pytest.approx((2.1, 2.6, -0.5))
    assert claim.measured[0].least == pytest.approx(0.02 * 2.6)
    dearer = one("cheaper", seen(slow, fast))
    assert dearer.verdict == "does_not_hold"


def test_rounds_of_timing_decide_before_the_runs_do(trained: dict[str, list[RunResult]]) -> None:
    noisy = ([2.0] * 3, [9.0] * 3, [3.0] * 3)
    fast = [run(r, [0.9] * 3, seconds=t) for r, t in zip(trained["relu"], noisy, strict=True)]
    slow = [run(r, [0.9] * 3) for r in trained["sigmoid"]]
    one_seen = seen(fast, slow)
    times = {"relu": [1.0, 1.1, 1.0, 1.2], "sigmoid": [1.2, 1.31, 1.2, 1.39]}
    (claim,) = [c for c in claims(ARMS, [one_seen], 0.001, times) if c.name == "cheaper"]
    timed, runs = claim.measured
    assert (claim.verdict, timed.verdict, runs.verdict) == ("holds", "holds", "open")
    assert (timed.rounds, timed.seeds) == (4, ())
    assert numbers(timed) == pytest.approx((1.075, 1.275, -0.2))
    assert one("cheaper", one_seen).verdict == "open"


def test_times_of_different_kernels_are_not_compared(trained: dict[str, list[RunResult]]) -> None:
    record = trained["relu"][0].record
    other = record.model_copy(update={"environment": record.environment.model_copy(update={"kernel": "native"})})
    fast = [dataclasses.replace(trained["relu"][0], record=other), *trained["relu"][1:]]
    claim = one("cheaper", seen(fast, trained["sigmoid"]))
    assert (claim.verdict, claim.measured[0].of) == ("open", None)


def test_zeros_are_counted_at_the_end_alone(trained: dict[str, list[RunResult]]) -> None:
    claim = one("sparser", seen(trained["relu"], trained["sigmoid"]))
    zeros, dead = claim.measured
    assert claim.verdict == "holds"
    assert numbers(zeros) == pytest.approx((0.5, 0.0, 0.5))
    assert (dead.quantity, dead.verdict, dead.of) == ("dead", None, 0.0)
    few = one("sparser", seen(trained["relu"], trained["sigmoid"], zeros=(0.04, 0.0)))
    assert few.verdict == "does_not_hold"


def test_overfitting_is_a_gap_and_a_rise(trained: dict[str, list[RunResult]]) -> None:
    rises = ([0.2, 0.1, 0.15], [0.2, 0.1, 0.14], [0.2, 0.1, 0.16])
    gaps = ([0.92] * 3, [0.921] * 3, [0.919] * 3)
    fast = [run(r, [0.9] * 3, train_accuracy=g) for r, g in zip(trained["relu"], gaps, strict=True)]
    slow = [
        run(r, [0.9] * 3, train_accuracy=[x + 0.02 for x in g], val_loss=v)
        for r, g, v in zip(trained["sigmoid"], gaps, rises, strict=True)
    ]
    claim = one("overfits_less", seen(fast, slow))
    gap, rise = claim.measured
    assert claim.verdict == "holds"
    assert numbers(gap) == pytest.approx((0.02, 0.04, -0.02))
    assert numbers(rise) == pytest.approx((0.0, 0.05, -0.05))
    # The gap says so, and the loss the opposite: neither is believed.
    against = [run(r, [0.9] * 3, train_accuracy=g, val_loss=v) for r, g, v in zip(fast, gaps, rises, strict=True)]
    flat = [run(r, [0.9] * 3, train_accuracy=[x + 0.02 for x in g]) for r, g in zip(slow, gaps, strict=True)]
    torn = one("overfits_less", seen(against, flat))
    assert [m.verdict for m in torn.measured] == ["holds", "does_not_hold"]
    assert torn.verdict == "open"
    # The gap is open: then the loss decides.
    level = [run(r, [0.9] * 3, train_accuracy=g) for r, g in zip(slow, gaps[::-1], strict=True)]
    decided = one("overfits_less", seen(against, level))
    assert [m.verdict for m in decided.measured] == ["open", "does_not_hold"]
    assert decided.verdict == "does_not_hold"


def test_only_seeds_where_both_trained_count() -> None:
    mixed = results([0.97, "collapsed", 0.97], [0.96] * 3)
    fast = [run(r, a) for r, a in zip(mixed["relu"], FAST, strict=True)]
    slow = [run(r, a) for r, a in zip(mixed["sigmoid"], SLOW, strict=True)]
    assert one("converges_faster", seen(fast, slow)).measured[0].seeds == (0, 2)


def test_a_single_seed_leaves_every_claim_open() -> None:
    single = results([0.97], [0.96])
    found = claims(ARMS, [seen(single["relu"], single["sigmoid"])], 0.001)
    assert {claim.verdict for claim in found} == {"open"}
    assert all(m.low is None for claim in found for m in claim.measured)


def test_each_pair_of_arms_has_its_claims() -> None:
    made = results([0.97] * 2, [0.96] * 2)
    traces = [make_trace(), make_trace()]
    three = Seen(
        False,
        {"tanh": made["sigmoid"], "relu": made["relu"], "gelu": made["relu"]},
        {"tanh": traces, "relu": traces, "gelu": traces},
    )
    found = claims({"tanh": "tanh", "relu": "relu", "gelu": "gelu"}, [three], 0.001)
    pairs = [(claim.of, claim.against) for claim in found if claim.name == "cheaper"]
    assert pairs == [("relu", "tanh"), ("gelu", "tanh"), ("relu", "gelu")]
    assert {m.of for c in found for m in c.measured if m.quantity == "zeros"} == {0.5}
