"""For every rule numbers of a trace with which its finding cannot be so, worked out by other code than the rule's.

Each is enough by itself: what is not refuted here need not be right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from paribus.records.finding import Finding
from paribus.records.loop_trace import AnswersTrace, LoopTrace, LossTrace
from paribus.records.program import Epoch
from paribus.records.trace import LayerTrace, OutputTrace, StepTrace

UNKNOWN_LOSS = "unknown"


@dataclass
class Told:
    """A finding and the trace that it is of."""

    finding: Finding
    steps: list[StepTrace]
    metrics: list[Epoch]

    @property
    def loops(self) -> list[LoopTrace]:
        return [s.loop for s in self.steps if s.loop is not None]

    @property
    def losses(self) -> list[LossTrace]:
        return [loop.loss for loop in self.loops if loop.loss is not None]

    @property
    def answers(self) -> list[AnswersTrace]:
        return [loop.answers for loop in self.loops if loop.answers is not None]

    @property
    def outputs(self) -> list[OutputTrace]:
        return [s.output for s in self.steps if s.output is not None]

    def layers(self, *, own: bool = True) -> Iterator[tuple[str, StepTrace, LayerTrace]]:
        """Each layer at each step; own: those that the finding names."""
        for step in self.steps:
            for name, layer in step.layers.items():
                if not own or name in self.finding.layers:
                    yield name, step, layer

    def all_losses(self) -> list[float]:
        """Every loss of the trace, in whatever unit."""
        seen = [s.loss for s in self.steps] + [loss.value for loss in self.losses] + [o.loss for o in self.outputs]
        seen += [m.figures[name] for m in self.metrics for name in ("train_loss", "val_loss")]
        return [loss for loss in seen if loss is not None]

    def evidence(self, quantity: str) -> float | None:
        return next((e.value for e in self.finding.evidence if e.quantity == quantity), None)


def known(values: Iterable[float | bool | None]) -> list[float]:
    """The numbers that are there."""
    return [float(value) for value in values if value is not None and math.isfinite(value)]


def below(values: Iterable[float | None], bound: float) -> bool:
    """Whether there are numbers, and all of them are."""
    seen = known(values)
    return bool(seen) and max(seen) < bound


def above(values: Iterable[float | None], bound: float) -> bool:
    seen = known(values)
    return bool(seen) and min(seen) > bound


def beyond_chance(told: Told) -> bool:
    rights = known(o.right for o in told.outputs)
    if not rights or not math.isfinite(told.outputs[-1].prior_entropy):
        return False
    chance = math.exp(-max(told.outputs[-1].prior_entropy, 0))
    return rights[-1] > 2 * chance and rights[-1] > (1 + chance) / 2


def rate_was_higher(told: Told) -> bool:
    rates, ratio = known(s.learning_rate for s in told.steps), told.evidence("update_ratio")
    return bool(rates) and bool(ratio) and rates[-1] > 0 and max(rates) > 1.001 * rates[-1] * 1e-3 / (ratio or 1)


def rate_is_left(told: Told) -> bool:
    rates = known(s.learning_rate for s in told.steps)
    return bool(rates) and rates[-1] > 0.01 * max(rates)


def keeps_weights(told: Told) -> bool:
    norms: dict[str, list[float]] = {}
    for name, _, layer in told.layers():
        norms.setdefault(name, []).append(layer.weight_norm)
    return any(below([-norm[-1]], -0.5 * norm[0]) for norm in map(known, norms.values()) if norm)


def moved(layer: LayerTrace, share: float) -> bool:
    """Whether an update changed more of a layer's weights."""
    weights = known([layer.weight_norm]) or [math.inf]
    return bool(known([layer.update_norm])) and (layer.update_norm or 0) > share * max(0.0, *weights)


def no_faint_gradient(told: Told) -> bool:
    """Whether weights times gradient are at least a ten-thousandth of the label entropy in every layer at the start."""
    entropies = [s.label_entropy for s in told.steps] + [o.prior_entropy for o in told.outputs]
    summed = [50 * (loss.scale or 0) for loss in told.losses]  # of at most so many samples
    least = 1e-4 * max([1.0, *known(entropies)]) * max([1.0, *known(summed)])
    products = [layer.weight_norm * layer.gradient_norm for _, s, layer in told.layers() if s.step < 10]
    return not any(0 < product < least for product in products)


