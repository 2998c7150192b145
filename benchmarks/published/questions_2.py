"""Questions of Stack Overflow from 2018 on, in the collection of DeepLocalize (Wardat and others, ICSE 2021).

Also one of before of which no more than the data's formula is needed. Written from their descriptions.
"""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from published import data
from published.fault import Fault, Training
from published.keras import (
    adam,
    binary_crossentropy,
    categorical_crossentropy,
    dense,
    explained,
    mse,
    of_classes,
    of_one_unit,
    sgd,
    stack,
)
from published.questions_1 import MADE, question

SUM = Training(
    data.weighted_sum,
    lambda: stack(*dense(3, 3, 2, act=nn.Tanh, drop=0.5), nn.Linear(2, 1), nn.Softmax(1), weights="uniform"),
    mse,
    sgd(0.1, 0.9),
    500,
    32,
    explained,
)
LINE = Training(
    data.line,
    lambda: stack(nn.Linear(1, 5), nn.Sigmoid(), nn.Linear(5, 1), nn.Sigmoid()),
    mse,
    sgd(),
    1000,
    300,
    explained,
)
SURFACE = Training(
    data.two_inputs,
    lambda: stack(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1), nn.ReLU()),
    mse,
    sgd(),
    1000,
    10,
    explained,
)
PARABOLA = Training(
    data.parabola,
    lambda: stack(*dense(1, 50, 30, act=nn.ReLU), nn.Linear(30, 1)),
    mse,
    sgd(0.1),
    1500,
    32,
    explained,
)


SQUARES = Training(
    lambda: data.two_columns(data.squares()),
    lambda: stack(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 2), nn.Softmax(1)),
    categorical_crossentropy,
    adam(),
    35,
    32,
    of_classes,
)
DEEP = Training(
    lambda: data.standard(data.table(4)),
    lambda: stack(*dense(4, 10, 20, 30, 40, 50, act=nn.ReLU), nn.Linear(50, 1), nn.Sigmoid()),
    binary_crossentropy,
    adam(),
    500,
    10,
    of_one_unit,
)
FLOWERS = Training(
    data.flowers,
    lambda: stack(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 3), nn.Sigmoid(), weights="normal"),
    categorical_crossentropy,
    adam(),
    800,
    5,
    of_classes,
)
FOURTH = Training(
    data.fourth_power,
    lambda: stack(nn.Linear(1, 50), nn.Sigmoid(), nn.Linear(50, 50), nn.ELU(), nn.Linear(50, 1)),
    mse,
    adam(),
    1000,
    400,
    explained,
)


FAULTS = (
    Fault(
        "softmax over a single unit for a number, inputs to 10,000",
        question(33969059),
        "no activation at the end, weights of the sum divided by their largest",
        SUM,
        replace(
            SUM,
            data=lambda: data.weighted_sum(2.2),
            network=lambda: stack(*dense(3, 3, 2, act=nn.Tanh, drop=0.5), nn.Linear(2, 1), weights="uniform"),
        ),
        ("outputs_bounded", "inputs_not_normalised"),
        "2,000 samples",
    ),
    Fault(
        "sigmoid at the end for a number beyond 1",
        question(48221692),
        "no activation at the end",
        LINE,
        replace(LINE, network=lambda: stack(nn.Linear(1, 5), nn.Sigmoid(), nn.Linear(5, 1))),
        ("outputs_bounded",),
        MADE,
    ),
    Fault(
        "ReLU at the end for a number, 50 epochs",
        question(48251943),
        "tanh at the end, 500 epochs",
        SURFACE,
        replace(
            SURFACE,
            network=lambda: stack(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1), nn.Tanh()),
            steps=4000,
        ),
        ("outputs_bounded", "dead_units", "undertraining"),
        MADE + "; 4,000 steps rather than 10,000",
    ),
    Fault(
        "learning rate 0.1 for targets to 125",
        question(48934338),
        "learning rate 0.001",
        PARABOLA,
        replace(PARABOLA, optimizer=sgd(0.001)),
        ("learning_rate_too_high", "divergence"),
    ),
    Fault(
        "two squares of points, 5 epochs",
        question(50306988),
        "one sigmoid, binary cross entropy, 50 epochs",
        SQUARES,
        replace(
            SQUARES,
            data=data.squares,
            network=lambda: stack(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 1), nn.Sigmoid()),
            loss=binary_crossentropy,
            steps=650,
            score=of_one_unit,
        ),
        ("undertraining", "learning_rate_too_low"),
    ),
    Fault(
        "one sigmoid and binary cross entropy after five layers",
        question(50481178),
        "two units, softmax, categorical cross entropy",
        DEEP,
        replace(
            DEEP,
            data=lambda: data.two_columns(data.standard(data.table(4))),
            network=lambda: stack(*dense(4, 10, 20, 30, 40, 50, act=nn.ReLU), nn.Linear(50, 2), nn.Softmax(1)),
            loss=categorical_crossentropy,
            score=of_classes,
        ),
        (),
        MADE,
    ),
    Fault(
        "sigmoids before categorical cross entropy, scaled inputs left unused",
        question(51930566),
        "softmax, inputs standardised",
        FLOWERS,
        replace(
            FLOWERS,
            data=lambda: data.standard(data.flowers()),
            network=lambda: stack(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 3), nn.Softmax(1), weights="normal"),
        ),
        ("inputs_not_normalised", "outputs_bounded"),
        "made clusters like Iris",
    ),
    Fault(
        "fourth powers of numbers to 100, not scaled",
        question(52800582),
        "inputs and targets standardised, ReLU for the first sigmoid",
        FOURTH,
        replace(
            FOURTH,
            data=lambda: data.standard(data.fourth_power(), targets=True),
            network=lambda: stack(nn.Linear(1, 50), nn.ReLU(), nn.Linear(50, 50), nn.ELU(), nn.Linear(50, 1)),
        ),
        ("inputs_not_normalised", "targets_not_scaled", "saturation_low", "saturation_high"),
    ),
    Fault(
        "sigmoids before categorical cross entropy, inputs not scaled, one hidden layer",
        question(59278771),
        "softmax, inputs scaled, a second hidden layer",
        FLOWERS,
        replace(
            FLOWERS,
            data=lambda: data.standard(data.flowers()),
            network=lambda: stack(*dense(4, 4, 8, act=nn.ReLU), nn.Linear(8, 3), nn.Softmax(1), weights="normal"),
        ),
        ("inputs_not_normalised", "outputs_bounded"),
        "made clusters like Iris, standardised rather than to 0 and 1",
    ),
)
