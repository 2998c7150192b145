"""What a training loop that is not ours does around an update, seen by hooks that only read."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

import torch
from torch import Tensor, nn, optim
from torch.optim.optimizer import register_optimizer_step_post_hook
from torch.utils.hooks import RemovableHandle

from paribus.probes.loop_batches import BatchWatch
from paribus.probes.loop_gradients import Arrived, GradientWatch
from paribus.probes.loop_graph import bound_of, crossed, leaves_of, name_of, tensors_in, unregistered
from paribus.probes.output import input_moments
from paribus.probes.source_location import own_line
from paribus.probes.weights import Layer, layers_of, parameters_of
from paribus.records.loop_trace import Bound

_FEWEST = 16  # numbers of which an average says enough to be compared
BY_MODE = (nn.modules.batchnorm._BatchNorm, nn.modules.dropout._DropoutNd)


@dataclass
class Forward:
    """A forward pass with gradients: what went in, what came out, and the loss's gradient by that once it comes."""

    inputs: Any
    output: Tensor  # without its graph
    node: Any  # of the graph
    bound: Bound | None
    training: bool
    crossed: int | None = None
    gradient: Tensor | None = None


@dataclass
class Layout:
    """What the layers did in the forward passes of an update that is looked at."""

    ran: set[str] = field(default_factory=set)
    squeezed: list[str] = field(default_factory=list)
    few: int | None = None
    behind: float | None = None
    entered: tuple[float | None, float | None] | None = None


