"""Rule: overfitting."""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.diagnosis.findings.changes import to
from paribus.diagnosis.findings.history import History, measured
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.records.finding import Finding, Strength

GAP, WIDE_GAP, VERY_WIDE_GAP = 0.05, 0.1, 0.3  # training accuracy less validation accuracy
RISE = 0.1  # validation loss over its least, as a share of the label entropy


def detect(history: History) -> Finding | None:
    """Training goes on to fit the training samples better, and others no better or worse."""
    if not history.metrics or history.prior is None or history.broken:
        return None
    last, least = history.metrics[-1].figures, min(m.figures["val_loss"] for m in history.metrics)
    gap, rise = last["train_accuracy"] - last["val_accuracy"], (last["val_loss"] - least) / history.prior
    if gap < GAP or least >= history.prior:
        return None
    strength: Strength = "weak"
    if gap >= WIDE_GAP:
        strength = "strong" if gap >= VERY_WIDE_GAP else "moderate"
    evidence = [measured("accuracy_gap", gap, GAP)]
    if rise > 0:
        evidence.append(measured("val_loss_rise", rise, RISE))
    return history.finding("overfitting", strength, *evidence)


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
)