def no_size_but(told: Told, least: float, most: float) -> bool:
    """Whether every batch's inputs are known, and all are of a usual size."""
    seen = [
        (s.loop.entered_mean or 0.0, s.loop.entered_std)
        if s.loop is not None and s.loop.entered_std is not None
        else (s.input_mean or 0.0, s.input_std)
        for s in told.steps
    ]
    seen = [pair for pair in seen if known([pair[1]])]
    sizes = [(math.hypot(mean, std or 0), std or 0) for mean, std in seen if math.isfinite(mean)]
    return bool(sizes) and len(sizes) == len(seen) and all(size <= most and std >= least for size, std in sizes)


def held_out_alike(told: Told) -> bool:
    return not known(loop.held_std for loop in told.loops) or not known(loop.held_mean for loop in told.loops)


def reached(told: Told) -> bool:
    """Whether a loss on other samples was clearly under the label entropy."""
    last = [m.figures for m in told.metrics[-1:]]
    return bool(last) and last[0]["train_accuracy"] - last[0]["val_accuracy"] < 0.05


def stands_still(told: Told) -> bool:
    """Whether there is one look, with a finite loss and short updates."""
    updates = [(layer.update_norm or 0, layer.weight_norm) for _, _, layer in told.layers(own=False)]
    short = all(math.isfinite(norm) and update < norm for update, norm in updates)
    return len(told.steps) < 2 and not told.metrics and short and all(map(math.isfinite, told.all_losses()))


def mixture(step: StepTrace) -> float | None:
    """A batch's label entropy over the most that a batch of its size can have, 8 where that is unknown."""
    entropy, size = step.label_entropy, step.batch_size or 8
    return None if entropy is None or not math.isfinite(entropy) or size < 8 else entropy / math.log(size)


def surprised(told: Told) -> bool:
    return told.evidence("surprise") is not None


