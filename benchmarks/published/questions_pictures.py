"""Questions of Stack Overflow about pictures, in the collection of DeepLocalize (Wardat and others, ICSE 2021).

Written from their descriptions, on digits.
"""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from published import data
from published.fault import Data, Fault, Training
from published.keras import (
    adam,
    binary_crossentropy,
    categorical_crossentropy,
    dense,
    mse,
    of_classes,
    of_rounded,
    rmsprop,
    sgd,
    stack,
)
from published.questions_1 import SMALL, question


def as_number(made: Data) -> Data:
    """The class's number as one target."""
    return Data(made.x, made.y[:, None].float(), made.xv, made.yv[:, None].float())


def picture(outputs: int, end: nn.Module) -> nn.Sequential:
    return stack(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, outputs), end,
    )  # fmt: skip


def labels_divided() -> Data:
    """Training labels divided by 255, and held-out inputs that were not."""
    made = data.digits(one_hot=False)
    return Data(made.x, made.y // 255, made.xv * 255, made.yv)


def one_hot(made: Data) -> Data:
    return Data(made.x, nn.functional.one_hot(made.y, 10).float(), made.xv, nn.functional.one_hot(made.yv, 10).float())


WIDE = Training(
    lambda: data.digits(flat=True),
    lambda: stack(*dense(196, 128, 64, act=nn.ReLU, drop=0.1), nn.Linear(64, 10), nn.Softmax(1)),
    categorical_crossentropy,
    sgd(0.01, 0.9),
    200,
    100,
    of_classes,
)
PICTURES = Training(
    data.digits,
    lambda: stack(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10), nn.ReLU(),
    ),
    categorical_crossentropy,
    adam(),
    150,
    32,
    of_classes,
)  # fmt: skip
NIELSEN = Training(
    lambda: data.digits(flat=True),
    lambda: stack(nn.Linear(196, 30), nn.Linear(30, 10), weights=1.0, biases=1.0),
    mse,
    sgd(3.0),
    600,
    10,
    of_classes,
)
BYTES = Training(
    lambda: data.digits(255.0),
    lambda: stack(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 10), nn.Softmax(1), weights="he",
    ),
    categorical_crossentropy,
    adam(),
    150,
    32,
    of_classes,
)  # fmt: skip
ONE_OF_THREE = Training(
    lambda: as_number(data.digits(one_hot=False, classes=3)),
    lambda: picture(1, nn.Sigmoid()),
    binary_crossentropy,
    rmsprop(),
    150,
    16,
    of_rounded,
)
SLOW = Training(
    lambda: data.digits(255.0, flat=True),
    lambda: stack(nn.Linear(196, 196), *dense(196, 50, act=nn.ReLU), nn.Linear(50, 10), nn.Sigmoid()),
    categorical_crossentropy,
    sgd(1e-4),
    800,
    32,
    of_classes,
)
DIVIDED = Training(
    lambda: one_hot(labels_divided()),
    lambda: stack(
        nn.Conv2d(1, 16, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(16, 8, 3, padding=1), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(72, 128), nn.ReLU(), nn.Linear(128, 10), nn.Softmax(1),
    ),
    categorical_crossentropy,
    adam(),
    150,
    32,
    of_classes,
)  # fmt: skip

FAULTS = (
    Fault(
        "digits by softmax and categorical cross entropy",
        question(44164749),
        "ten sigmoids, binary cross entropy",
        WIDE,
        replace(
            WIDE,
            network=lambda: stack(*dense(196, 128, 64, act=nn.ReLU, drop=0.1), nn.Linear(64, 10), nn.Sigmoid()),
            loss=binary_crossentropy,
        ),
        (),
        SMALL + ", batches of 100",
    ),
    Fault(
        "ReLU at the end before categorical cross entropy",
        question(47352366),
        "softmax at the end",
        PICTURES,
        replace(PICTURES, network=lambda: stack(*PICTURES.network()[:-1], nn.Softmax(1))),  # type: ignore[index]
        ("outputs_bounded",),
        SMALL,
    ),
    Fault(
        "no activations, squared error, learning rate 3",
        question(48385830),
        "sigmoid, softmax, categorical cross entropy",
        NIELSEN,
        replace(
            NIELSEN,
            network=lambda: stack(
                nn.Linear(196, 30), nn.Sigmoid(), nn.Linear(30, 10), nn.Softmax(1), weights=1.0, biases=1.0
            ),
            loss=categorical_crossentropy,
        ),
        ("no_activation", "learning_rate_too_high", "divergence"),
        SMALL,
    ),
    Fault(
        "pictures from 0 to 255",
        question(48594888),
        "divided by 255, batches of 500, a wider layer",
        BYTES,
        replace(BYTES, data=data.digits, size=64),
        ("inputs_not_normalised",),
        "digits rather than CIFAR-10, batches of 64, as many steps, the same width",
    ),
    Fault(
        "three classes by one sigmoid and binary cross entropy",
        question(50079585),
        "three units, softmax, categorical cross entropy",
        ONE_OF_THREE,
        replace(
            ONE_OF_THREE,
            data=lambda: data.digits(classes=3),
            network=lambda: picture(3, nn.Softmax(1)),
            loss=categorical_crossentropy,
            score=of_classes,
        ),
        ("outputs_bounded",),
        "digits 0, 1 and 2 rather than the question's pictures, no augmentation",
    ),
    Fault(
        "pictures from 0 to 255, sigmoids before categorical cross entropy",
        question(55328966),
        "divided by 255, softmax",
        SLOW,
        replace(
            SLOW,
            data=lambda: data.digits(flat=True),
            network=lambda: stack(nn.Linear(196, 196), *dense(196, 50, act=nn.ReLU), nn.Linear(50, 10), nn.Softmax(1)),
        ),
        ("inputs_not_normalised",),
        SMALL,
    ),
    Fault(
        "labels divided by 255 with the pictures, held-out pictures not",
        question(59325381),
        "only pictures divided, of both parts",
        DIVIDED,
        replace(DIVIDED, data=data.digits),
        ("class_imbalance", "held_out_scale", "labels_renamed"),
        SMALL,
    ),
)
