"""Claims for one activation against another, tested on runs that are there: faster, cheaper, sparser, less overfitted.

Each quantity is paired by seed, and judged by the t interval (95 %) of its mean difference: the claim holds where all
of the interval is beyond what counts as no difference, does not hold where none of it is, and else is open. The
intervals are not corrected for their number.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from paribus.comparison.statistics import t_ends
from paribus.records.activation_claims import ACCURACIES, Claim, ClaimName, ClaimQuantity, ClaimVerdict, Measured
from paribus.records.run import RunResult
from paribus.records.trace import StepTrace

# What counts as no difference, in each quantity's unit; of an epoch's seconds it is a share.
HALF_AN_EPOCH, LITTLE_TIME, FEW_ZEROS, LITTLE_LOSS = 0.5, 0.02, 0.05, 0.001
WHOLE_EPOCHS = 1 / 6  # variance that rounding to whole epochs gives a difference of two, 2/12
CLAIMANT = "relu"  # whom people make the claims for; between two others, the second arm

Trace = Sequence[StepTrace]


@dataclass(frozen=True)
class Seen:
    """The runs of a comparison by arm, in the order of its seeds, with their traces; `repaired`: the cause removed."""

    repaired: bool
    runs: Mapping[str, Sequence[RunResult]]
    traces: Mapping[str, Sequence[Trace]]


@dataclass(frozen=True)
class _Pair:
    """The runs of two arms with one seed: the arm that the claim is made for, and the other."""

    of: RunResult
    against: RunResult
    traces: tuple[Trace, Trace]

    @property
    def seed(self) -> int:
        return self.of.record.seed

    @property
    def trained(self) -> bool:
        return bool(self.of.record.trained and self.against.record.trained)

    def both(self, of_run: Callable[[RunResult], float]) -> tuple[float, float]:
        return of_run(self.of), of_run(self.against)


def claims(
    activations: Mapping[str, object],
    seen: Sequence[Seen],
    margin: float,
    timed: Mapping[str, Sequence[float]] | None = None,
) -> tuple[Claim, ...]:
    """All claims for each pair of arms, by name. `margin`: a fraction of accuracy.

    `activations`: the arms' values; `seen`: what decides comes first; `timed`: seconds an epoch of each arm, timed in
    turn, if they were. A claim is decided by what was asked first: by its quantities under the same recipe, where those
    that are decided agree. Where they contradict each other, or none is decided, it is open.
    """
    found = []
    for a, b in itertools.combinations(activations, 2):
        of, against = (a, b) if activations[a] == CLAIMANT else (b, a)
        pairs = [(s.repaired, _pairs(s, of, against)) for s in seen]
        for name, tests in _tests(margin).items():
            measured = [_counted(m, paired) for repaired, paired in pairs for m in tests(repaired, paired)]
            if name == "cheaper" and timed:
                measured = [_in_turn(timed[of], timed[against]), *measured]
            found.append(_claim(name, of, against, measured, pairs))
    return tuple(found)


def _pairs(seen: Seen, of: str, against: str) -> list[_Pair]:
    rows = zip(seen.runs[of], seen.runs[against], seen.traces[of], seen.traces[against], strict=True)
    return [_Pair(run, other, (own, others)) for run, other, own, others in rows if run.epochs and other.epochs]


def _tests(margin: float) -> dict[ClaimName, Callable[[bool, list[_Pair]], list[Measured]]]:
    return {
        "converges_faster": _convergence,
        "cheaper": _cost,
        "sparser": _sparsity,
        "overfits_less": lambda repaired, pairs: _overfitting(repaired, pairs, margin),
    }


def _claim(
    name: ClaimName, of: str, against: str, measured: list[Measured], pairs: list[tuple[bool, list[_Pair]]]
) -> Claim:
    asked = [m for m in measured if m.verdict is not None]
    decided = {m.verdict for m in asked if m.repaired == asked[0].repaired} - {"open"}
    where = next((p.of.record.environment for _, paired in pairs for p in paired), None)
    costs = name == "cheaper"
    return Claim(
        name=name,
        of=of,
        against=against,
        verdict=decided.pop() or "open" if len(decided) == 1 else "open",
        measured=tuple(measured),
        kernel=where.kernel if costs and where else "",
        device=where.device_name if costs and where else "",
    )


def _convergence(repaired: bool, pairs: list[_Pair]) -> list[Measured]:
    """Epochs and seconds until a validation accuracy that both arms reach with every seed where both trained."""
    both = [p for p in pairs if p.trained]
    best = min(
        (max(m.figures["val_accuracy"] for m in run.epochs) for p in both for run in (p.of, p.against)), default=0.0
    )
    reached = [level for level in ACCURACIES if level <= best]
    if not reached:
        return [_unasked("epochs_to_accuracy", repaired)]
    level = reached[-1]
    epochs = [p.both(lambda run: epochs_to(run, level)) for p in both]
    seconds = [p.both(lambda run: seconds_to(run, level)) for p in both]
    return [
        _measured("epochs_to_accuracy", repaired, both, epochs, -1, HALF_AN_EPOCH, WHOLE_EPOCHS, accuracy=level),
        _measured("seconds_to_accuracy", repaired, both, seconds, -1, _share(seconds), accuracy=level),
    ]


def epochs_to(run: RunResult, accuracy: float) -> int:
    """The first epoch, from 1, that ends with such a validation accuracy; the run has one."""
    return next(m.epoch for m in run.epochs if m.figures["val_accuracy"] >= accuracy)


def seconds_to(run: RunResult, accuracy: float) -> float:
    """Seconds of training and validation up to the end of that epoch."""
    return sum(m.seconds for m in run.epochs[: epochs_to(run, accuracy)])


def _cost(repaired: bool, pairs: list[_Pair]) -> list[Measured]:
    """Seconds of an epoch, its validation included: the median of each run's, paired by seed, on one kernel alone."""
    environments = [run.record.environment for p in pairs for run in (p.of, p.against)]
    places = {(e.kernel, e.device_name) for e in environments}
    if len(places) != 1:
        return [_unasked("epoch_seconds", repaired)]
    took = [p.both(lambda run: statistics.median(m.seconds for m in run.epochs)) for p in pairs]
    return [_measured("epoch_seconds", repaired, pairs, took, -1, _share(took))]


