"""Mistakes about who moves which weights, and how long: optimisers, their parameters, their schedules."""

from __future__ import annotations

from itertools import pairwise

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, measured, ratio
from paribus.diagnosis.findings.mistakes.gradients import is_flat
from paribus.diagnosis.findings.mistakes.mistake import SYMPTOMS, certain, looks, mistake, of_loop
from paribus.diagnosis.findings.rule import Quantity
from paribus.diagnosis.findings.what_to_try import to
from paribus.records.finding import Finding, Strength

ENOUGH = 9  # steps in which an optimiser has stepped, if it ever does: accumulation takes a few
SPENT, LONG, ALL_BUT = 0.01, 0.5, 0.9  # of the highest rate; for which share of the training
OFTEN = 2  # optimisers made anew
UNUSED = 2  # the last looks, at which the model was not called
_STILL = SYMPTOMS | {"frozen_layer"}
_NOTHING = _STILL | {"nothing_moves"}


def _no_update(history: History) -> Finding | None:
    """Gradients come, and no optimiser ever steps."""
    seen = looks(history)
    if not seen or seen[-1].step < ENOUGH or seen[-1].loop.updates or seen[-1].loop.others_moved:
        return None
    if not any(s.loop.backwards for s in seen):
        return None
    return history.finding("no_update", "strong", measured("updates", 0, 1, DEFINITION))


def _other_model(history: History) -> Finding | None:
    """The model that is watched is not called, or no more from some step on, and gets no gradient."""
    seen = looks(history)
    last = history.steps[-UNUSED:]
    still = all(not s.loop.forwards and not s.loop.backwards for s in seen[-UNUSED:])
    if len(seen) <= UNUSED or not still or any(layer.gradient_norm for s in last for layer in s.layers.values()):
        return None
    return history.finding("model_not_used", "strong", measured("forwards", 0, 1, DEFINITION))


def _foreign(history: History) -> Finding | None:
    """None of the parameters that the optimiser holds is the model's."""
    own = of_loop(history, lambda loop: loop.own)
    if not own or max(p.value for p in own) > 0:
        return None
    return history.finding("optimizer_of_another_model", "strong", measured("own", 0.0, 0.0, DEFINITION))


def _missing(history: History) -> Finding | None:
    """Layers that could be trained are in no optimiser. Those before all that are may be meant to stay."""
    seen = looks(history)
    if not seen or not seen[-1].loop.missing or seen[-1].loop.own == 0:
        return None
    last = seen[-1].loop
    trained = history.outcome not in ("failed", "partly")
    strength: Strength = "weak" if trained and not last.between else certain(history)
    evidence = measured("held", last.held or 0.0, 1.0, DEFINITION)
    return history.finding("layers_not_in_optimizer", strength, evidence, layers=last.missing)


def _spent(history: History) -> Finding | None:
    """For most of the training the learning rate is next to nothing beside its highest, and little was learned."""
    rates = history.network(lambda s: s.learning_rate)
    if len(rates) < 3 or history.outcome == "trained":
        return None
    highest = max(p.value for p in rates)
    gone = sum(after.step - before.step for before, after in pairwise(rates) if before.value < SPENT * highest)
    share = ratio(gone, rates[-1].step - rates[0].step)
    if highest <= 0 or share is None or share < LONG or rates[-1].value >= SPENT * highest:
        return None
    evidence = measured("rate_left", rates[-1].value / highest, SPENT), measured("spent", share, LONG)
    first = next(p.step for p in rates if p.value < SPENT * highest)
    return history.finding("learning_rate_spent", certain(history), *evidence, first=first)


def _nothing_moves(history: History) -> Finding | None:
    """The optimiser steps, and no weight of any layer changes."""
    seen = looks(history)
    if len(seen) < 2 or not seen[-1].loop.updates or not history.layers or history.still < set(history.layers):
        return None
    if not any(layer.weight_norm for s in history.steps for layer in s.layers.values()):
        return None  # weights that are all zero stay so by themselves
    if all(is_flat(s) for s in history.steps if s.loop is not None and s.loop.backwards) and seen[-1].loop.backwards:
        return None  # which is no matter of the optimiser
    evidence = measured("still_layers", len(history.still), 0, DEFINITION)
    return history.finding("nothing_moves", "strong", evidence, layers=history.layers)


