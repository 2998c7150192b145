"""Published faults that are not tried here, each with the reason."""

from __future__ import annotations

from published.fault import NotExpressed, Source
from published.questions_1 import question

DEEPFD = Source("DeepFD, 59282996", "https://github.com/ArabelaTso/DeepFD")
LEARNING_RATE = Source(
    "Data Science 15962",
    "https://datascience.stackexchange.com/questions/15962/why-is-learning-rate-causing-my-neural-networks-weights-to-skyrocket",
)


def neuralint(script: str) -> Source:
    return Source(f"NeuraLint, {script}.py", "https://github.com/neuralint/neuralint")


NOT_EXPRESSED = (
    NotExpressed(
        "a random mapping of bytes by sigmoids and squared error",
        question(39217567),
        "the collection's repair also learns another mapping, the identity: not one change of one training",
    ),
    NotExpressed(
        "two units in each layer for two columns", question(41372874), "the collection has no correct program for it"
    ),
    NotExpressed("softmax over a single unit", question(45337371), "nothing is trained: it is about one gradient"),
    NotExpressed(
        "69 classes from one number by sigmoids",
        question(58609115),
        "the data are not in the collection, and what the number has to do with the class is not said",
    ),
    NotExpressed(
        "padded sequences, labels and masks", DEEPFD, "its three repairs change the labels, each in another way"
    ),
    NotExpressed(
        "learning rate 0.001 makes the loss rise without end",
        LEARNING_RATE,
        "neither network nor data are described",
    ),
    NotExpressed(
        "two activations after one layer",
        neuralint("TF_lenet_double_activation"),
        "the program under this name has one after each layer",
    ),
    NotExpressed(
        "pictures of fruit by a network with three dropouts",
        question(44322611),
        "NeuraLint's collection has the program alone, without a repair or the pictures",
    ),
    NotExpressed(
        "heartbeats by convolutions of 700",
        question(55776436),
        "NeuraLint's collection has the program alone, without a repair or the signals",
    ),
)