class LoopWatch:
    """The hooks on a model and on its optimisers, and what they saw since the last update."""

    def __init__(self, model: nn.Module, optimizers: Sequence[optim.Optimizer], held_out: Tensor | None) -> None:
        self.model, self.optimizers = model, list(optimizers)
        self.layers = layers_of(model, *optimizers)
        self.gradients, self.batches = GradientWatch(self.layers), BatchWatch(held_out)
        self.looking = self.paused = False
        self.carried = 0.0  # the most that was left from earlier updates where several batches make one
        self.inputs: Any = None
        self.forwards: list[Forward] = []
        self.count = self.updates = self.evaluated_training = self.fresh = 0
        self.layout = Layout()
        self.unregistered: tuple[str, ...] | None = None
        self.arrived: list[Arrived] = []
        self.unreached: frozenset[str] | None = None
        self.along: list[tuple[float, float, float]] = []
        self.strangers: WeakSet[optim.Optimizer] = WeakSet()
        self.held_by_strangers: set[int] = set()
        self.places: dict[str, str] = {}
        self._noted: set[str] = set()
        self._inside = False
        self.modes_matter = any(isinstance(m, BY_MODE) and getattr(m, "p", 1) > 0 for m in model.modules())
        self._before: dict[str, tuple[Tensor, Tensor]] = {}
        self._of_look: list[RemovableHandle] = []

    def enter(self) -> list[RemovableHandle]:
        """Registers the hooks that stay for the whole loop."""
        return [
            self.model.register_forward_pre_hook(self._before_forward, with_kwargs=True),
            self.model.register_forward_hook(self._after_forward),
            register_optimizer_step_post_hook(self._stepped),
        ]

    def note(self, what: str) -> None:
        """The line of the loop that does this now, if it is the first time."""
        if what not in self._noted:
            self._noted.add(what)
            if line := own_line():
                self.places[what] = line

    def within(self, inputs: Any) -> None:
        """The model is being called with these, from before it was watched."""
        self._inside, self.inputs = True, inputs

    def _before_forward(self, model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._inside = torch.is_grad_enabled()
        if not self.paused and model.training:
            self.inputs = next(tensors_in((args, kwargs)), None)

    def _after_forward(self, model: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        self._inside = False
        if self.paused:
            return
        if not torch.is_grad_enabled():
            self.evaluated_training += model.training
            self.note("evaluation")
            return
        self.count += 1
        self.note("forward")
        if not self.looking:
            return
        for tensor in list(tensors_in(output))[:4]:
            if tensor.requires_grad and tensor.dim() and tensor.grad_fn is not None:
                inputs = next(tensors_in(args), self.inputs)
                seen = Forward(inputs, tensor.detach().clone(), tensor.grad_fn, bound_of(tensor), model.training)
                seen.crossed = crossed(tensor)
                self.forwards.append(seen)
                hook = functools.partial(self._keep, seen)
                self._of_look.append(tensor.register_hook(hook))  # type: ignore[no-untyped-call]
                if self.unregistered is None:
                    self._find_unregistered(tensor, args)

    def _keep(self, seen: Forward, gradient: Tensor) -> None:
        seen.gradient = gradient.detach().clone()
        self.note("backward")

    def _find_unregistered(self, output: Tensor, args: object) -> None:
        found = unregistered(self.model, leaves_of(output, args))
        known = {id(p) for p in parameters_of(*self.optimizers)}
        self.unregistered = tuple(name_of(self.model, leaf) for leaf in found if id(leaf) not in known)

    def _stepped(self, optimizer: optim.Optimizer, args: object, kwargs: object) -> None:
        """Any optimiser of this process stepped: one that the probe was not given may have moved the model."""
        if optimizer in self.optimizers:
            self.updates += 1
            return
        if optimizer in self.strangers:
            return
        own = {memory(p) for p in self.model.parameters()}
        theirs = {memory(p) for p in parameters_of(optimizer)}
        if own & theirs:
            self.strangers.add(optimizer)
            self.held_by_strangers |= theirs
            self.fresh += bool(optimizer.state)

    def begin(self, looked_at: bool, clean: bool) -> None:
        """Call at the end of a step: the next one begins. clean: an update was just made, none is under way."""
        if self.looking and not self.arrived:  # more batches are to come: what is left from the last update is here now
            self.carried = max(self.carried, self.gradients.arrived(self.layers).leftover or 0.0)
        self.forwards, self.arrived, self.along, self.count = [], [], [], 0
        self.layout, self.unreached = Layout(), None
        for handle in self._of_look:
            handle.remove()
        self._of_look = []
        self.gradients.end()
        self.looking = looked_at
        if looked_at:
            self.gradients.begin(clean)
            for module, name in {layer.module: layer.name for layer in self.layers}.items():
                self._of_look.append(module.register_forward_hook(functools.partial(self._ran, name)))
            for module in self.model.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    self._of_look.append(module.register_forward_pre_hook(self._averages))

    def _ran(self, name: str, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        if self.paused or not (self._inside or torch.is_grad_enabled()):
            return
        given = args[0] if args and isinstance(args[0], Tensor) else None
        if not self.layout.ran and given is not None:
            self.layout.entered = input_moments(given)
        self.layout.ran.add(name)
        if given is not None and given.grad_fn is not None and bound_of(given) == "softmax":
            self.layout.squeezed.append(name)

    def _averages(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if not self.paused and module.training and args and isinstance(args[0], Tensor) and args[0].dim() > 1:
            few = args[0].numel() // args[0].shape[1]
            self.layout.few = few if self.layout.few is None else min(few, self.layout.few)
            if (behind := averages_behind(module, args[0].detach())) is not None:
                self.layout.behind = max(behind, self.layout.behind or 0.0)

    def before_update(self, optimizer: optim.Optimizer) -> None:
        """Call as an optimiser begins its step, at an update that is looked at."""
        self.note("step")
        groups = [id(group) for group in optimizer.param_groups]
        mine = [layer for layer in self.layers if layer.group is not None and id(layer.group) in groups]
        self.arrived.append(self.gradients.arrived(mine))
        missed = self.gradients.unreached()
        self.unreached = missed if self.unreached is None else self.unreached & missed
        for layer in mine:
            if layer.weight.grad is not None and not layer.weight.grad.is_sparse:
                self._before[layer.name] = layer.weight.detach().clone(), layer.weight.grad.detach().clone()

    def after_update(self) -> None:
        """Call as an optimiser ends its step."""
        for layer in self.layers:
            if layer.name in self._before:
                before, gradient = self._before.pop(layer.name)
                change = layer.weight.detach() - before
                dot = float((change * gradient).sum())
                self.along.append((dot, float(change.square().sum()), float(gradient.square().sum())))

    def leave(self, handles: list[RemovableHandle]) -> None:
        """Takes every hook back."""
        self.begin(looked_at=False, clean=True)
        for handle in handles:
            handle.remove()
        self.inputs = None

    def cut_off(self) -> tuple[str, ...]:
        """Trainable layers that ran and that no gradient came to."""
        missed = self.unreached if self.unreached is not None else self.gradients.unreached()
        return tuple(
            layer.name
            for layer in self.layers
            if layer.name in missed and layer.name in self.layout.ran and layer.group is not None
        )

    def answered(self) -> Forward | None:
        """The last forward pass that the loss came from, by its output nearest to the loss."""
        fired = [seen for seen in self.forwards if seen.gradient is not None]
        return fired[-1] if fired else None


def missing_from(layers: Sequence[Layer], known: Set[int]) -> tuple[tuple[str, ...], bool]:
    """Trainable layers that are not among the known memory, and whether one of them comes after one that is."""
    held = [memory(layer.weight) in known for layer in layers]
    lost = [place for place, layer in enumerate(layers) if layer.weight.requires_grad and not held[place]]
    first = held.index(True) if True in held else len(held)
    return tuple(layers[place].name for place in lost), any(place > first for place in lost)


def held_by(optimizers: Sequence[optim.Optimizer]) -> dict[int, int]:
    """The memory of the optimisers' parameters, and how many numbers each has."""
    return {memory(p): p.numel() for p in parameters_of(*optimizers)}


def shares(model: nn.Module, known: Mapping[int, int], others: Set[int]) -> tuple[float | None, float | None]:
    """Share of the model's trainable numbers that optimisers have, and of the known ones' numbers that are its."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    own = {memory(p) for p in model.parameters()}
    held = sum(p.numel() for p in trainable if memory(p) in known or memory(p) in others)
    total, theirs = sum(p.numel() for p in trainable), sum(known.values())
    of_model = sum(numel for place, numel in known.items() if place in own)
    return held / total if total else None, of_model / theirs if theirs else None


@torch.no_grad()
def averages_behind(norm: nn.Module, x: Tensor) -> float | None:
    """How far a batch normalisation's running averages are from those of a batch, of its deviations, or times them.

    The root mean square over channels; a deviation that is so many times the other counts as much less 1.
    """
    mean, variance = getattr(norm, "running_mean", None), getattr(norm, "running_var", None)
    if mean is None or variance is None or x.numel() // x.shape[1] <= _FEWEST:
        return None
    rows = x.float().movedim(1, 0).flatten(1)
    deviation, kept = rows.std(1, correction=0).clamp(min=1e-5), variance.float().sqrt().clamp(min=1e-5)
    place = ((rows.mean(1) - mean) / deviation).square().mean().sqrt()
    times = torch.maximum(deviation / kept, kept / deviation).median() - 1
    return float(torch.maximum(place, times))


def memory(p: Tensor) -> int:
    """Where a parameter is: views of one are one."""
    return p.untyped_storage().data_ptr()
