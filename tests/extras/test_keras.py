"""The extra `keras`: what `fit` returns is a run's curve."""

import os

import pytest

import paribus as pb
from tests.extras.documented import compared

if os.environ.get("PARIBUS_EXTRA") != "keras":
    pytest.skip("`make extras` runs it where Keras is installed", allow_module_level=True)

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
import torch

X = np.random.default_rng(0).normal(size=(64, 4))
Y = X.sum(axis=1, keepdims=True)


def fit(lr, *callbacks):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(lr), "mse")
    return model.fit(X, Y, epochs=3, validation_split=0.25, verbose=0, callbacks=list(callbacks))


def train(seed: int, *, lr: float = 0.05):
    return fit(lr)


def train_live(seed: int, *, lr: float = 0.05):
    fit(lr, keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, figures: pb.log(figures)))


def test_the_history_of_a_model(tmp_path):
    keras.utils.set_random_seed(1)
    by_hand = fit(0.05).history
    c = pb.compare("lr", [0.05, 0.001], program=train, metric="val_loss:min", seeds=2, out=tmp_path)
    assert c.comparison.repeat.same
    run = c.comparison.arms[0].runs[1]
    assert list(run.curves["val_loss"]) == pytest.approx(list(map(float, by_hand["val_loss"])), rel=1e-5)
    assert run.figures["val_loss"] == run.curves["val_loss"][-1]
    live = pb.train(program=train_live, metric="val_loss:min", seed=1, out=tmp_path)
    assert tuple(row.val_loss for row in live.metrics) == run.curves["val_loss"]


def test_the_example_of_the_documents(tmp_path):
    good, bad = compared("keras_train.py", tmp_path)["arms"]
    assert good["runs"][0]["figures"]["val_loss"] < bad["runs"][0]["figures"]["val_loss"]


def test_a_callback_that_watches():
    labels = (X.sum(axis=1) > 0).astype(int)

    def fitted(*callbacks, logits):
        keras.utils.set_random_seed(1)
        layers = [
            keras.layers.Dense(16, "relu", name="one"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(2, "softmax"),
        ]
        model = keras.Sequential([keras.Input((4,)), *layers])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
        model.compile(keras.optimizers.Adam(0.05, weight_decay=1e-4), loss)
        model.fit(X, labels, batch_size=16, epochs=5, validation_split=0.25, verbose=0, callbacks=list(callbacks))
        return [weight.value.detach().clone() for weight in model.weights]

    watch = pb.probe_callback("keras")
    plain = fitted(logits=False)
    assert all(map(torch.equal, fitted(watch, logits=False), plain)), "it changes no bit"
    assert [finding.name for finding in watch.findings() if finding.strength != "weak"] in ([], ["undertraining"])
    assert [step.loop.updates for step in watch.trace] == [1, 2, 5, 10]
    last = watch.trace[-1]
    assert (last.learning_rate, last.weight_decay) == (pytest.approx(0.05), pytest.approx(1e-4))
    assert last.layers["one"].dead is not None
    assert last.loop.held == 1
    watch = pb.probe_callback("keras")
    fitted(watch, logits=True)
    assert watch.findings()[0].name == "probabilities_as_logits"
