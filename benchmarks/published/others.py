"""Faults of other collections: NeuraLint, DeepCrime, UMLAUT, Stack Exchange, and a list of common mistakes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn, optim

from published import data
from published.fault import Data, Fault, Source, Training
from published.keras import (
    adam,
    binary_crossentropy,
    categorical_crossentropy,
    closeness,
    mse,
    of_classes,
    sgd,
    stack,
)

ZEROS = Source(
    "Cross Validated 316898",
    "https://stats.stackexchange.com/questions/316898/choice-of-initial-value-for-weights-in-tensorflow-mnist-tutorial",
)
RECTIFIED_XOR = Source(
    "Cross Validated 433365", "https://stats.stackexchange.com/questions/433365/xor-with-neural-network"
)
MISTAKES = Source(
    "Karpathy, most common neural net mistakes, 2018", "https://twitter.com/karpathy/status/1013244313327681536"
)
CLEARED = Source(
    "Stack Overflow 48001598",
    "https://stackoverflow.com/questions/48001598/why-do-we-need-to-call-zero-grad-in-pytorch",
)
UMLAUT = Source("UMLAUT, user_eval/eval_b.py", "https://github.com/BerkeleyHCI/umlaut")

FEWER = "1,500 digits of 14 x 14, a narrower network, Adam's usual rate"


def neuralint(script: str) -> Source:
    return Source(f"NeuraLint, {script}.py", "https://github.com/neuralint/neuralint")


def deepcrime(mutant: str) -> Source:
    return Source(f"Humbatova and others 2025, {mutant}", "https://github.com/dlfaults/dnn-auto-fl-empirical-assesment")


def lenet(act: type[nn.Module] = nn.ReLU, end: type[nn.Module] | None = None) -> nn.Sequential:
    return stack(
        nn.Conv2d(1, 8, 5, padding=2), act(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5, padding=2), act(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(144, 64), nn.ReLU(), nn.Dropout(0.25), nn.Linear(64, 10), *([end(1)] if end else []),
    )  # fmt: skip


def filled(weights: float | None = None, biases: float | None = None, layers: int = 3) -> nn.Sequential:
    """LeNet whose first layers have one value in all weights, or in all biases."""
    model = lenet()
    for layer in [each for each in model if isinstance(each, nn.Linear | nn.Conv2d)][:layers]:
        if weights is not None:
            nn.init.constant_(layer.weight, weights)
        if biases is not None and layer.bias is not None:
            nn.init.constant_(layer.bias, biases)
    return model


def hidden(first: float, second: float) -> nn.Sequential:
    """A hidden layer of sigmoids; deviations of the first weights."""
    model = stack(nn.Linear(196, 100), nn.Sigmoid(), nn.Linear(100, 10))
    for layer, deviation in ((model[0], first), (model[2], second)):
        assert isinstance(layer, nn.Linear)
        nn.init.normal_(layer.weight, std=deviation)
    return model


def two_convolutions(end: type[nn.Module] | None = nn.Softmax) -> nn.Sequential:
    return stack(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(),
        nn.Linear(400, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10), *([end(1)] if end else []),
    )  # fmt: skip


def first_zeros() -> nn.Sequential:
    model = two_convolutions()
    first = model[0]
    assert isinstance(first, nn.Conv2d)
    nn.init.zeros_(first.weight)
    return model


def unbent() -> nn.Sequential:
    """UMLAUT's network, halved: no activation anywhere."""
    return stack(
        nn.Conv2d(1, 16, 3), nn.Conv2d(16, 16, 3), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten(),
        nn.Linear(400, 64), nn.Linear(64, 64), nn.Dropout(0.2), nn.Linear(64, 10),
    )  # fmt: skip


def bent() -> nn.Sequential:
    return stack(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten(),
        nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10),
    )  # fmt: skip


def with_batch_norm() -> nn.Sequential:
    return stack(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Dropout(0.5), nn.Linear(392, 10),
    )  # fmt: skip


def cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(outputs, targets)


def to_classes() -> Data:
    return data.digits(one_hot=False)


def flat() -> Data:
    return data.digits(one_hot=False, flat=True)


DIGITS = Training(to_classes, lenet, cross_entropy, adam(), 150, 32, of_classes)
MUTATED = Training(
    data.digits, two_convolutions, categorical_crossentropy, partial(optim.Adadelta, lr=1.0), 120, 32, of_classes
)
MODES = replace(DIGITS, network=with_batch_norm)

