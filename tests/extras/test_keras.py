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
