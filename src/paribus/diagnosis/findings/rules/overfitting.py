"""Rule: overfitting."""

from __future__ import annotations

from statistics import mean

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import History, later_half, measured
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.diagnosis.findings.what_to_try import to
from paribus.records.finding import Finding, Strength

GAP, WIDE_GAP, VERY_WIDE_GAP = 0.05, 0.1, 0.3  # training accuracy less validation accuracy
LOOP_GAP = 0.15  # of a loop, whose figures may be of single batches
LEAST_LOOKS = 3
RISE = 0.1  # validation loss over its least, as a share of the label entropy


def detect(history: History) -> Finding | None:
    """Training goes on to fit the training samples better, and others no better or worse."""
    if history.broken or history.prior is None:
        return None
    gap, rise = _gap(history), _rise(history)
    if gap is None or gap < (LOOP_GAP if history.of_loop else GAP):
        return None
    strength: Strength = "weak"
    if gap >= WIDE_GAP:
        strength = "strong" if gap >= VERY_WIDE_GAP else "moderate"
    evidence = [measured("accuracy_gap", gap, GAP)]
    if rise is not None and rise > 0:
        evidence.append(measured("val_loss_rise", rise, RISE))
    return history.finding("overfitting", strength, *evidence)


def _gap(history: History) -> float | None:
    """Of the last epoch, where validation was better than chance once; of a loop without epochs, of its later half."""
    last = history.metrics[-1].figures if history.metrics else {}
    if "train_accuracy" in last and "val_accuracy" in last:
        losses = _val_losses(history)
        if losses and history.prior is not None and min(losses) >= history.prior:
            return None
        return last["train_accuracy"] - last["val_accuracy"]
    both = [
        (s.loop.loss.right, s.output.right)
        for s in later_half(history.steps)
        if s.loop is not None and s.loop.loss is not None and s.output is not None
    ]
    known = [(train, held) for train, held in both if train is not None and held is not None]
    if len(known) < LEAST_LOOKS or not history.beyond_chance:
        return None
    gap = mean(train for train, _ in known) - mean(held for _, held in known)
    return gap


def _val_losses(history: History) -> list[float]:
    return [m.figures["val_loss"] for m in history.metrics if "val_loss" in m.figures]


def _rise(history: History) -> float | None:
    losses = _val_losses(history)
    return (losses[-1] - min(losses)) / history.prior if losses and history.prior else None


RULE = Rule(
    name="overfitting",
    label=mark("overfitting"),
    sentence=mark("The network does much better on the samples that it was trained on than on others."),
    detect=detect,
    quantities={
        "accuracy_gap": Quantity(mark("training accuracy less validation accuracy"), "share"),
        "val_loss_rise": Quantity(mark("rise of the validation loss from its least, over the label entropy"), "share"),
    },
    refuted=f"a training accuracy less than {GAP:g} above the validation accuracy",
    changes=(to("train_size", 0), to("weight_decay", 1e-4), to("dropout", 0.5)),
    explains=frozenset({"undertraining"}),
)
