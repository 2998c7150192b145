"""Mistakes of a loop that somebody wrote: each a rule, by its own mechanism, in a file with those of its kind."""

from paribus.diagnosis.findings.mistakes import gradients, inputs, losses, modes, optimizers, outputs
from paribus.diagnosis.findings.rule import Rule

# In the order of a training step: of two mistakes the one that comes first in it is named first.
_IN_ORDER: tuple[Rule, ...] = (
    inputs.NOT_FINITE,
    optimizers.OTHER_MODEL,
    outputs.UNREGISTERED,
    outputs.ROWS_MIXED,
    losses.BROADCAST,
    losses.ACROSS_BATCH,
    losses.NO_LOGARITHM,
    losses.TWICE,
    losses.BOUNDED,
    outputs.SQUEEZED,
    outputs.STRAIGHT_LINE,
    losses.SQUARED,
    gradients.CUT_OFF,
    gradients.PILED_UP,
    gradients.ERASED,
    optimizers.NO_UPDATE,
    optimizers.FOREIGN,
    optimizers.MISSING,
    optimizers.NOTHING_MOVES,
    gradients.ASCENT,
    optimizers.RATE_SPENT,
    gradients.CLIPPED,
    optimizers.MADE_ANEW,
    losses.SUMMED,
    modes.EVALUATION_IN_TRAINING,
    inputs.HELD_OUT_SCALE,
    inputs.RENAMED,
    inputs.SHARED,
    modes.RANDOM_ANSWERS,
    modes.TRAINING_IN_EVALUATION,
    modes.FEW_AVERAGED,
)
MISTAKES: dict[str, Rule] = {rule.name: rule for rule in _IN_ORDER}
