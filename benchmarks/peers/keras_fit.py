"""Keras on TensorFlow: `model.fit` over arrays in memory, compiled as Keras chooses on this machine."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers
from timing import BATCH, Images, Labels, Train, main


def begin(activation: str, images: Images, labels: Labels) -> Train:
    keras.utils.set_random_seed(0)
    x = images[..., None]
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation=activation),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 5, activation=activation),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation=activation),
            layers.Dense(84, activation=activation),
            layers.Dense(10),
        ]
    )
    model.compile(keras.optimizers.Adam(0.001), keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    def train(first: int, steps: int) -> float:
        part = slice(first * BATCH, (first + steps) * BATCH)
        history = model.fit(x[part], labels[part], batch_size=BATCH, epochs=1, shuffle=False, verbose=0)
        return float(history.history["loss"][-1])

    return train


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(begin, "Adam", {"keras": keras.__version__, "tensorflow": tf.__version__})
