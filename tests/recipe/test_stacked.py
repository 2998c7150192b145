"""Stacked runs against the same runs made one by one: losses, weights, state, and no run disturbed by another."""

import math
from dataclasses import replace

import pytest
import torch

from paribus.programs.recipe.data.prepare import PreparedData
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.fit import Callbacks, Single, TrainingRun, fit_all
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.stackable import can_stack, stack_key
from paribus.programs.recipe.training.stacked import Stack
from paribus.programs.recipe.training.state_arrays import pack, unpack, weights_of


@pytest.fixture(autouse=True)
def one_thread():
    """As runs are made; and such small operations wait for their threads more than they work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


SMALL = {"batch_size": 8, "epochs": 2, "weight_decay": 1e-3, "dense_widths": [20], "batch_order": "shuffled"}
CLASSES, SIDE = 4, 12


def made(seed, samples=27, kind=torch.float64, channels=1, side=SIDE):
    """Another training set for each seed, in float64: rounding then hides no difference, nor flips a tie of a pool."""
    draws = torch.Generator().manual_seed(100 + seed)
    y = torch.randint(0, CLASSES, (samples,), generator=draws)
    x = torch.randn(samples, channels, side, side, generator=draws) + y[:, None, None, None] / 2
    x = x.to(kind)
    return PreparedData(x, y, x[:10], y[:10], x, y, math.log(CLASSES), CLASSES)


def training_run(recipe, seed, **how):
    data = made(seed, **how)
    _, channels, *sides = data.train_x.shape
    model = build_model(recipe, seed, channels, tuple(sides), CLASSES).to(data.train_x.dtype)
    optimizer = make_optimizer(model, recipe)
    return TrainingRun(model, optimizer, data, recipe, seed)


def logged(run):
    """The run, and the list that its epochs' metrics go to."""
    history = []
    return replace(run, callbacks=replace(run.callbacks, after_epoch=history.append)), history


def assert_same(stacked, alone, tolerance=1e-9):
    for name, value in pack(stacked.model, stacked.optimizer).items():
        other = pack(alone.model, alone.optimizer)[name]
        torch.testing.assert_close(torch.tensor(value), torch.tensor(other), rtol=tolerance, atol=tolerance / 100)


def compare(recipes, seeds, tolerance=1e-9, **how):
    """Train the runs stacked and one by one, and hold everything that is left of them together."""
    together = [logged(training_run(r, s, **how)) for r, s in zip(recipes, seeds, strict=True)]
    apart = [logged(training_run(r, s, **how)) for r, s in zip(recipes, seeds, strict=True)]
    assert fit_all(Stack([run for run, _ in together])) == [True] * len(seeds)
    for (stacked, figures), (alone, plain) in zip(together, apart, strict=True):
        fit_all(Single(alone))
        assert len(pack(alone.model, alone.optimizer)) == len(pack(stacked.model, stacked.optimizer))
        assert_same(stacked, alone, tolerance)
        for mine, other in zip(figures, plain, strict=True):
            assert mine.epoch == other.epoch
            assert mine.figures == pytest.approx(other.figures, rel=max(tolerance, 1e-7))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize(
    "fields",
    [
        {"momentum": 0.9},
        {"batch_order": "as_is", "drop_last": True, "schedule": "cosine", "warmup_epochs": 0.5},
        {"gradient_clip": 0.05, "label_smoothing": 0.1, "batch_norm": True, "pooling": "avg", "activation": "gelu"},
    ],
)
def test_stacked_runs_equal_single_ones(optimizer, fields):
    compare([Recipe(**{**SMALL, "optimizer": optimizer, **fields})] * 3, [0, 1, 5])


def test_arms_of_one_architecture_keep_what_is_their_own():
    base = Recipe(**SMALL)
    changes = [
        {},
        {"learning_rate": 0.01, "schedule": "step", "step_epochs": 1},
        {"weight_decay": 0.1, "beta1": 0.5},
        {"initialisation": "orthogonal", "gradient_clip": 0.02},
    ]
    recipes = [base.model_copy(update=change) for change in changes]
    compare([*recipes, base], [0, 0, 0, 0, 1])


@pytest.mark.parametrize("how", [{"samples": 24}, {"samples": 5}, {"channels": 3, "side": 17}])
def test_other_sizes_and_a_batch_larger_than_the_set(how):
    compare([Recipe(**SMALL)] * 2, [3, 4], **how)


