"""Many runs of one architecture at once: their parameters stacked, one step for all of them.

A small network leaves a GPU idle: starting its operations takes longer than they do. Here each operation works for
all runs (torch.func's model ensembling), and each run keeps its own weights, batches, optimiser and figures. Equal to
runs made one by one but for rounding. Tested on the CPU, where processes are faster; on a GPU nobody has measured it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim
from torch.func import functional_call

from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.fit import ScheduledGroup, TrainingRun, by_autograd
from paribus.programs.recipe.training.optimizers import lay_into
from paribus.programs.recipe.training.stackable import can_stack, stack_key
from paribus.programs.recipe.training.stacked_data import data_of


class Stack:
    """Runs that the loop trains at once. Their models and optimisers stay usable one by one: they share its memory.

    Parameters lie in one buffer [runs, parameters], a row for a run. A run's model and optimiser hold views of
    its row, so that probes, evaluation, checkpoints and the saved state are those of a single run. The models must be
    ours, on PyTorch's operations, with optimisers from `make_optimizer`. Raises ValueError where the recipes or the
    sizes of the training sets do not allow a stack.
    """

    def __init__(self, runs: Sequence[TrainingRun]) -> None:
        if not all(can_stack(run.recipe) for run in runs) or len({stack_key(run.recipe) for run in runs}) != 1:
            raise ValueError("runs of a stack must have recipes that `can_stack`, with one `stack_key`")
        if len({run.data.train_y.shape for run in runs}) != 1:
            raise ValueError("runs of a stack must have training sets of one size")
        self.shape: tuple[int, ...] = (len(runs),)
        self.samples, self.device = len(runs[0].data.train_y), runs[0].data.train_y.device
        self._data = data_of(runs)
        self.runs: Sequence[TrainingRun] = self._data.runs
        self._rows = _rows(runs)
        self._buffers = _buffers(runs)
        self._places = [(name, p.shape) for name, p in runs[0].model.named_parameters()]
        limits = [run.recipe.gradient_clip or torch.inf for run in runs]
        self._limits = None if all(limit == torch.inf for limit in limits) else self._rows.new_tensor(limits)
        self.optimizer, self.scheduled_groups = _one_optimizer(runs)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Images [runs, batch, channels, height, width] and labels [runs, batch], of each run its own."""
        return self._data.batches(epoch)

    def learn(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Each run's loss and hits, [runs], on images [runs, batch, channels, height, width]."""
        logits = self._logits(x)
        smoothing = self.runs[0].recipe.label_smoothing
        each = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none", label_smoothing=smoothing)
        return by_autograd(logits, each.view(y.shape).mean(1), y, [self._rows])

    def _logits(self, x: Tensor) -> Tensor:
        """Logits [runs, batch, classes] of images [runs, batch, channels, height, width]."""
        sizes = [shape.numel() for _, shape in self._places]
        rows = torch.split(self._rows, sizes, dim=1)  # slices one by one would have a costly backward pass
        parameters = {
            name: row.view(len(self.runs), *shape) for (name, shape), row in zip(self._places, rows, strict=True)
        }
        logits: Tensor = torch.vmap(self._forward)(parameters, self._buffers, x)
        return logits

    def _forward(self, parameters: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor) -> Tensor:
        logits: Tensor = functional_call(self.runs[0].model, (parameters, buffers), (x,))
        return logits

    def clip(self) -> None:
        """Each row by its own norm; one without a limit is left alone, whatever is in it."""
        if self._limits is None:
            return
        assert self._rows.grad is not None  # laid out with the rows
        shorter = (self._limits / (self._rows.grad.norm(dim=1) + 1e-6)).clamp(max=1)  # as clip_grad_norm_ has it
        self._rows.grad *= torch.where(self._limits.isinf(), 1, shorter)[:, None]

    def show(self, step: int, x: Tensor, y: Tensor, losses: Tensor) -> None:
        """A row is a run's."""
        for row, run in enumerate(self.runs):
            if run.callbacks.looks(step):
                run.callbacks.after_backward(step, x[row], y[row], losses[row])


@torch.no_grad()
def _rows(runs: Sequence[TrainingRun]) -> nn.Parameter:
    """All runs' parameters, [runs, parameters]; those of models and optimisers become views of them."""
    rows = nn.Parameter(torch.stack([_flat(run).detach() for run in runs]))
    rows.grad = torch.zeros_like(rows)
    for run, values, gradients in zip(runs, rows.data, rows.grad, strict=True):
        _flat(run).data, _flat(run).grad = values, gradients
        lay_into(values, gradients, list(run.model.parameters()))
    return rows


def _flat(run: TrainingRun) -> nn.Parameter:
    """The one parameter that `make_optimizer` laid all others into."""
    (group,) = run.optimizer.param_groups
    (flat,) = group["params"]
    return flat  # type: ignore[no-any-return]


def _buffers(runs: Sequence[TrainingRun]) -> dict[str, Tensor]:
    """What batch normalisation remembers, [runs, ...] by name; the models' own become views."""
    each = [dict(run.model.named_buffers()) for run in runs]
    stacked = {name: torch.stack([buffers[name] for buffers in each]) for name in each[0]}
    for row, buffers in enumerate(each):
        for name, buffer in buffers.items():
            buffer.data = stacked[name][row]
    return stacked


def _one_optimizer(runs: Sequence[TrainingRun]) -> tuple[optim.Optimizer, Sequence[ScheduledGroup]]:
    """One optimiser for all rows, with a parameter group for each recipe, and what sets its learning rates.

    Each run's own optimiser takes no steps: it shares its row's memory, and is told the learning rate, for whoever
    looks at that run.
    """
    members: dict[Recipe, list[TrainingRun]] = {}
    for run in runs:
        members.setdefault(run.recipe, []).append(run)
    groups = [{**same[0].optimizer.param_groups[0], "params": [_flat(r) for r in same]} for same in members.values()]
    kind: Any = type(runs[0].optimizer)
    optimizer: optim.Optimizer = kind(groups)
    for run in runs:
        optimizer.state[_flat(run)] = run.optimizer.state[_flat(run)]
    own = [(run.optimizer.param_groups[0], run.recipe) for run in runs]
    return optimizer, [*zip(optimizer.param_groups, members, strict=True), *own]
