"""How `model.fit` of Keras on PyTorch trains, shown to a probe as a network and an optimiser of torch.

A Keras model is a module of torch whose hooks never fire, its optimisers are none of torch's, and its layers are not
submodules. So each layer's own computation is put into a module that holds the same parameters, the model's into one
that holds these, and the optimiser's into the step of one; the numbers, and the order of operations, are Keras' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn, optim

from paribus.probes.own_loop import Probe
from paribus.probes.torch_patches import Patches
from paribus.records.trace import StepTrace


class KerasProbe:
    """Watches a compiled model that is being fitted, until `end`; `trace` is what was seen."""

    def __init__(self, model: Any, every: int) -> None:
        self._patches = Patches()
        self._net = _Network(model)
        self._optimizer = _Optimizer(model)
        self._probe = Probe(self._net, self._optimizer, every=every)
        self._begun = False
        self._loss: Tensor | None = None
        for part in [self._net, *self._net.parts.values()]:
            self._patches.replace(part.layer[0], "call", self._through(part))
        self._patches.replace(model, "compute_loss", self._keeping)
        self._patches.replace(model.optimizer, "apply", self._stepping)

    @property
    def trace(self) -> tuple[StepTrace, ...]:
        """What was seen; steps count updates from 0."""
        return self._probe.trace

    def end(self) -> None:
        """All as it was before."""
        self._probe.__exit__(None, None, None)
        self._patches.take_back()

    def _through(self, part: _Part) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A layer's `call` becomes a call of the module that holds its parameters, so that hooks are told of it."""

        def made(call: Callable[..., Any]) -> Callable[..., Any]:
            part.call = (call,)

            def called(*args: Any, **kwargs: Any) -> Any:
                if part is self._net and not self._probe.looks:
                    self._net.training = bool(kwargs.get("training"))
                    if not self._begun and torch.is_grad_enabled():
                        self._begun = True
                        self._probe.begin_inside(args[0] if args and isinstance(args[0], Tensor) else None, "")
                return part(*args, **kwargs)

            return called

        return made

    def _keeping(self, compute: Callable[..., Any]) -> Callable[..., Any]:
        def kept(*args: Any, **kwargs: Any) -> Any:
            loss = compute(*args, **kwargs)
            if torch.is_grad_enabled():
                self._loss = loss
            return loss

        return kept

    def _stepping(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **kwargs: Any) -> None:
            self._optimizer.do = lambda: apply(*args, **kwargs)
            self._optimizer.step()
            if self._begun:
                self._probe.step(self._loss)

        return stepped


class _Part(nn.Module):
    """The parameters of a layer, and what it computes; `layer` and `call` in tuples, for torch tracks no tuples."""

    def __init__(self, layer: Any, weights: list[Any]) -> None:
        super().__init__()
        self.layer = (layer,)
        self.call: tuple[Callable[..., Any]] = (layer.call,)
        self.units_last = getattr(layer, "data_format", "channels_last") == "channels_last"
        for weight in weights:
            name = "weight" if weight.name == "kernel" else weight.path.replace("/", "_").replace(".", "_")
            if isinstance(weight.value, nn.Parameter):
                self.register_parameter(name, weight.value)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.call[0](*args, **kwargs)


class _Network(_Part):
    """A model: its layers by their names, and parameters of its own."""

    def __init__(self, model: Any) -> None:
        layers = list(_leaves(model))
        of_layers = {id(weight.value) for layer in layers for weight in layer.weights}
        super().__init__(model, [w for w in model.weights if id(w.value) not in of_layers])
        self.parts: dict[str, _Part] = {}
        for layer in layers:
            name = layer.name.replace(".", "_")
            if name not in self.parts and layer.weights:
                self.parts[name] = _Part(layer, layer.weights)
                self.add_module(name, self.parts[name])


def _leaves(model: Any) -> Iterator[Any]:
    """The layers of a model and of the models inside it."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _leaves(layer)
        else:
            yield layer


class _Optimizer(optim.Optimizer):
    """Keras' optimiser of a model as torch has them; `do` is what its next step does."""

    do: Callable[[], Any]

    def __init__(self, model: Any) -> None:
        self._keras = model.optimizer
        held = [variable.value for variable in model.trainable_variables]
        # Keras takes decay off the weights beside the update, in all of its optimisers.
        super().__init__(held, {**self._settings(), "decoupled_weight_decay": True})

    def _settings(self) -> dict[str, float]:
        return {"lr": float(self._keras.learning_rate), "weight_decay": float(self._keras.weight_decay or 0.0)}

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """As Keras does it, with the rate that it has by now."""
        self.do()
        self.param_groups[0].update(self._settings())
