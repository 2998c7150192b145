"""Rule: labels at chance."""

from __future__ import annotations

from statistics import median

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import MEASURED, History, later_half, measured, middle
from paribus.diagnosis.findings.measures import dropout, losses_seen, noise_gap, relative_update, sensitivity
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.diagnosis.findings.what_to_try import USUAL_LABELS
from paribus.records.finding import Finding, Strength

AT_PRIOR = 0.05  # how far from the label entropy the loss of a constant predictor may be, as a share of it
BELOW = 0.02  # and of one that has learned next to nothing by heart
FELT, FAR = 1e-3, 0.3  # sensitivity, of the label entropy; all updates over the weights
WRONG_LABELS = 0.15  # accuracy on other samples less that on training samples
SURPRISED = 0.05  # loss of training batches less that of other samples, with the same weights, of the label entropy
MEMORISED = 0.2  # share of the label entropy that the training loss has lost
_ZHANG = "Zhang et al. 2017, sec. 2; " + MEASURED


def detect(history: History) -> Finding | None:
    """Gradients are there and the weights travel, but nothing that is learned holds for other samples.

    Memorised where the training loss falls all the same (Zhang et al. 2017), not learnable where it does not. Where
    only some labels are wrong the network learns the others, and training batches go on to surprise it.
    """
    prior, losses = history.prior, losses_seen(history)
    if prior is None or history.broken or len(losses) < 2:
        return None
    if history.of_loop and not history.output(lambda o: o.loss) and not history.metrics:
        return None  # of other samples nothing is known
    surprise = _surprise(history)
    if surprise >= WRONG_LABELS and (noise_gap(history) or 0.0) >= SURPRISED and dropout(history) == 0:
        strength: Strength = "strong" if history.outcome == "failed" else "moderate"
        return history.finding("labels_at_chance", strength, measured("surprise", surprise, WRONG_LABELS))
    if history.beyond_chance or history.outcome != "failed" or min(p.value for p in losses) < (1 - AT_PRIOR) * prior:
        return None
    training = history.network(history.training_loss)
    end = middle(training[-3:])
    if history.metrics and "train_loss" in history.metrics[-1].figures:
        end = history.metrics[-1].figures["train_loss"]
    memorised = end is not None and end < (1 - MEMORISED) * prior
    learns = min(p.value for p in losses) < (1 - BELOW) * prior  # slowly, and it holds for others
    if end is None or not (memorised or (not learns and _travels(history, prior))):
        return None
    evidence = [
        measured("val_loss", losses[-1].value, prior, _ZHANG),
        measured("train_loss", end, (1 - MEMORISED) * prior, _ZHANG),
    ]
    return history.finding("labels_at_chance", "strong", *evidence)


def _surprise(history: History) -> float:
    """Validation accuracy over training accuracy, the usual epoch's but for the first, whose mean begins at chance."""
    known = [m.figures for m in history.metrics[1:] if {"val_accuracy", "train_accuracy"} <= set(m.figures)]
    gaps = [figures["val_accuracy"] - figures["train_accuracy"] for figures in known]
    return median(gaps) if gaps else 0.0


def _travels(history: History, prior: float) -> bool:
    """Whether each layer's weights matter to the loss, and the usual layer has gone some way."""
    felt = [middle(later_half(history.layer(name, sensitivity))) for name in history.layers]
    moves = [middle(later_half(history.layer(name, relative_update))) for name in history.layers]
    if not felt or any(f is None or f < FELT * prior for f in felt) or any(m is None for m in moves):
        return False
    return median(m for m in moves if m is not None) * (history.last_step + 1) >= FAR


RULE = Rule(
    name="labels_at_chance",
    label=mark("labels at chance"),
    sentence=mark("Gradients flow and weights move, but what the labels teach does not hold for other samples."),
    detect=detect,
    quantities={
        "surprise": Quantity(mark("validation accuracy less training accuracy"), "share"),
        "val_loss": Quantity(mark("validation loss")),
        "train_loss": Quantity(mark("training loss")),
    },
    refuted=f"a loss on other samples below {1 - AT_PRIOR:g} of the label entropy, or an accuracy of twice chance",
    changes=USUAL_LABELS[:2],
    explains=frozenset({"overfitting", "undertraining"}),
)
