"""Questions of Stack Overflow to 2017, in the collection of DeepLocalize (Wardat and others, ICSE 2021).

The collection has a faulty and a correct program for each. Written from their descriptions.
"""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from published import data
from published.fault import Fault, Source, Training
from published.keras import (
    adam,
    binary_crossentropy,
    categorical_crossentropy,
    closeness,
    dense,
    mae,
    mse,
    of_classes,
    of_one_unit,
    rmsprop,
    sgd,
    stack,
)

MADE = "made data: the question's are not in the collection"
SHORT = "6,000 steps rather than all of the repair's"
SMALL = "1,500 digits of 14 x 14, a narrower network"


def question(number: int) -> Source:
    return Source(f"Stack Overflow {number}", f"https://stackoverflow.com/questions/{number}")


XOR = Training(
    data.xor,
    lambda: stack(nn.Linear(2, 4), nn.Sigmoid(), nn.Linear(4, 1), nn.Sigmoid()),
    mae,
    sgd(0.05, 0.11),
    1000,
    4,
    closeness,
)
PASSENGERS = Training(
    lambda: data.table(9, spread=2, one_hot=True),
    lambda: stack(*dense(9, 128, act=nn.ReLU, drop=0.5), nn.Linear(128, 2), nn.Softmax(1)),
    categorical_crossentropy,
    adam(),
    600,
    4,
    of_classes,
)
ONES = Training(
    data.ones_or_zeros,
    lambda: stack(*dense(128, 50, 50, act=nn.ReLU, drop=0.2), nn.Linear(50, 1), nn.Softmax(1)),
    binary_crossentropy,
    rmsprop(),
    200,
    1,
    of_one_unit,
)
XOR_SOFTMAX = Training(
    data.xor,
    lambda: stack(*dense(2, 2, 3, act=nn.Sigmoid), nn.Linear(3, 1), nn.Softmax(1), weights="uniform"),
    mse,
    sgd(0.001, 0.9),
    20,
    4,
    closeness,
)
SIXTEEN = Training(
    lambda: data.table(16, spread=2, one_hot=True),
    lambda: stack(*dense(16, 64, 64, act=nn.Tanh, drop=0.5), nn.Linear(64, 2), nn.Softmax(1), weights="uniform"),
    mse,
    sgd(0.1, 0.9),
    600,
    16,
    of_classes,
)
LABELS = Training(
    data.several_labels,
    lambda: stack(*dense(20, 20, 20, act=nn.ReLU, drop=0.5), nn.Linear(20, 3), nn.Softmax(1)),
    mse,
    sgd(),
    1000,
    20,
    of_one_unit,
)
THREE = Training(
    lambda: data.table(3, spread=3),
    lambda: stack(*dense(3, 12, 3, act=nn.ReLU), nn.Linear(3, 1), nn.Sigmoid(), weights="uniform"),
    binary_crossentropy,
    adam(),
    800,
    1,
    of_one_unit,
)
PACKETS = Training(
    lambda: data.table(11, spread=3),
    lambda: stack(*dense(11, 12, 12, act=nn.ReLU), nn.Linear(12, 1), nn.ReLU(), weights="normal"),
    binary_crossentropy,
    adam(),
    800,
    5,
    of_one_unit,
)
COLUMN = Training(
    data.one_column,
    lambda: stack(nn.Linear(1, 1), nn.Sigmoid(), nn.Linear(1, 1), nn.Softmax(1)),
    mae,
    rmsprop(),
    400,
    200,
    of_one_unit,
)
INCOMES = Training(
    lambda: data.table(14, spread=5, one_hot=True),
    lambda: stack(*dense(14, 21, act=nn.ReLU), nn.Linear(21, 2), nn.Softmax(1)),
    categorical_crossentropy,
    adam(),
    400,
    100,
    of_classes,
)

