"""The loop against a plain PyTorch loop written out here, and its promises: pairing, resuming, reading only."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from paribus.programs.recipe.data.prepare import PreparedData
from paribus.programs.recipe.models import Dropout, LeNet, build_model
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.batch_order import batches, steps_in_epoch
from paribus.programs.recipe.training.evaluate import EVALUATION_BATCH, evaluate
from paribus.programs.recipe.training.fit import Callbacks, fit
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.state_arrays import load_weights, pack, unpack, weights_of
from paribus.runs.weights import weights_digest

SMALL = {"batch_size": 8, "epochs": 3, "weight_decay": 1e-3, "dense_widths": [20]}


def made(samples=50, classes=4, size=12, seed=0):
    draws = torch.Generator().manual_seed(seed)
    y = torch.randint(0, classes, (samples,), generator=draws)
    x = torch.randn(samples, 1, size, size, generator=draws) + y[:, None, None, None] / 2
    part = slice(0, samples // 2)
    return PreparedData(
        train_x=x,
        train_y=y,
        val_x=x[part],
        val_y=y[part],
        test_x=x,
        test_y=y,
        prior_entropy=math.log(4),
        classes=classes,
    )


def net(recipe, seed=0, data=None):
    return build_model(recipe, seed, 1, (12, 12), data.classes if data else 4)


def trained(recipe, seed=0, data=None, callbacks=None, epochs_done=0, model=None, optimizer=None):
    data = data or made()
    model = model or net(recipe, seed)
    optimizer = optimizer or make_optimizer(model, recipe)
    history = []
    extra = callbacks(model) if callbacks else Callbacks()
    full = Callbacks(extra.after_backward, extra.after_step, lambda m: (history.append(m), extra.after_epoch(m)))
    finite = fit(model, optimizer, data, recipe, seed, epochs_done, full)
    return model, optimizer, history, finite


@pytest.mark.parametrize("fields", [{}, {"gradient_clip": 0.5, "label_smoothing": 0.1, "drop_last": True}])
def test_the_loop_does_what_a_plain_loop_does(fields):
    recipe, data = Recipe(**SMALL, **fields), made()
    model, _, history, _ = trained(recipe, data=data)

    plain = net(recipe)
    adam = torch.optim.Adam(plain.parameters(), lr=1e-3, weight_decay=1e-3)
    losses = []
    for _ in range(3):
        total, count = 0.0, 0
        for first in range(0, 48 if recipe.drop_last else 50, 8):
            x, y = data.train_x[first : first + 8], data.train_y[first : first + 8]
            loss = F.cross_entropy(plain(x), y, label_smoothing=recipe.label_smoothing)
            adam.zero_grad()
            loss.backward()
            if recipe.gradient_clip:
                nn.utils.clip_grad_norm_(plain.parameters(), recipe.gradient_clip)
            adam.step()
            total, count = total + loss.item() * len(y), count + len(y)
        losses.append(total / count)

    assert [m.train_loss for m in history] == pytest.approx(losses, rel=1e-5)
    for mine, other in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


def test_every_sample_counts_once_in_training_and_in_evaluation():
    data, recipe = made(samples=51), Recipe(**SMALL, batch_order="shuffled")
    seen = torch.cat([data.train_y.new_tensor(range(51))[b] for b in batches(data, recipe, 0, 0)])
    assert sorted(seen.tolist()) == list(range(51))
    assert steps_in_epoch(51, 8, drop_last=False) == 7
    assert steps_in_epoch(51, 8, drop_last=True) == 6

    model = net(recipe).double()
    n = 2 * EVALUATION_BATCH + 1
    x, y = torch.randn(n, 1, 12, 12, dtype=torch.float64), torch.arange(n) % 4
    with torch.no_grad():
        logits = model(x)
    answers = evaluate(model, x, y)
    assert answers.loss == pytest.approx(float(F.cross_entropy(logits, y)), rel=1e-12)
    assert torch.equal(answers.classes, logits.argmax(1))
    assert answers.accuracy == int((logits.argmax(1) == y).sum()) / n
    assert answers.probabilities.shape == (n, 4)


def test_a_constant_network_has_no_spread():
    model = LeNet(image_size=(12, 12), classes=4)
    for p in model.parameters():
        nn.init.zeros_(p)
    answers = evaluate(model, made().train_x, made().train_y)
    assert answers.spread == 0
    assert answers.loss == pytest.approx(math.log(4))


def test_batches_as_they_are_are_slices_and_a_shuffle_differs_by_epoch_and_seed():
    data = made()
    assert next(iter(batches(data, Recipe(**SMALL), 0, 0))) == slice(0, 8)
    shuffled = Recipe(**SMALL, batch_order="shuffled")
    order = [torch.cat(list(batches(data, shuffled, seed, epoch))) for seed, epoch in [(0, 0), (0, 1), (1, 0), (0, 0)]]
    assert torch.equal(order[0], order[3])
    assert not torch.equal(order[0], order[1])
    assert not torch.equal(order[0], order[2])


def test_arms_are_paired_in_order_and_first_weights():
    data = made()
    a, b = (Recipe(**SMALL, batch_order="shuffled", activation=name) for name in ("sigmoid", "relu"))
    for left, right in zip(batches(data, a, 4, 2), batches(data, b, 4, 2), strict=True):
        assert torch.equal(left, right)
    assert weights_digest(weights_of(net(a, 4))) == weights_digest(weights_of(net(b, 4)))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("epochs_done", [1, 2])
def test_a_resumed_training_ends_bit_identical(optimizer, epochs_done):
    fields = {
        **SMALL,
        "optimizer": optimizer,
        "momentum": 0.9,
        "dropout": 0.3,
        "batch_norm": True,
        "batch_order": "shuffled",
    }
    recipe = Recipe(**fields)
    kept = []

    def keep(model):
        return Callbacks(after_epoch=lambda m: kept.append(m.epoch))

    whole, _, history, _ = trained(recipe, callbacks=keep)
    part_recipe = recipe.with_field("epochs", epochs_done)
    model, first, _, _ = trained(part_recipe)
    arrays = pack(model, first)

    again = net(recipe, seed=9)
    second = make_optimizer(again, recipe)
    unpack(arrays, again, second)
    again, _, rest, _ = trained(recipe, epochs_done=epochs_done, model=again, optimizer=second)
    assert kept == [1, 2, 3]
    assert weights_digest(weights_of(again)) == weights_digest(weights_of(whole))
    assert [m.val_loss for m in rest] == [m.val_loss for m in history[epochs_done:]]


def test_an_infinite_loss_ends_the_run_at_once_and_is_kept():
    _, _, history, finite = trained(Recipe(**{**SMALL, "epochs": 5}, learning_rate=1e30))
    assert not finite
    assert len(history) < 5
    assert not math.isfinite(history[-1].train_loss + history[-1].val_loss)


def test_dropout_has_its_own_draws_and_the_right_mean():
    layer = Dropout(0.25)
    layer.reseed(7, torch.device("cpu"))
    before = torch.random.get_rng_state()
    out = layer(torch.ones(100_000))
    assert torch.equal(before, torch.random.get_rng_state())
    assert out.unique().tolist() == [0.0, pytest.approx(4 / 3)]
    assert float((out == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    layer.reseed(7, torch.device("cpu"))
    assert torch.equal(out, layer(torch.ones(100_000)))
    assert torch.equal(layer.eval()(out), out)


def test_weights_load_strictly():
    weights = weights_of(net(Recipe(**SMALL)))
    weights.pop("fc1.bias")
    with pytest.raises(RuntimeError, match=r"fc1\.bias"):
        load_weights(net(Recipe(**SMALL)), weights)
