"""What can be mended in a training from outside, without a change to its code: names, words, what points at each.

A mend stands among a run's fields, under `mend.NAME`: so it is part of what makes two runs the same run, and of the
record. What each does is in the folder of the program that can be mended. No torch here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paribus.core.errors import Fault, FaultsError, nearest
from paribus.core.fields import About, FieldSpec
from paribus.core.messages import Message, mark

PREFIX = "mend."
REVISION = "1"  # of what mends do: part of the identity of runs that have one


@dataclass(frozen=True)
class Mend:
    """One thing that is mended.

    Args:
        name: as it stands in a field's name, after the prefix.
        done: what is done, as the subject of a sentence: a message id, with `{value}` where it has one.
        fault: what it takes away, as what is to blame.
        findings: those whose mechanism it removes.
        moves: changes of a field that are made by it where there is no such field: name and value, as rules have them.
        value: what it is set to; True of what is either made or not.
    """

    name: str
    done: str
    fault: str
    findings: tuple[str, ...] = ()
    moves: tuple[tuple[str, Any], ...] = ()
    value: Any = True

    @property
    def field(self) -> str:
        """Its name among a run's fields."""
        return PREFIX + self.name


_IN_ORDER = (
    Mend(
        "shuffle",
        mark("shuffling the batches"),
        mark("batches that come in one order"),
        moves=(("batch_order", "shuffled"),),
    ),
    Mend(
        "standard_inputs",
        mark("standardising the inputs"),
        mark("inputs that are not standardised"),
        moves=(("normalise", True),),
    ),
    Mend(
        "alike_inputs",
        mark("giving held-out inputs the scale and mean of the training inputs"),
        mark("held-out inputs that are prepared otherwise"),
        ("held_out_scale",),
    ),
    Mend(
        "usual_weights",
        mark("starting from each layer's default weights"),
        mark("the first weights"),
        moves=(("initialisation", "default"), ("init_gain", 1.0)),
    ),
    Mend(
        "train_mode",
        mark("training in training mode"),
        mark("training in evaluation mode"),
        ("evaluation_mode_in_training",),
    ),
    Mend(
        "eval_mode",
        mark("evaluating in evaluation mode"),
        mark("evaluation in training mode"),
        ("training_mode_in_evaluation",),
    ),
    Mend("no_dropout", mark("switching dropout off"), mark("dropout"), moves=(("dropout", 0.0),)),
    Mend("no_chance", mark("no dropout in evaluation"), mark("dropout in evaluation"), ("random_answers",)),
    Mend(
        "softmax_over_classes",
        mark("a softmax over the classes"),
        mark("a softmax over the batch"),
        ("softmax_over_batch", "rows_mixed"),
    ),
    Mend(
        "relu_between",
        mark("ReLU in place of the softmax between layers"),
        mark("a softmax between layers"),
        ("softmax_between_layers",),
    ),
    Mend(
        "target_shape",
        mark("giving the targets the outputs' shape"),
        mark("targets that are broadcast against the outputs"),
        ("target_broadcast",),
    ),
    Mend(
        "log_probabilities",
        mark("giving the likelihood loss logarithms of probabilities"),
        mark("a likelihood loss of what is no logarithm"),
        ("logarithm_missing",),
    ),
    Mend(
        "loss_of_logits",
        mark("leaving out the activation before the loss"),
        mark("an activation before the loss"),
        ("probabilities_as_logits", "outputs_bounded"),
    ),
    Mend(
        "cross_entropy",
        mark("cross entropy in place of the error of probabilities"),
        mark("a squared or absolute error of probabilities"),
        ("squared_error_of_probabilities",),
    ),
    Mend(
        "mean_loss", mark("a mean of the loss over the batch"), mark("a loss summed over the batch"), ("loss_is_a_sum",)
    ),
    Mend(
        "clear_gradients",
        mark("clearing gradients after each step"),
        mark("gradients that are not cleared"),
        ("gradients_piled_up",),
    ),
    Mend(
        "keep_gradients",
        mark("keeping gradients until the step"),
        mark("gradients that are cleared before the step"),
        ("gradient_erased",),
    ),
    Mend("descent", mark("stepping down the loss"), mark("steps up the loss"), ("gradient_ascent",)),
    Mend(
        "no_clip",
        mark("leaving gradients unclipped"),
        mark("the clipping of gradients"),
        ("gradient_clipped_away",),
        moves=(("gradient_clip", 0.0),),
    ),
    Mend(
        "clip",
        mark("clipping gradients to length 1"),
        mark("gradients that are not clipped"),
        moves=(("gradient_clip", 1.0),),
    ),
    Mend(
        "step_taken",
        mark("stepping after each backward pass"),
        mark("an optimiser that never steps"),
        ("no_update",),
    ),
    Mend(
        "all_parameters",
        mark("giving the optimiser all parameters"),
        mark("parameters that the optimiser does not have"),
        ("optimizer_of_another_model", "layers_not_in_optimizer", "layers_not_registered"),
    ),
    Mend(
        "one_optimizer",
        mark("keeping the optimiser's state throughout"),
        mark("an optimiser that is made again and again"),
        ("optimizer_made_anew",),
    ),
    Mend(
        "constant_rate",
        mark("switching the learning rate's schedule off"),
        mark("the learning rate's schedule"),
        ("learning_rate_spent",),
        moves=(("schedule", "constant"),),
    ),
    Mend("learning_rate", mark("{value} times the learning rate"), mark("the learning rate"), value=1.0),
    Mend(
        "no_decay",
        mark("switching weight decay off"),
        mark("weight decay"),
        moves=(("weight_decay", 0.0),),
    ),
)
MENDS: Mapping[str, Mend] = {mend.field: mend for mend in _IN_ORDER}


def mend_specification(field: str) -> FieldSpec:
    """Of one mend, as of any other field of a run; no comparison's arms differ in it."""
    mend = MENDS[field]
    kind = "switch" if mend.value is True else "number"
    return FieldSpec(name=field, kind=kind, default=None, help=mend.done, about=About(factor=False))  # type: ignore[arg-type]


def parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A function's own fields, and the mends among them by the names of their fields, checked.

    Raises FaultsError with all faults at once.
    """
    mends = {name: value for name, value in values.items() if name.startswith(PREFIX)}
    faults = []
    for name, value in mends.items():
        if name not in MENDS:
            valid = Message("the mends are {choices}", choices=tuple(MENDS))
            faults.append(Fault("there is no such mend", name, hint=nearest(name, MENDS, valid)))
        elif MENDS[name].value is True and value is not True:
            faults.append(Fault("{field} must be true: a mend that is not made is left out", value, field=name))
        elif MENDS[name].value is not True and not _is_factor(value):
            faults.append(Fault("{field} must be a number greater than 0", value, field=name))
    if faults:
        raise FaultsError("the mends", faults)
    return {name: value for name, value in values.items() if name not in mends}, mends


def _is_factor(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")
