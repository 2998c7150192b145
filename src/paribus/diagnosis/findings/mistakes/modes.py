"""Mistakes of mode: training as if evaluating, evaluating as if training."""

from __future__ import annotations

from statistics import median

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, later_half, measured
from paribus.diagnosis.findings.mistakes.mistake import SYMPTOMS, answers_figures, certain, looks, mistake, of_loop
from paribus.diagnosis.findings.rule import Quantity
from paribus.records.finding import Finding

RANDOM = 1e-3  # difference of two same passes in evaluation mode, of the answers' deviation
FEW = 4  # numbers of which a batch normalisation takes a mean
MOST = 0.5  # of the looks
BEHIND, SETTLED = 2.0, 60  # deviations of a batch; steps after which averages of the usual momentum are there


def _evaluation(history: History) -> Finding | None:
    """The model is in evaluation mode as it is trained, and that matters; from the start or since it was evaluated."""
    seen = [s.loop.training for s in looks(history) if s.loop.modes_matter and s.loop.training is not None]
    if not seen or any(later_half(tuple(seen[1:] or seen))):
        return None
    return history.finding(
        "evaluation_mode_in_training", certain(history), measured("in_training_mode", 0.0, MOST, DEFINITION)
    )


def _training(history: History) -> Finding | None:
    """The model is evaluated without gradients while dropout or batch normalisation are as in training."""
    seen = looks(history)
    if not seen or not seen[-1].loop.modes_matter or not seen[-1].loop.evaluated_training:
        return None
    evidence = measured("evaluated_training", seen[-1].loop.evaluated_training, 0, DEFINITION)
    return history.finding("training_mode_in_evaluation", "moderate", evidence)


def _random(history: History) -> Finding | None:
    """In evaluation mode the same inputs get other answers each time."""
    noise = answers_figures(history, lambda answers: answers.noise)
    if not noise or min(noise) < RANDOM:
        return None
    return history.finding("random_answers", "moderate", measured("answer_noise", min(noise), RANDOM, DEFINITION))


def _few(history: History) -> Finding | None:
    """A batch normalisation takes its mean and deviation of so few numbers that they are chance."""
    few = of_loop(history, lambda loop: loop.few)
    if not few or max(p.value for p in few) > FEW:
        return None
    return history.finding("batch_norm_of_few", certain(history), measured("averaged", few[-1].value, FEW))


def _behind(history: History) -> Finding | None:
    """Late in training a batch normalisation's running averages are still far from the batches'."""
    far = of_loop(history, lambda loop: loop.behind if loop.training else None)
    late = [p.value for p in far if p.step >= SETTLED]
    if not late or median(late) < BEHIND:
        return None
    return history.finding("averages_behind", certain(history), measured("behind", median(late), BEHIND))


EVALUATION_IN_TRAINING = mistake(
    "evaluation_mode_in_training",
    "forward",
    mark("evaluation mode in training"),
    mark("The model is trained in evaluation mode: dropout does nothing, and batch normalisation uses old averages."),
    mark("Call model.train() before training, again after each evaluation."),
    _evaluation,
    {"in_training_mode": Quantity(mark("share of updates in training mode"), "share")},
    "updates in training mode, or a model without dropout and batch normalisation",
)
TRAINING_IN_EVALUATION = mistake(
    "training_mode_in_evaluation",
    "evaluation",
    mark("training mode in evaluation"),
    mark("The model is evaluated in training mode: dropout drops, and batch normalisation averages over what it gets."),
    mark("Call model.eval() before each evaluation, and model.train() after it."),
    _training,
    {"evaluated_training": Quantity(mark("passes without gradients in training mode"))},
    "evaluation mode in every pass without gradients",
    explains=frozenset({"noise_too_strong"}),
)
RANDOM_ANSWERS = mistake(
    "random_answers",
    "forward",
    mark("chance in evaluation"),
    mark("In evaluation mode the model answers the same inputs otherwise each time."),
    mark("Give F.dropout training=self.training, or use nn.Dropout."),
    _random,
    {"answer_noise": Quantity(mark("difference between two same passes, over the answers' deviation"), "share")},
    f"two same passes in evaluation mode that differ by less than {RANDOM:g} of the answers' deviation",
    explains=SYMPTOMS - {"divergence"},
)
FEW_AVERAGED = mistake(
    "batch_norm_of_few",
    "forward",
    mark("batch normalisation over a handful"),
    mark("Batch normalisation takes its averages over so few numbers that they are mostly chance."),
    mark("Use larger batches, or group or layer normalisation."),
    _few,
    {"averaged": Quantity(mark("numbers that an average is of"))},
    f"averages over more than {FEW} numbers",
)
BEHIND_AVERAGES = mistake(
    "averages_behind",
    "evaluation",
    mark("averages that do not follow"),
    mark(
        "Running averages of batch normalisation are far from those of batches, so that evaluation answers otherwise."
    ),
    mark("Give batch normalisation a momentum of about 0.1, or more steps of training."),
    _behind,
    {"behind": Quantity(mark("distance of running averages from the batch's, in its deviations"))},
    f"running averages within {BEHIND:g} deviations of the batch's after {SETTLED} steps",
    explains=frozenset({"labels_at_chance", "overfitting", "constant_predictor", "noise_too_strong"}),
)