REFUTED: dict[str, Callable[[Told], Any]] = {
    # Mistakes of loops
    "inputs_not_finite": lambda t: all(not loop.bad_inputs for loop in t.loops),
    "model_not_used": lambda t: any(loop.forwards or loop.backwards for loop in t.loops[-2:]),
    "layers_not_registered": lambda t: not any(loop.unregistered for loop in t.loops),
    "rows_mixed": lambda t: (
        bool(known(a.dependence for a in t.answers)) and min(known(a.dependence for a in t.answers)) < 0.01
    ),
    "target_broadcast": lambda t: min(known(loss.growth for loss in t.losses), default=0) < 1.5,
    "softmax_over_batch": lambda t: any(loss.dimension == 1 for loss in t.losses),
    "logarithm_missing": lambda t: (
        all(loss.kind != "nll" and loss.likely is None for loss in t.losses)
        or (all(loss.likely is None for loss in t.losses) and bool(t.answers) and all(a.log for a in t.answers))
    ),
    "probabilities_as_logits": lambda t: all(
        loss.kind not in ("cross_entropy", "bce_logits") and loss.given is None for loss in t.losses
    ),
    "outputs_bounded": lambda t: (
        all(a.bound is None and not a.out_of_reach for a in t.answers) and all(loss.over != 1 for loss in t.losses)
    ),
    "softmax_between_layers": lambda t: not any(loop.squeezed for loop in t.loops),
    "no_activation": lambda t: (
        any(bent > 1e-4 for bent in known(a.bent for a in t.answers))
        or any(layer.slope is not None for _, _, layer in t.layers(own=False))
    ),
    "squared_error_of_probabilities": lambda t: (
        not any(a.distribution or a.bound == "sigmoid" for a in t.answers)
        or all(loss.kind not in ("squared", "absolute") for loss in t.losses)
    ),
    "gradient_cut_off": lambda t: (
        any(set(t.finding.layers) - set(loop.cut) for loop in t.loops if loop.forwards or loop.backwards)
        and all(layer.gradient_norm for s in t.steps for name, layer in s.layers.items() if name in t.finding.layers)
    ),
    "gradients_piled_up": lambda t: all((loop.leftover or 0) <= 0.1 for loop in t.loops),
    "gradient_erased": lambda t: any(loop.erased is False for loop in t.loops),
    "no_update": lambda t: any(loop.updates for loop in t.loops[-1:]),
    "optimizer_of_another_model": lambda t: any(own > 0 for own in known(loop.own for loop in t.loops)),
    "layers_not_in_optimizer": lambda t: not t.loops[-1].missing,
    "nothing_moves": lambda t: any(moved(layer, 0) for _, _, layer in t.layers()),
    "gradient_ascent": lambda t: (
        not any(loss.uphill for loss in t.losses) and all((loop.along or 0) <= 0.1 for loop in t.loops)
    ),
    "learning_rate_spent": rate_is_left,
    "gradient_clipped_away": lambda t: above((loop.clipped for loop in t.loops), 0.02),
    "optimizer_made_anew": lambda t: t.loops[-1].fresh < 2,
    "loss_is_a_sum": lambda t: below((loss.scale for loss in t.losses), 2.0),
    "evaluation_mode_in_training": lambda t: all(loop.training for loop in t.loops if loop.training is not None),
    "held_out_scale": held_out_alike,
    "labels_renamed": lambda t: any(
        (o.right or 0) > 0.5 * (o.renamed or 0) for o in t.outputs[-1:] if o.right is not None
    ),
    "held_out_shared": lambda t: not any(loop.shared for loop in t.loops),
    "random_answers": lambda t: any(noise < 1e-3 for noise in known(a.noise for a in t.answers)),
    "training_mode_in_evaluation": lambda t: not t.loops[-1].evaluated_training,
    "batch_norm_of_few": lambda t: any(few > 4 for few in known(loop.few for loop in t.loops)),
    "no_probabilities": lambda t: all(loss.kind not in ("shares", "likelihood") for loss in t.losses),
    "targets_beyond_one": lambda t: all(not a.out_of_reach for a in t.answers),
    "answer_in_input": lambda t: any(ahead < 0.01 for ahead in known(a.ahead for a in t.answers)),
    "attention_crossed": lambda t: all(not a.crossed for a in t.answers),
    "targets_not_scaled": lambda t: (
        all(size <= 30 for size in known(loss.target_size for loss in t.losses))
        and all(std >= 0.01 for std in known(loss.target_std for loss in t.losses))
    ),
    "loss_divided": lambda t: above((loss.scale for loss in t.losses), 0.1),
    "inputs_drift": lambda t: max(known(s.input_std for s in t.steps)) < 10 * min(known(s.input_std for s in t.steps)),
    "same_batch": lambda t: any(loop.same is False for loop in t.loops),
    "averages_behind": lambda t: all((loop.behind or 0) < 2 for loop in t.loops),
    # Networks
    "gradient_zero": lambda t: (
        not any(all(layer.gradient_norm == 0 for layer in s.layers.values()) for s in t.steps if s.loop is not None)
    ),
    "inputs_constant": lambda t: any(
        (s.input_std or 0) > 1e-6 * max(1.0, abs(s.input_mean or 0))
        for s in t.steps
        if known([s.input_std]) and math.isfinite(s.input_mean or 0)
    ),
    "inputs_not_normalised": lambda t: no_size_but(t, 0.05, 10.0),
    "class_imbalance": lambda t: (
        not known(s.label_entropy for s in t.steps)
        and not known(o.prior_entropy for o in t.outputs)
        and not known(loss.constant for loss in t.losses)
    ),
    "batch_order": lambda t: above((mixture(s) for s in t.steps), 0.31),
    "symmetric_units": lambda t: any(
        layer.weight_norm != 0 and above([layer.unit_spread], 1e-6) for _, s, layer in t.layers() if s is t.steps[0]
    ),
    "collapse_to_zero": keeps_weights,
    "noise_too_strong": lambda t: all(s.dropout == 0 for s in t.steps),
    "learning_rate_too_high": stands_still,
    "saturation_low": lambda t: all((layer.saturated_low or 0) <= 0.1 for _, _, layer in t.layers()),
    "saturation_high": lambda t: all((layer.saturated_high or 0) <= 0.1 for _, _, layer in t.layers()),
    "exploding_gradient": lambda t: (
        not set(t.finding.layers) <= {name for name, _, layer in t.layers(own=False) if layer.update_norm != 0}
    ),
    "dead_units": lambda t: any(
        below((layer.dead for n, _, layer in t.layers() if n == name), 0.1) for name in t.finding.layers
    ),
    "vanishing_gradient": no_faint_gradient,
    "learning_rate_too_low": rate_was_higher,
    "labels_at_chance": lambda t: not surprised(t) and beyond_chance(t),
    "frozen_layer": lambda t: any(moved(layer, 1e-6) for _, _, layer in t.layers()),
    "undertraining": lambda t: not all(map(math.isfinite, t.all_losses())),
    "overfitting": reached,
    "divergence": lambda t: above(t.all_losses(), 1.0) and max(t.all_losses()) < 2.9,
    "constant_predictor": lambda t: any(above([o.spread], 1.0) for o in t.outputs[-1:]),
}
