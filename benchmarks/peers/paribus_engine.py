"""Paribus's own training loop, with the kernel that it takes by itself on this machine."""

from __future__ import annotations

import math

import torch
from timing import BATCH, Images, Labels, Train, main

import paribus
from paribus.programs.recipe.data import PreparedData
from paribus.programs.recipe.kernels import PLAIN, native_kernel
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.fit import Callbacks, fit
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.records.program import Epoch
from paribus.runs.training_process import settle_process

KERNEL = native_kernel() or PLAIN


def begin(activation: str, images: Images, labels: Labels) -> Train:
    x, y = torch.from_numpy(images)[:, None], torch.from_numpy(labels)
    recipe = Recipe(activation=activation, weight_decay=0.0, initialisation="xavier", bias_value=0.0, epochs=1)
    model = build_model(recipe, 0, 1, (28, 28), 10, KERNEL)
    optimizer = make_optimizer(model, recipe)

    def train(first: int, steps: int) -> float:
        seen: list[Epoch] = []
        part = slice(first * BATCH, (first + steps) * BATCH)
        data = PreparedData(x[part], y[part], x[:1], y[:1], x[:1], y[:1], math.log(10), 10)
        fit(model, optimizer, data, recipe, 0, callbacks=Callbacks(after_epoch=seen.append))
        return seen[0].figures["train_loss"]

    return train


if __name__ == "__main__":
    settle_process()
    versions = {"paribus": paribus.__version__, "torch": torch.__version__, "kernel": KERNEL}
    main(begin, "Adam(fused=True) over one flat buffer", versions)
