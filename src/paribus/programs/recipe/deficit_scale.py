"""By what recipes are judged, and how far their runs had come, in a unit whose deficits can be shared out."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Self

import numpy as np

from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.metric_choice import info_for, own_metrics
from paribus.programs.recipe.trained_criterion import TRAINED_LOSS_SHARE
from paribus.records.program import ProgramInfo
from paribus.records.run import RunResult
from paribus.runs.program_protocol import Program


class Judged(Program):
    """By accuracy, the loss, or metrics of somebody's own, whose code is `own_metrics`.

    What is explained is E of docs/why.md, of the label prior's entropy; of another metric than accuracy, its deficit.
    """

    own_metrics: tuple[str, ...] = ()

    def judge(self, info: ProgramInfo) -> None:
        """Be judged as this says, from now on."""
        self.info, self.own_metrics = info, tuple(own_metrics(info).values())
        if info.judged != RECIPE.judged:
            self.least_deficit, self.most_explained = None, float("inf")

    def measured_by(self, metrics: Sequence[str], steer: str) -> Self:
        """The same, judged by the first of these metrics."""
        made = copy.copy(self)
        made.judge(info_for(metrics, steer))
        return made

    least_deficit: float | None = 0.1  # of entropy left unexplained that somebody explained
    most_explained = 1.0

    def trained_by(self, result: RunResult, length: int) -> bool | None:
        """At the end as the record says; before that by the loss alone, as nothing else is known of it."""
        if length >= len(result.epochs):
            return result.record.trained
        prior = result.record.figures.get("prior_entropy")
        if prior is None and result.record.trained is None:
            return None
        loss = result.epochs[length - 1].figures["val_loss"]
        return prior is not None and loss < prior * (1 - TRAINED_LOSS_SHARE)

    def explained(self, result: RunResult, length: int) -> float:
        """E of docs/why.md: share of the label prior's entropy by which the validation loss is below it, from 0.

        Where another metric than accuracy is judged, what steers by it.
        """
        if self.info.judged != RECIPE.judged:
            return super().explained(result, length)
        prior = result.record.figures.get("prior_entropy")
        epochs = result.epochs[:length]
        loss = epochs[-1].figures["val_loss"] if epochs else float("inf")
        return max(0.0, 1 - loss / prior) if prior and np.isfinite(loss) else 0.0
