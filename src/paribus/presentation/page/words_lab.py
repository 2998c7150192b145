"""The words of the page's lab: scripts have no sentence of their own."""

from __future__ import annotations

from paribus.presentation.page.lab_material import Absence
from paribus.presentation.page.moments import Moment
from paribus.presentation.translation import mark, translator

_ABSENCES: dict[Absence, str] = {
    "none_finished": mark("There is no seed with which every arm has a finished run: no network to show yet."),
    "damaged": mark("The stored networks of this comparison cannot be read, or are not those that were trained."),
    "data": mark("The data set is not on this machine as it was in training: the networks have no image to answer to."),
    "own_model": mark("The network of this comparison is not LeNet: the page cannot run it."),
    "misfit": mark("The stored weights do not fit the recipe's network."),
    "large": mark("The networks of this comparison are too large to lie in a page."),
}


def lab_words(lang: str) -> dict[str, str]:
    """What the lab says. `{...}` is filled in by the page."""
    return _digit_words(lang) | _layer_words(lang) | _time_words(lang) | _force_words(lang)


def absence_words(absent: Absence, lang: str) -> str:
    """Why there are no networks, in a sentence."""
    return translator(lang).text(_ABSENCES[absent])


def seed_note(seed: int, typical: bool, lang: str) -> str:
    """Which networks these are."""
    text = translator(lang).text
    if typical:
        return text(
            "These are the networks of seed {seed}, with which every arm went as most of its runs did.", seed=seed
        )
    return text("These are the networks of seed {seed}.", seed=seed)


def moment_label(moment: Moment, lang: str) -> str:
    """A moment in words: `after 20 steps`, `after epoch 2`."""
    words = translator(lang)
    if moment.epoch is not None:
        return words.text("after epoch {epoch}", epoch=moment.epoch)
    return words.plural("after {n} step", "after {n} steps", moment.step)


def moment_mark(moment: Moment, lang: str) -> str:
    """The same below the slider: the number alone."""
    return str(moment.step if moment.epoch is None else moment.epoch)


def _digit_words(lang: str) -> dict[str, str]:
    text = translator(lang).text
    return {
        "intro": text(
            "Both networks run here, in this page. Draw a digit or pick a test image, and see what each makes of it."
        ),
        "introPick": text("The networks run here, in this page. Pick a test image, and see what each makes of it."),
        "pad": text("Drawing pad. With a mouse, a finger or a pen, draw a digit; on the keyboard, pick a test image."),
        "drawHere": text("Draw here"),
        "pen": text("Pen"),
        "eraser": text("Eraser"),
        "clear": text("Clear"),
        "seen": text("What the networks see"),
        "images": text("Test images"),
        "image": text("Test image {number}: {label}"),
        "imageDisagree": text("Test image {number}: {label}. The arms disagree on it."),
        "marked": text("A dot marks images on which the arms disagree."),
        "shows": text("Test image {number} shows {label}"),
        "yours": text("Your drawing"),
        "empty": text("An empty pad"),
        "answer": text("Answer"),
        "sure": text("{arm}: {answer}, {percent}"),
        "right": text("right"),
        "wrong": text("wrong"),
        "undefined": text("no number"),
        "percent": text("{value} %"),
        "checked": text("Checked in this page: on {same} of {n} test images both give PyTorch's answer."),
        "unreadable": text("The networks in this page cannot be unpacked by this browser: {reason}"),
    }


def _layer_words(lang: str) -> dict[str, str]:
    text = translator(lang).text
    return {
        "inside": text("Inside the networks"),
        "insideNote": text(
            "Every layer's answer to the image above. Colour is a positive number, grey a negative one, empty is zero. "
            "One scale holds for all moments, so what fades here has faded."
        ),
        "filters1": text("Filters of the first convolution"),
        "conv1": text("What the first convolution sees"),
        "filters2": text("Filters of the second convolution, each as the mean over its inputs"),
        "conv2": text("What the second convolution sees"),
        "dense": text("Dense layer {number}"),
        "maps": text("{n} maps of {height} × {width}"),
        "weights": text("{n} filters of 5 × 5"),
        "units": text("{n} units"),
        "layerOf": text("{layer}, {arm}: mean {mean}, largest {largest}"),
        "filtersOf": text("{layer}, {arm}: largest weight {largest}"),
    }


def _time_words(lang: str) -> dict[str, str]:
    text = translator(lang).text
    return {
        "time": text("Moment of training"),
        "timeNote": text(
            "Move through the training: everything below goes with it, and the cursor in the curves above."
        ),
        "play": text("Play"),
        "pause": text("Pause"),
        "earlier": text("Earlier"),
        "later": text("Later"),
        "steps": text("steps"),
        "epochs": text("epochs"),
        "held": text("This arm's training was over before."),
    }


def _force_words(lang: str) -> dict[str, str]:
    text = translator(lang).text
    return {
        "forces": text("What moves the weights"),
        "forcesNote": text(
            "Two forces act on a layer's weights: the gradient of the loss, which comes from the data, and the pull of "
            "weight decay towards zero. The axis is logarithmic: one line to the next is a factor of {factor}."
        ),
        "decoupled": text("With AdamW the pull acts beside the gradient, and is not weighed against it as here."),
        "data": text("gradient of the data"),
        "pull": text("pull of weight decay"),
        "layer": text("Layer"),
        "arm": text("Arm"),
        "balance": text("Forces"),
        "norm": text("Norm of the weights"),
        "slope": text("Slope"),
        "dead": text("Dead units"),
        "saturated": text("Saturated"),
        "noPull": text("no weight decay"),
        "dataWins": text("data × {ratio}"),
        "pullWins": text("decay × {ratio}"),
        "even": text("even"),
        "noTrace": text("No probe watched this arm's run."),
        "figures": text(
            "Slope: how steep the activation is where the layer's sums lie, on average; gradients are multiplied by it on "
            "their way down. Dead: units with slope zero for every image. Saturated: sums at a flat end of the activation."
        ),
        "seenAt": text("As the probes saw it at step {step}."),
    }