FAULTS = (
    Fault(
        "XOR: mean absolute error of a sigmoid, SGD, 1,000 epochs",
        question(31556268),
        "squared error, Adam, 50,000 epochs",
        XOR,
        replace(XOR, loss=mse, optimizer=adam(), steps=6000),
        ("squared_error_of_probabilities", "undertraining", "learning_rate_too_low"),
        SHORT + "; the repair is that of DeepFD's collection",
    ),
    Fault(
        "two classes by softmax and categorical cross entropy",
        question(31627380),
        "two sigmoids, binary cross entropy",
        PASSENGERS,
        replace(
            PASSENGERS,
            network=lambda: stack(*dense(9, 128, act=nn.ReLU, drop=0.5), nn.Linear(128, 2), nn.Sigmoid()),
            loss=binary_crossentropy,
        ),
        (),
        MADE,
    ),
    Fault(
        "softmax over a single unit",
        question(31880720),
        "a sigmoid",
        ONES,
        replace(
            ONES, network=lambda: stack(*dense(128, 50, 50, act=nn.ReLU, drop=0.2), nn.Linear(50, 1), nn.Sigmoid())
        ),
        ("outputs_bounded",),
        "200 steps",
    ),
    Fault(
        "XOR: softmax over a single unit, learning rate 0.001, 20 epochs",
        question(34311586),
        "a sigmoid, learning rate 0.1, 10,000 epochs",
        XOR_SOFTMAX,
        replace(
            XOR_SOFTMAX,
            network=lambda: stack(*dense(2, 2, 3, act=nn.Sigmoid), nn.Linear(3, 1), nn.Sigmoid(), weights="uniform"),
            optimizer=sgd(0.1, 0.9),
            steps=6000,
        ),
        ("outputs_bounded", "learning_rate_too_low", "undertraining"),
        SHORT,
    ),
    Fault(
        "squared error of a softmax, inputs not scaled",
        question(34673164),
        "inputs normalised by batch, two sigmoids, binary cross entropy",
        SIXTEEN,
        replace(
            SIXTEEN,
            network=lambda: stack(
                nn.BatchNorm1d(16),
                *dense(16, 64, 64, act=nn.Tanh, drop=0.5),
                nn.Linear(64, 2),
                nn.Sigmoid(),
                weights="uniform",
            ),
            loss=binary_crossentropy,
        ),
        ("squared_error_of_probabilities", "inputs_not_normalised"),
        MADE,
    ),
    Fault(
        "several labels a sample by one softmax and squared error",
        question(38648195),
        "sigmoids, binary cross entropy",
        LABELS,
        replace(
            LABELS,
            network=lambda: stack(*dense(20, 20, 20, act=nn.ReLU, drop=0.5), nn.Linear(20, 3), nn.Sigmoid()),
            loss=binary_crossentropy,
        ),
        ("squared_error_of_probabilities", "outputs_bounded"),
        "2,000 samples",
    ),
    Fault(
        "inputs not scaled, batches of one",
        question(39525358),
        "inputs standardised, batches of 10",
        THREE,
        replace(THREE, data=lambda: data.standard(data.table(3, spread=3)), size=10),
        ("inputs_not_normalised",),
        MADE,
    ),
    Fault(
        "ReLU at the end before binary cross entropy, inputs not scaled",
        question(44066044),
        "a sigmoid, inputs standardised",
        PACKETS,
        replace(
            PACKETS,
            data=lambda: data.standard(data.table(11, spread=3)),
            network=lambda: stack(*dense(11, 12, 12, act=nn.ReLU), nn.Linear(12, 1), nn.Sigmoid(), weights="normal"),
        ),
        ("outputs_bounded", "inputs_not_normalised"),
        MADE,
    ),
    Fault(
        "softmax over a single unit, mean absolute error, input not scaled",
        question(45442843),
        "a sigmoid, binary cross entropy, input standardised",
        COLUMN,
        replace(
            COLUMN,
            data=lambda: data.standard(data.one_column()),
            network=lambda: stack(nn.Linear(1, 1), nn.Sigmoid(), nn.Linear(1, 1), nn.Sigmoid()),
            loss=binary_crossentropy,
        ),
        ("outputs_bounded", "squared_error_of_probabilities", "inputs_not_normalised"),
        MADE,
    ),
    Fault(
        "Adam, columns of very different size",
        question(47724077),
        "SGD",
        INCOMES,
        replace(INCOMES, optimizer=sgd()),
        (),
        MADE,
    ),
)