FAULTS = (
    Fault(
        "all first weights 0",
        ZEROS,
        "normal numbers in the second layer",
        replace(DIGITS, data=flat, network=lambda: hidden(0.0, 0.0), optimizer=sgd(0.5), size=100),
        replace(DIGITS, data=flat, network=lambda: hidden(0.0, 1.0), optimizer=sgd(0.5), size=100),
        ("symmetric_units",),
        "1,500 digits of 14 x 14, SGD at the tutorial's rate",
    ),
    Fault(
        "XOR: no activation after the first layer, ReLU at the end, squared error",
        RECTIFIED_XOR,
        "ReLU after the first layer, a sigmoid, binary cross entropy, more epochs",
        Training(
            data.xor,
            lambda: stack(nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1), nn.ReLU()),
            mse,
            sgd(),
            1000,
            4,
            closeness,
        ),
        Training(
            data.xor,
            lambda: stack(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1), nn.Sigmoid()),
            binary_crossentropy,
            sgd(),
            6000,
            4,
            closeness,
        ),
        ("outputs_bounded", "dead_units", "undertraining", "learning_rate_too_low"),
        "the four points alone; 1,000 and 6,000 steps",
    ),
    Fault(
        "zero_grad forgotten",
        CLEARED,
        "gradients cleared before each backward pass",
        replace(DIGITS, optimizer=sgd(0.1), clear=False),
        replace(DIGITS, optimizer=sgd(0.1)),
        ("gradients_piled_up",),
        "1,500 digits of 14 x 14",
    ),
    Fault(
        "softmax before a loss of logits",
        MISTAKES,
        "no softmax",
        replace(DIGITS, network=lambda: lenet(end=nn.Softmax), optimizer=sgd(0.1)),
        replace(DIGITS, optimizer=sgd(0.1)),
        ("probabilities_as_logits",),
        "1,500 digits of 14 x 14",
    ),
    Fault(
        "evaluated in training mode",
        MISTAKES,
        "model.eval() before evaluating",
        replace(MODES, mode=(True, True)),
        MODES,
        ("training_mode_in_evaluation",),
        "1,500 digits of 14 x 14, dropout and batch normalisation",
    ),
    Fault(
        "trained in evaluation mode",
        MISTAKES,
        "model.train() before training",
        replace(MODES, mode=(False, False)),
        MODES,
        ("evaluation_mode_in_training",),
        "1,500 digits of 14 x 14, dropout and batch normalisation",
    ),
    Fault(
        "first weights 0 in all layers but the last",
        neuralint("TF_lenet_zeros_init"),
        "usual first weights",
        replace(DIGITS, network=lambda: filled(weights=0.0)),
        DIGITS,
        ("symmetric_units",),
        FEWER,
    ),
    Fault(
        "first weights 0.1 in all layers but the last",
        neuralint("TF_lenet_constant_init"),
        "usual first weights",
        replace(DIGITS, network=lambda: filled(weights=0.1)),
        DIGITS,
        ("symmetric_units",),
        FEWER,
    ),
    Fault(
        "no activation after the convolutions",
        neuralint("TF_lenet_missing_relus"),
        "ReLU after each",
        replace(DIGITS, network=lambda: lenet(nn.Identity)),
        DIGITS,
        ("no_activation",),
        FEWER,
    ),
    Fault(
        "softmax before softmax cross entropy",
        neuralint("TF_lenet_wrong_loss_inputs"),
        "no softmax",
        replace(DIGITS, network=lambda: lenet(end=nn.Softmax)),
        DIGITS,
        ("probabilities_as_logits",),
        FEWER,
    ),
    Fault(
        "first biases 1",
        neuralint("TF_lenet_non_zeros_biases"),
        "first biases 0",
        replace(DIGITS, network=lambda: filled(biases=1.0, layers=2)),
        DIGITS,
        (),
        FEWER,
    ),
    Fault(
        "learning rate 0.001 for Adadelta",
        deepcrime("mnist_change_learning_rate_0.001"),
        "learning rate 1",
        replace(MUTATED, optimizer=partial(optim.Adadelta, lr=0.001)),
        MUTATED,
        ("learning_rate_too_low", "undertraining"),
        "1,500 digits of 14 x 14, a narrower network",
    ),
    Fault(
        "no softmax before categorical cross entropy",
        deepcrime("mnist_remove_actvation_function_7"),
        "softmax",
        replace(MUTATED, network=lambda: two_convolutions(None)),
        MUTATED,
        ("logarithm_missing", "no_probabilities"),
        "1,500 digits of 14 x 14, a narrower network; a second name was added when there was a rule of that name",
    ),
    Fault(
        "first weights 0 in the first layer",
        deepcrime("mnist_change_weights_initialisation_zeros_0"),
        "usual first weights",
        replace(MUTATED, network=first_zeros),
        MUTATED,
        ("symmetric_units",),
        "1,500 digits of 14 x 14, a narrower network",
    ),
    Fault(
        "no activations, learning rate -1,000",
        UMLAUT,
        "ReLU, learning rate 0.001",
        replace(DIGITS, network=unbent, optimizer=partial(optim.Adam, lr=1e3, eps=1e-7, maximize=True), steps=150),
        replace(DIGITS, network=bent, steps=150),
        ("no_activation", "gradient_ascent", "learning_rate_too_high", "divergence"),
        "digits rather than CIFAR-10, two convolutions rather than four; torch refuses the sign: steps go up instead; "
        "there is no correct program: the repair is ours, with a rate of those that UMLAUT calls typical",
    ),
)
