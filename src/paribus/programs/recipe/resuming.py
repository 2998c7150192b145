"""Where a run of a recipe begins: at its start, or after the last epoch whose state an earlier process kept."""

from __future__ import annotations

import math

from torch import nn, optim

from paribus.programs.recipe.training.state_arrays import unpack
from paribus.runs.store import RunWriter


def resume(folder: RunWriter, model: nn.Module, optimizer: optim.Optimizer, steps: int) -> int:
    """Put model and optimiser as they were, and drop what came after that. Returns after how many epochs it was.

    steps: in an epoch.
    """
    epochs_done = 0
    if (saved := folder.read_state()) is not None:
        arrays, meta = saved
        unpack(arrays, model, optimizer)
        epochs_done = int(meta["epochs"])
    folder.truncate_epochs(epochs_done)
    folder.truncate_trace(epochs_done * steps)
    return epochs_done


def finite_so_far(folder: RunWriter) -> bool:
    """Whether the loss was finite after the last epoch: a run may have been stopped after it diverged."""
    history = folder.epochs()
    return not history or math.isfinite(history[-1].figures["train_loss"] + history[-1].figures["val_loss"])
