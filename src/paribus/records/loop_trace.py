"""What a probe saw of a training loop that somebody wrote: its loss, its gradients, its optimisers, its modes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from paribus.core.frozen import Frozen

# What the loss does with the outputs, as its gradient by them tells. One class a row: of logits, of logarithms of
# probabilities, of probabilities, of numbers that it divides by their sum. Yes or no: of logits, of probabilities.
LossKind = Literal[
    "cross_entropy", "nll", "likelihood", "shares", "bce_logits", "bce", "squared", "absolute", "huber", "unknown"
]
OF_CLASSES = ("cross_entropy", "nll", "likelihood", "shares")
IN_NATS = (*OF_CLASSES, "bce_logits", "bce")
# What the outputs have passed through last, where that bounds them.
Bound = Literal["softmax", "sigmoid", "tanh", "relu"]


class LossTrace(Frozen):
    """A training batch's loss, as its gradient by the network's outputs has it.

    `kind`: which function of the outputs has this gradient. `scale`: the weight of all samples together: 1 for a
    mean, the batch size for a sum. `value`: mean over samples; `constant`: that of the best constant answer to the
    targets seen so far; nats for likelihoods. `uphill`: the gradient is that of minus the loss. `right`: share of the
    batch answered rightly, before the update. `samples`: how many targets it has. `growth`: entries of the loss for
    one of the output, where targets were broadcast against it. `given`: what bounds the numbers that the loss takes
    for logits, and `likely` those that it takes for logarithms of probabilities. `dimension`: along which a softmax
    of the loss ran. `over`: how many numbers that softmax is of. `bits`: its targets are 0 and 1, or where they
    cannot be known those of the held-out batch. `target_size`, `target_std`: root mean square and deviation of
    targets that are numbers.
    """

    kind: LossKind
    scale: float | None = None
    value: float | None = None
    constant: float | None = None
    uphill: bool | None = None
    right: float | None = None
    samples: int | None = None
    growth: float | None = None
    given: Bound | None = None
    likely: Bound | None = None
    dimension: int | None = None
    over: int | None = None
    bits: bool | None = None
    target_size: float | None = None
    target_std: float | None = None


class AnswersTrace(Frozen):
    """The outputs of a training batch.

    `low`, `high`: the smallest and largest. `distribution`: each row is of numbers from 0 up that sum to 1; `log`:
    the exponentials are. `classes`: the length of a row. `bound`: what the outputs passed through last.
    `out_of_reach`: share of the targets that no output so bounded can be. `dependence`: how far half of the rows
    answer otherwise where the rest are left out, and `noise`: how far two same passes in evaluation mode differ, and
    `bent`: how far the answer to the mean of two inputs is from the mean of their answers, all as shares of the
    answers' deviation. `ahead`: where each target is the next sign of the input, how far answers change with the
    signs that come after, of the same. `crossed`: products with a softmax that does not run along the dimension that
    is summed.
    """

    low: float
    high: float
    distribution: bool = False
    log: bool = False
    classes: int | None = None
    bound: Bound | None = None
    out_of_reach: float | None = None
    dependence: float | None = None
    noise: float | None = None
    bent: float | None = None
    ahead: float | None = None
    crossed: int | None = None


class LoopTrace(Frozen):
    """One update of a training loop; None for what could not be seen.

    `updates`: of the optimisers so far, this one included; `backwards`: backward passes since the one before.
    `leftover`: share of the gradient, by its norm, that earlier updates had already used. `erased`: a gradient had
    come and was gone as the optimiser stepped. `clipped`: the gradient that the optimiser got over the one that came,
    for a loss that is a mean. `along`: cosine between update and gradient; -1 for plain descent. `held`: share of the
    model's trainable numbers that an optimiser has; `own`: share of the optimisers' numbers that are the model's.
    `missing`: the trainable layers that no optimiser has, `between`: whether some of them come after one that it has.
    `cut`: trainable layers of optimisers that ran and got no gradient. `unregistered`: tensors that the model trains
    with and does not know as its parameters. `forwards`: of the model with gradients, since the update before.
    `training`: its mode then; `modes_matter`: whether it has layers that differ by mode. `evaluated_training`:
    evaluations without gradients so far that were in training mode. `fresh`: optimisers so far that were made after
    training began and began with no state. `others_moved`: whether the weights moved without the optimisers that the
    probe knows. `entered_mean`, `entered_std`: of what enters the first layer with weights. `bad_inputs`: share of
    the batch's rows with numbers that are not finite. `held_mean`, `held_std`: of the held-out inputs; `shared`:
    share of the held-out samples that were met in training batches. `squeezed`: layers whose input is a softmax.
    `same`: the batch is that of the look before. `behind`: how far a batch normalisation's running averages are from
    the batch's, in its deviations. `few`: the fewest numbers that a batch normalisation's mean is of. `places`: lines
    of the loop, `file.py:12`, where it calls the model (`forward`, `evaluation`), the loss, `backward`, the
    optimiser's `step`, and makes the `optimizer`.
    """

    loss: LossTrace | None = None
    answers: AnswersTrace | None = None
    updates: int = 0
    backwards: int = 0
    leftover: float | None = None
    erased: bool | None = None
    clipped: float | None = None
    along: float | None = None
    held: float | None = None
    own: float | None = None
    missing: tuple[str, ...] = ()
    between: bool | None = None
    cut: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    forwards: int = 0
    training: bool | None = None
    modes_matter: bool | None = None
    evaluated_training: int = 0
    fresh: int = 0
    others_moved: bool | None = None
    entered_mean: float | None = None
    entered_std: float | None = None
    bad_inputs: float | None = None
    held_mean: float | None = None
    held_std: float | None = None
    shared: float | None = None
    squeezed: tuple[str, ...] = ()
    same: bool | None = None
    behind: float | None = None
    few: int | None = None
    places: dict[str, str] = Field(default_factory=dict)
