"""What each mend does, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paribus.programs.function.mending import gradients, loaders, losses, networks, optimizers
from paribus.programs.function.mending.base import Mending

ACTING: Mapping[str, Callable[[Mending, Any], None]] = {
    act.__name__: act
    for act in (
        loaders.shuffle,
        networks.standard_inputs,
        networks.alike_inputs,
        networks.usual_weights,
        networks.train_mode,
        networks.eval_mode,
        networks.no_dropout,
        networks.no_chance,
        losses.softmax_over_classes,
        losses.relu_between,
        losses.target_shape,
        losses.log_probabilities,
        losses.loss_of_logits,
        losses.cross_entropy,
        gradients.mean_loss,
        gradients.clear_gradients,
        gradients.keep_gradients,
        gradients.descent,
        gradients.no_clip,
        gradients.clip,
        gradients.step_taken,
        optimizers.all_parameters,
        optimizers.one_optimizer,
        optimizers.constant_rate,
        optimizers.learning_rate,
        optimizers.no_decay,
    )
}
