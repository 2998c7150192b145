"""The trace: what probes saw during a run, per layer and sampled step, as scalars."""

from __future__ import annotations

from paribus.core.frozen import Frozen
from paribus.records.loop_trace import LoopTrace


class LayerTrace(Frozen):
    """One layer with weights, at one step, before the step's update.

    Norms are Euclidean, of the weight tensor alone; `weight_rms` is its root mean square. `gradient_norm`: of the data
    gradient, the loss's own, without weight decay. `decay_pull`: weight decay times the weight's norm. `update_norm`:
    of what the step then changed. `unit_spread`: smallest distance between what enters two units, weights and bias, as
    a share of the root mean square norm of that; 0 where two units are equal; None for a layer of one unit.

    The rest describes the activation that follows, on a probe batch, unpooled; None for a layer without one.
    `pre_mean`, `pre_std`: mean and deviation of the pre-activations. `slope`: mean absolute derivative there;
    `slope_product`: product of `slope` over this and all later activations. `zeros`: share of outputs exactly zero.
    `dead`: share of units whose derivative is zero for every sample of the batch. `saturated_low`, `saturated_high`:
    share of outputs at a flat end of the activation, where its slope stays under 5 % of its largest; None for an
    activation without that end.
    """

    weight_norm: float
    gradient_norm: float
    weight_rms: float | None = None
    decay_pull: float | None = None
    update_norm: float | None = None
    unit_spread: float | None = None
    pre_mean: float | None = None
    pre_std: float | None = None
    slope: float | None = None
    slope_product: float | None = None
    zeros: float | None = None
    dead: float | None = None
    saturated_low: float | None = None
    saturated_high: float | None = None


class OutputTrace(Frozen):
    """What the network answers to the probe batch. Losses and entropies in nats.

    `spread`: standard deviation over inputs of a class's probability, averaged over classes; 0 for a constant output.
    `predicted_entropy`: entropy of how often each class is predicted. `loss`: mean cross entropy;
    `prior_entropy`: entropy of the batch's labels, the loss of the best constant predictor. `classes`: how many
    classes the network tells apart. `right`: share answered rightly; `renamed`: where each answer counts as the
    class that it is given for most often. None where the probe did not look.
    """

    spread: float
    predicted_entropy: float
    loss: float
    prior_entropy: float
    classes: int | None = None
    right: float | None = None
    renamed: float | None = None


class StepTrace(Frozen):
    """All layers, in the order of the forward pass, at one step. `step` counts from 0 over the whole training.

    `loss`: of the training batch, before the update. `weight_decay` is as the optimiser has it; `decoupled`: applied
    to the weights (AdamW) rather than added to the gradient. `input_mean`, `input_std`: of the training batch's inputs.
    `dropout`: the largest probability of the network's dropout layers; None without such layers.
    `label_entropy`: of the training batch's labels, nats. `batch_size`: its samples. `gradient_noise`: the simple noise
    scale (McCandlish et al. 2018, eq. 2.9), in samples. `sharpness`: largest eigenvalue of the loss's Hessian (Cohen et
    al. 2021). Both are of the probe batch, in evaluation mode. `loop`: of a training loop that is not our own.
    """

    step: int
    layers: dict[str, LayerTrace]
    loss: float | None = None
    learning_rate: float | None = None
    weight_decay: float | None = None
    decoupled: bool | None = None
    dropout: float | None = None
    input_mean: float | None = None
    input_std: float | None = None
    label_entropy: float | None = None
    batch_size: int | None = None
    output: OutputTrace | None = None
    gradient_noise: float | None = None
    sharpness: float | None = None
    loop: LoopTrace | None = None