def _anew(history: History) -> Finding | None:
    """Optimisers with a state of their own are made again and again, and each begins without it."""
    fresh = of_loop(history, lambda loop: loop.fresh)
    if not fresh or fresh[-1].value < OFTEN:
        return None
    return history.finding(
        "optimizer_made_anew", certain(history), measured("fresh", fresh[-1].value, OFTEN, DEFINITION)
    )


NO_UPDATE = mistake(
    "no_update",
    "backward",
    mark("no step of the optimiser"),
    mark("Gradients come, and no optimiser ever steps: the weights stay as they began."),
    mark("Call optimizer.step() after backward."),
    _no_update,
    {"updates": Quantity(mark("updates"))},
    "an update",
    explains=_NOTHING | {"gradients_piled_up", "gradient_erased", "layers_not_in_optimizer"},
)
OTHER_MODEL = mistake(
    "model_not_used",
    "optimizer",
    mark("another model is trained"),
    mark("The model that is watched is not called in training and gets no gradient."),
    mark("Look for a model that is made twice, or again in each epoch, and for a copy that is trained in its place."),
    _other_model,
    {"forwards": Quantity(mark("forward passes of the model"))},
    "a forward pass or a gradient of the model",
    explains=_NOTHING | {"no_update", "gradient_cut_off", "optimizer_of_another_model", "layers_not_in_optimizer"},
)
FOREIGN = mistake(
    "optimizer_of_another_model",
    "optimizer",
    mark("optimiser of another model"),
    mark("None of the parameters that the optimiser holds belongs to the model."),
    mark("Make the optimiser from the parameters of the model that is trained, after that is made."),
    _foreign,
    {"own": Quantity(mark("share of the optimiser's numbers that are the model's"), "share")},
    "a parameter of the model in the optimiser",
    explains=_NOTHING | {"layers_not_in_optimizer", "no_update", "gradient_cut_off", "gradients_piled_up"},
)
MISSING = mistake(
    "layers_not_in_optimizer",
    "optimizer",
    mark("layers missing from the optimiser"),
    mark("No optimiser holds the weights of {layers}, so that they stay as they began."),
    mark("Give the optimiser model.parameters(), or set requires_grad to False for what is to stay."),
    _missing,
    {"held": Quantity(mark("share of the trainable numbers that an optimiser holds"), "share")},
    "every trainable layer in an optimiser",
    explains=_STILL,
)
NOTHING_MOVES = mistake(
    "nothing_moves",
    "optimizer",
    mark("weights that do not move"),
    mark("The optimiser steps, and the weights of {layers} stay exactly as they were."),
    mark("Look for requires_grad set to False and never set back, and for a learning rate of 0."),
    _nothing_moves,
    {"still_layers": Quantity(mark("layers that no update changes"))},
    "an update that changes a layer's weights",
    explains=_STILL,
)
RATE_SPENT = mistake(
    "learning_rate_spent",
    "step",
    mark("learning rate fallen to nothing"),
    mark("The schedule has brought the learning rate to next to nothing early in the training."),
    mark("Step a schedule made for epochs once an epoch, not once a batch; or give it the number of steps."),
    _spent,
    {
        "rate_left": Quantity(mark("last learning rate over the highest"), "share"),
        "spent": Quantity(mark("share of the training at less than a hundredth of the highest rate"), "share"),
    },
    f"a learning rate above {SPENT:g} of its highest for half of the training, or a network that trains",
    changes=(to("schedule", "constant"), to("step_factor", 0.1)),
)
MADE_ANEW = mistake(
    "optimizer_made_anew",
    "optimizer",
    mark("optimiser made again and again"),
    mark("The optimiser is made anew while training goes on, and begins each time without what it had gathered."),
    mark("Make the optimiser once, before the loop."),
    _anew,
    {"fresh": Quantity(mark("optimisers that began without a state"))},
    "the same optimiser throughout",
)
