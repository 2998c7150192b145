"""Golden figures through the real command, and all of MNIST.

The losses were printed by this command on an AMD EPYC with PyTorch 2.13 on the CPU; the fused kernel and plain PyTorch
agree on them to 1e-6. Other processors add in another order, hence the tolerances: a loss that stays near ln 10 has
little to vary, one that falls magnifies what is different.
"""

from __future__ import annotations

import pytest

from tests.cli.lab import paribus, well

SHORT = ("compare", "activation=sigmoid,relu", "--set=train_size=2048", "--epochs=2", "--seeds=1", "--json", "--quiet")

GOLDEN = {
    "lesson": {
        "sigmoid": ([2.315842, 2.306958], [2.303298, 2.302249], 2.302717),
        "relu": ([2.297430, 2.300142], [2.297723, 2.302691], 2.302277),
    },
    "fair": {
        "sigmoid": ([2.311735, 2.305404], [2.306927, 2.301865], 2.301653),
        "relu": ([1.867237, 0.544480], [0.853914, 0.426588], 0.401090),
    },
}
TOLERANCE = {"lesson": 1e-4, "fair": 1e-3}


@pytest.mark.parametrize("recipe", GOLDEN)
def test_losses_of_a_short_run(tmp_path, recipe):
    c = well(paribus(*SHORT, f"--recipe={recipe}", "--out", tmp_path)).json
    for arm in c["arms"]:
        (run,) = arm["runs"]
        train_loss, val_loss, test_loss = GOLDEN[recipe][arm["name"]]
        near = {"rel": TOLERANCE[recipe]}
        assert run["train_loss"] == pytest.approx(train_loss, **near)
        assert run["val_loss"] == pytest.approx(val_loss, **near)
        assert run["test_loss"] == pytest.approx(test_loss, **near)


@pytest.mark.slow
def test_all_of_mnist_from_one_command(tmp_path):
    words = ("compare", "activation=sigmoid,relu", "--recipe=fair", "--seeds=1", "--epochs=1", "--json", "--quiet")
    c = well(paribus(*words, "--out", tmp_path)).json
    last = {arm["name"]: arm["runs"][0]["val_accuracy"][-1] for arm in c["arms"]}
    assert last["relu"] > 0.96
    assert last["sigmoid"] > 0.90
    assert all(arm["trained"] == 1 for arm in c["arms"])
    assert c["test_count"] == 10_000
    # Every image of the test set is counted: the last, partial batch as well.
    assert [sum(map(sum, arm["confusion"])) for arm in c["arms"]] == [10_000, 10_000]