def _in_turn(of: Sequence[float], against: Sequence[float]) -> Measured:
    """Seconds of an epoch by short trials, round by round, whatever else the machine did in a round."""
    took = list(zip(of, against, strict=True))
    return _measured("timed_epoch", False, (), took, -1, _share(took), rounds=len(took))


def _share(took: Sequence[tuple[float, float]]) -> float:
    return LITTLE_TIME * float(np.mean([against for _, against in took]))


def _sparsity(repaired: bool, pairs: list[_Pair]) -> list[Measured]:
    """Share of outputs that are exactly zero at the last step seen, a mean over layers; and of units that are dead."""
    known = [p for p in pairs if all(_at_end(trace, "zeros") is not None for trace in p.traces)]
    if not known:
        return [_unasked("zeros", repaired)]
    zeros, dead = (
        [(_at_end(of, name) or 0.0, _at_end(against, name) or 0.0) for of, against in (p.traces for p in known)]
        for name in ("zeros", "dead")
    )
    beside = _measured("dead", repaired, known, dead, 1, 0.0).model_copy(update={"verdict": None})
    return [_measured("zeros", repaired, known, zeros, 1, FEW_ZEROS), beside]


def _at_end(trace: Trace, figure: str) -> float | None:
    """The mean over layers of a figure of `LayerTrace`; None where no probe saw it."""
    last = max(trace, key=lambda step: step.step, default=None)
    known = [] if last is None else [v for layer in last.layers.values() if (v := getattr(layer, figure)) is not None]
    return float(np.mean(known)) if known else None


def _overfitting(repaired: bool, pairs: list[_Pair], margin: float) -> list[Measured]:
    """Where both trained: training accuracy less validation accuracy at the end, and validation loss over its least."""
    both = [p for p in pairs if p.trained]
    if not both:
        return [_unasked("accuracy_gap", repaired)]
    gaps, rises = [p.both(_gap) for p in both], [p.both(_rise) for p in both]
    return [
        _measured("accuracy_gap", repaired, both, gaps, -1, margin),
        _measured("val_loss_rise", repaired, both, rises, -1, LITTLE_LOSS),
    ]


def _gap(run: RunResult) -> float:
    """Training less validation accuracy at the end."""
    last = run.epochs[-1].figures
    return last["train_accuracy"] - last["val_accuracy"]


def _rise(run: RunResult) -> float:
    """Validation loss at the end over its least."""
    losses = [epoch.figures["val_loss"] for epoch in run.epochs]
    return losses[-1] - min(losses)


def _counted(measured: Measured, pairs: Sequence[_Pair]) -> Measured:
    trained = sum(bool(p.of.record.trained) for p in pairs), sum(bool(p.against.record.trained) for p in pairs)
    return measured.model_copy(update={"trained": trained, "runs": len(pairs)})


def _unasked(quantity: ClaimQuantity, repaired: bool) -> Measured:
    return Measured(quantity=quantity, repaired=repaired, seeds=())


def _measured(
    quantity: ClaimQuantity,
    repaired: bool,
    pairs: Sequence[_Pair],
    values: Sequence[tuple[float, float]],
    favour: int,
    least: float,
    least_variance: float = 0.0,
    **more: float,
) -> Measured:
    """`values`: of each pair, first of the arm that the claim is made for; `favour`: 1 where more is claimed, or −1."""
    of, against = np.array(values, dtype=np.float64).T
    differences = of - against
    low, high = t_ends(differences, least_variance)
    verdict: ClaimVerdict = "open"
    if low is not None and high is not None:
        nearer, further = (low, high) if favour > 0 else (-high, -low)
        verdict = "holds" if nearer > least else "does_not_hold" if further <= least else "open"
    return Measured(
        quantity=quantity,
        repaired=repaired,
        seeds=tuple(p.seed for p in pairs),
        of=float(of.mean()),
        against=float(against.mean()),
        difference=float(differences.mean()),
        low=low,
        high=high,
        least=least,
        verdict=verdict,
        **more,
    )
