"""The probe: looks at a training before and after an update, leaves no trace in it, and writes one step of its own."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim

from paribus.probes.activity import Sighting, watch
from paribus.probes.curvature import noise_scale, sharpness
from paribus.probes.output import input_moments, label_entropy, output_trace
from paribus.probes.weights import forces, is_decoupled, layers_of
from paribus.records.trace import LayerTrace, StepTrace
from paribus.runs.training_process import random_state_kept

_LOOKS_AN_EPOCH = 4


@dataclass(frozen=True)
class Sampling:
    """Step numbers, from 0 over the whole training. `curvature`: those where sharpness and noise are measured too."""

    steps: Container[int]
    curvature: Container[int] = ()


def sampling(probes: str, steps_per_epoch: int, epochs: int, early: Sequence[int]) -> Sampling:
    """The steps of a preset; `early`, counted from 1, are looked at in any.

    light: also the first step of every epoch and the very last. full: also four steps an epoch, evenly spaced, and
    each epoch's last, with its curvature. off: none.
    """
    if probes == "off" or steps_per_epoch == 0:
        return Sampling(())
    starts = [epoch * steps_per_epoch for epoch in range(epochs)]
    ends = frozenset(start + steps_per_epoch - 1 for start in starts)
    steps = {step - 1 for step in early} | {*starts, max(ends)}
    if probes == "light":
        return Sampling(frozenset(steps))
    between = {start + steps_per_epoch * part // _LOOKS_AN_EPOCH for start in starts for part in range(_LOOKS_AN_EPOCH)}
    return Sampling(frozenset(steps | between | ends), ends)


@contextmanager
def undisturbed(model: nn.Module, device: torch.device) -> Iterator[None]:
    """Evaluation mode inside; afterwards every module's mode, every buffer and torch's random state are as before.

    Batch normalisation then uses its running statistics and leaves them, dropout passes everything on, and a user's
    model that draws all the same, or counts its calls in a buffer, is put back.
    """
    modes = [(module, module.training) for module in model.modules()]
    noted = [(vars(module), dict(vars(module))) for module in model.modules()]
    lists = [(value, list(value)) for _, then in noted for value in then.values() if isinstance(value, list)]
    buffers = [
        (module, name, buffer, buffer.clone())
        for module in model.modules()
        for name, buffer in module.named_buffers(recurse=False)
    ]
    try:
        with random_state_kept(device):
            model.eval()
            yield
    finally:
        for now, then in noted:  # what a forward pass remembers in the model: a recurrent state, say
            for name in now.keys() - then.keys():
                del now[name]
            now.update(then)
        for held, values in lists:
            held[:] = values
        for module, training in modes:
            module.training = training
        with torch.no_grad():
            for module, name, buffer, before in buffers:
                setattr(module, name, buffer)
                if not torch.equal(buffer, before):
                    buffer.copy_(before)


_DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout)

Loss = Callable[[Any, Tensor], Tensor]


@runtime_checkable
class Fused(Protocol):
    """A model that computes several operations in one, so that hooks on its modules would not see all of them."""

    def plain_twin(self) -> nn.Module:
        """The same function of the same weights, one operation after the other."""


class Probe:
    """Sees, at the steps of `sampling`, what `StepTrace` holds, and hands it to `write`.

    It reads only: weights, gradients, the optimiser, modes, buffers and every stream of random numbers are as without
    it. `batch`: images and labels on the model's device, the same at every look, or what gives them: a run need not
    keep them. Without it there is nothing about activations, output and curvature. `loss`: of the model's output and
    the batch's labels, a mean over samples.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: optim.Optimizer | Sequence[optim.Optimizer],
        sampling: Sampling,
        write: Callable[[StepTrace], None],
        batch: tuple[Tensor, Tensor] | Callable[[], tuple[Tensor, Tensor]] | None = None,
        loss: Loss = F.cross_entropy,
    ) -> None:
        optimizers = [optimizer] if isinstance(optimizer, optim.Optimizer) else list(optimizer)
        self._model, self._optimizer, self._sampling, self._write = model, optimizers[0], sampling, write
        self._batch, self._loss = batch, loss
        self._layers = layers_of(model, *optimizers)
        self._hooked: dict[nn.Module, str] = {}
        for layer in self._layers:
            self._hooked.setdefault(layer.module, layer.name)
        self._named = {name: module for module, name in self._hooked.items()}
        self._seen: dict[str, Any] | None = None
        self._inputs: Tensor | None = None
        self.answers: Any = None  # what the network gave for the batch at the last look
        self._before: dict[str, Tensor] = {}

    def on_inputs(self, inputs: Tensor | None) -> None:
        """Look at the activations on these inputs, where no batch was given; of their labels nothing is known."""
        self._inputs = None if inputs is None else inputs.detach().clone()

    def after_backward(self, step: int, x: Any = None, y: Any = None, loss: Any = None) -> None:
        """Call between `backward` and the optimiser's step, with the training batch and its loss where they are known.

        The data gradient is that of the loss alone, as the optimiser gets it: torch's optimisers add weight decay
        inside `step`.
        """
        if step not in self._sampling.steps:
            return
        self._before = {layer.name: layer.weight.detach().clone() for layer in self._layers}
        layers = {layer.name: forces(layer) for layer in self._layers}
        mean, std = input_moments(x)
        seen = {
            "step": step,
            "layers": layers,
            "loss": None if loss is None else _number(loss),
            "dropout": _largest_dropout(self._model),
            "input_mean": mean,
            "input_std": std,
            "label_entropy": label_entropy(y),
            "batch_size": len(y) if isinstance(y, Tensor) and y.dim() else None,
        }
        if self._batch is not None:
            batch = self._batch() if callable(self._batch) else self._batch
            seen |= self._on_batch(*batch, layers, curvature=step in self._sampling.curvature)
        elif self._inputs is not None:
            with undisturbed(self._model, self._inputs.device):
                sighting = watch(self._model, self._inputs, self._named)
            _add_activities(layers, sighting)
            seen["layers"] = {name: layers[name] for name in [*sighting.layers, *layers]}
        self._seen = seen

    def before_own_step(self, step: int, groups: Sequence[dict[str, Any]]) -> None:
        """Call before each further optimiser's step of the same update: its layers' gradients may be new since."""
        if self._seen is None or self._seen["step"] != step:
            return
        for layer in self._layers:
            if any(layer.group is group for group in groups):
                self._seen["layers"][layer.name] |= forces(layer)

    def after_step(self, step: int, loss: Any = None, more: Mapping[str, Any] | None = None) -> None:
        """Call after the optimiser's step; with the batch's loss and `more`, where they were not known before."""
        if self._seen is None or self._seen["step"] != step:
            return
        self._seen |= more or {}
        if loss is not None:
            self._seen["loss"] = _number(loss)
        layers = self._seen["layers"]
        for layer in self._layers:
            change = layer.weight.detach() - self._before[layer.name]
            layers[layer.name]["update_norm"] = float(change.norm())
        # Read now: a schedule may set the rate right before the update.
        group = self._optimizer.param_groups[0]
        decay = group.get("weight_decay")
        settings = {
            "learning_rate": float(group["lr"]),
            "weight_decay": None if decay is None else float(decay),
            "decoupled": is_decoupled(self._optimizer, group),
        }
        trace = {name: LayerTrace(**figures) for name, figures in layers.items()}
        self._write(StepTrace(**{**self._seen, **settings, "layers": trace}))
        self._seen, self._before = None, {}

    def _on_batch(self, x: Tensor, y: Tensor, layers: dict[str, dict[str, Any]], curvature: bool) -> dict[str, Any]:
        """The rest of a step: `layers` in the order of the forward pass, with their activations; output; curvature."""
        twin = self._model.plain_twin() if isinstance(self._model, Fused) else self._model
        found: dict[str, Any] = {}
        with undisturbed(twin, x.device):
            sighting = watch(twin, x, self._named)
            if curvature and any(p.requires_grad for p in twin.parameters()):
                found = self._curvature(twin, x, y)
        self.answers = sighting.output
        _add_activities(layers, sighting)
        if sighting.dropout is not None:
            found["dropout"] = max(sighting.dropout, _largest_dropout(self._model) or 0.0)
        ordered = {name: layers[name] for name in [*sighting.layers, *layers]}
        return {"layers": ordered, "output": output_trace(sighting.output, y), **found}

    def _curvature(self, model: nn.Module, x: Tensor, y: Tensor) -> dict[str, float | None]:
        parameters = [p for p in model.parameters() if p.requires_grad]

        def loss_of(x: Tensor, y: Tensor) -> Tensor:
            return self._loss(model(x), y)

        with torch.enable_grad():
            noise = noise_scale(loss_of, parameters, x, y)
            try:
                sharp = sharpness(loss_of(x, y), parameters)
            except RuntimeError:  # a user's model may use an operation that has no second derivative
                return {"gradient_noise": noise}
        return {"gradient_noise": noise, "sharpness": sharp}


def _largest_dropout(model: nn.Module) -> float | None:
    return max((float(module.p) for module in model.modules() if isinstance(module, _DROPOUTS)), default=None)


def _number(scalar: Any) -> float:
    return float(scalar.detach() if isinstance(scalar, Tensor) else scalar)


def _add_activities(layers: dict[str, dict[str, Any]], sighting: Sighting) -> None:
    """A layer gets the first activation after it; products run over all, from the loss down."""
    product = 1.0
    for name, activity in reversed(sighting.activations):
        product *= activity.slope
        layers[name] |= vars(activity) | {"slope_product": product}
