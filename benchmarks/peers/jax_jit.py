"""JAX: one jitted update, Adam from optax, data on the device; the batch is cut out inside the update."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax import Array, lax, nn
from timing import BATCH, Images, Labels, Train, main

SHAPES = {"conv1": (5, 5, 1, 6), "conv2": (5, 5, 6, 16), "fc1": (400, 120), "fc2": (120, 84), "fc3": (84, 10)}
ACTIVATIONS = {"sigmoid": nn.sigmoid, "relu": nn.relu}
LAYOUT = ("NHWC", "HWIO", "NHWC")

Parameters = dict[str, tuple[Array, Array]]


def logits(parameters: Parameters, x: Array, activation: str) -> Array:
    """Logits [batch, 10] of images [batch, 28, 28, 1]."""
    act = ACTIVATIONS[activation]
    for name, padding in (("conv1", "SAME"), ("conv2", "VALID")):
        weight, bias = parameters[name]
        x = act(lax.conv_general_dilated(x, weight, (1, 1), padding, dimension_numbers=LAYOUT) + bias)
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = x.reshape(len(x), -1)
    for name in ("fc1", "fc2"):
        x = act(x @ parameters[name][0] + parameters[name][1])
    return x @ parameters["fc3"][0] + parameters["fc3"][1]


def begin(activation: str, images: Images, labels: Labels) -> Train:
    x, y = jnp.asarray(images[..., None]), jnp.asarray(labels)
    glorot = nn.initializers.glorot_uniform()
    keys = dict(zip(SHAPES, jax.random.split(jax.random.key(0), len(SHAPES)), strict=True))
    parameters = {name: (glorot(keys[name], shape), jnp.zeros(shape[-1])) for name, shape in SHAPES.items()}
    optimizer = optax.adam(0.001)
    state = optimizer.init(parameters)

    def loss_of(parameters: Parameters, x: Array, y: Array) -> Array:
        losses = optax.softmax_cross_entropy_with_integer_labels(logits(parameters, x, activation), y)
        return jnp.mean(losses)

    @partial(jax.jit, donate_argnums=(0, 1))
    def update(parameters: Parameters, state: Any, x: Array, y: Array, start: int) -> tuple[Parameters, Any, Array]:
        batch_x, batch_y = (lax.dynamic_slice_in_dim(part, start, BATCH) for part in (x, y))
        loss, gradient = jax.value_and_grad(loss_of)(parameters, batch_x, batch_y)
        change, state = optimizer.update(gradient, state)
        return optax.apply_updates(parameters, change), state, loss

    def train(first: int, steps: int) -> float:
        nonlocal parameters, state
        for start in range(first * BATCH, (first + steps) * BATCH, BATCH):
            parameters, state, loss = update(parameters, state, x, y, start)
        return float(loss)  # waits for the device

    return train


if __name__ == "__main__":
    main(begin, "optax.adam", {"jax": jax.__version__, "optax": optax.__version__})