def test_float32_is_equal_to_rounding():
    recipe = Recipe(**{**SMALL, "optimizer": "sgd", "learning_rate": 0.05, "activation": "tanh"})
    compare([recipe] * 3, [0, 1, 2], tolerance=1e-5, kind=torch.float32)


def test_a_diverged_run_disturbs_no_other():
    recipe = Recipe(**{**SMALL, "optimizer": "sgd"})
    wild = recipe.model_copy(update={"learning_rate": 1e300})
    calm, history = logged(training_run(recipe, 0))
    other, _ = logged(training_run(wild, 1))
    runs = [calm, other]
    assert fit_all(Stack(runs)) == [True, False]
    assert len(history) == 1  # the loop stops there, for the runs that go on to be stacked anew

    alone, plain = logged(training_run(recipe, 0))
    assert fit_all(Stack([calm]), epochs_done=1) == [True]
    assert fit_all(Single(alone)) == [True]
    assert_same(calm, alone)
    assert [m.train_loss for m in history] == pytest.approx([m.train_loss for m in plain])


# Not Adam with batch normalisation: a bias that this cancels has a gradient of rounding alone, which Adam makes large.
@pytest.mark.parametrize("fields", [{}, {"optimizer": "sgd", "momentum": 0.9, "batch_norm": True}])
def test_a_stack_resumes_from_what_a_stack_left(fields):
    recipe = Recipe(**{**SMALL, **fields})
    first = [training_run(recipe.with_field("epochs", 1), seed) for seed in (0, 1)]
    fit_all(Stack(first))
    again = [training_run(recipe, seed) for seed in (0, 1)]
    for before, run in zip(first, again, strict=True):
        unpack(pack(before.model, before.optimizer), run.model, run.optimizer)
    fit_all(Stack(again), epochs_done=1)
    for seed, run in enumerate(again):
        alone = training_run(recipe, seed)
        fit_all(Single(alone))
        assert_same(run, alone)


def test_a_runs_own_model_and_optimizer_are_seen_as_a_single_runs_are():
    recipe = Recipe(**{**SMALL, "schedule": "cosine"})
    seen = {"stacked": [], "alone": []}
    runs = [training_run(recipe, seed) for seed in (0, 1)]
    runs[1] = watched(runs[1], seen["stacked"])
    fit_all(Stack(runs))
    fit_all(Single(watched(training_run(recipe, 1), seen["alone"])))
    assert len(seen["alone"]) == 2 * 4
    for mine, other in zip(seen["stacked"], seen["alone"], strict=True):
        assert mine == pytest.approx(other, rel=1e-9)
    x = runs[1].data.test_x
    with torch.no_grad():
        torch.testing.assert_close(runs[1].model(x), trainee_with(runs[1], recipe).model(x))


def watched(run, into):
    """The run, with its weights', gradients' and learning rate's size written down at every step."""
    entry = {}

    def after_backward(step, *batch):
        for name, p in run.model.named_parameters():
            entry[name], entry[f"{name}'"] = float(p.detach().norm()), float(p.grad.norm())

    def after_step(step):
        entry["lr"] = run.optimizer.param_groups[0]["lr"]
        into.append(dict(entry))

    return replace(run, callbacks=Callbacks(after_backward=after_backward, after_step=after_step))


def trainee_with(run, recipe):
    """A fresh single run with the weights that another ended with."""
    fresh = training_run(recipe, 9)
    fresh.model.load_state_dict({name: torch.tensor(value) for name, value in weights_of(run.model).items()})
    return fresh


def test_what_cannot_be_stacked_is_refused():
    recipe = Recipe(**SMALL)
    assert not can_stack(recipe.with_field("dropout", 0.5))
    assert not can_stack(recipe.with_field("model", "tests.factories:mlp"))
    assert stack_key(recipe) == stack_key(recipe.with_field("learning_rate", 0.5))
    for field, value in {"activation": "tanh", "epochs": 9, "optimizer": "sgd", "label_smoothing": 0.1}.items():
        other = recipe.with_field(field, value)
        assert stack_key(recipe) != stack_key(other)
        with pytest.raises(ValueError, match="one `stack_key`"):
            Stack([training_run(recipe, 0), training_run(other, 1)])
    with pytest.raises(ValueError, match="of one size"):
        Stack([training_run(recipe, 0), training_run(recipe, 1, samples=30)])
