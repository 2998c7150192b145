"""The words of the page's lab: scripts have no sentence of their own."""

from __future__ import annotations

from paribus.programs.recipe.lab.lab_material import Absence
from paribus.programs.recipe.lab.moments import Moment
from paribus.words.translation import mark, translator

_ABSENCES: dict[Absence, str] = {
    "none_finished": mark("There is no seed with which every arm has a finished run: no network to show yet."),
    "damaged": mark("The stored networks of this comparison cannot be read, or are not those that were trained."),
    "data": mark("The data set is not on this machine as it was in training: the networks have no image to answer to."),
    "several_data": mark("The arms learned different data sets: no image is the same question to all of them."),
    "own_model": mark("The network of this comparison is not built in: the page cannot run it."),
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
            "These are the networks from seed {seed}, a typical one: every arm did what it did in most runs.", seed=seed
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
            "The trained networks are in this page, and answer here. Draw a digit or pick a test image, and see what "
            "each of them makes of it."
        ),
        "introPick": text(
            "The trained networks are in this page, and answer here. Pick a test image, and see what each of them "
            "makes of it."
        ),
        "pad": text(
            "Drawing pad: draw a digit with a mouse, a finger or a pen. On the keyboard, arrow keys pick a test "
            "image and Delete clears."
        ),
        "picture": text("The image that was picked. Arrow keys pick another."),
        "pen": text("Pen"),
        "eraser": text("Eraser"),
        "clear": text("Clear"),
        "seen": text("What the networks see"),
        "images": text("Test images"),
        "image": text("Test image {number}: {label}"),
        "imageDisagree": text("Test image {number}: {label}. The arms disagree on it."),
        "marked": text("A dot marks images on which the arms disagree."),
        "shows": text("Test image {number}: {label}"),
        "yours": text("Your drawing"),
        "empty": text("Nothing is drawn"),
        "sure": text("{arm}: {answer}, {percent}"),
        "probabilities": text("Probability of each class, {arm}"),
        "right": text("right"),
        "wrong": text("wrong"),
        "undefined": text("no number"),
        "held": text("Its training was over by then."),
        "percent": text("{value} %"),
        "checked": text("Checked: on {same} of {n} test images the networks in this page give PyTorch's answer."),
        "unreadable": text("The networks in this page cannot be unpacked: {reason}"),
    }


def _layer_words(lang: str) -> dict[str, str]:
    text = translator(lang).text
    return {
        "inside": text("Inside the networks"),
        "insideNote": text(
            "What every layer answers to the image above. Colour is a positive number, grey a negative one, and bare "
            "ground is zero. One scale holds for all moments of a training: what fades here has faded."
        ),
        "conv1": text("First convolution"),
        "conv2": text("Second convolution"),
        "maps": text("Above, its {n} filters; below, what each makes of the image, {height} × {width}."),
        "means": text(
            "Above, its {n} filters, each as the mean over its inputs; below, what each makes of them, "
            "{height} × {width}."
        ),
        "dense": text("Dense layer {number}"),
        "units": text("{n} units"),
        "layerOf": text("{layer}, {arm}: mean {mean}, largest {largest}"),
    }


def _time_words(lang: str) -> dict[str, str]:
    text = translator(lang).text
    return {
        "time": text("Moment of training"),
        "timeNote": text("The slider moves through the training, and all that is shown here goes with it."),
        "play": text("Play"),
        "pause": text("Pause"),
        "steps": text("steps"),
        "epochs": text("epochs"),
    }


def _force_words(lang: str) -> dict[str, str]:
    text = translator(lang).text
    return {
        "forces": text("What moves the weights"),
        "forcesNote": text(
            "Two forces act on the weights of a layer: the gradient of the loss, which comes from the data, and the "
            "pull of weight decay towards zero. Where the pull is the stronger one, the weights shrink."
        ),
        "noDecayNote": text(
            "No weight decay acts in these runs: what moves the weights of a layer is the gradient of the loss, which "
            "comes from the data. The axis is logarithmic."
        ),
        "decoupled": text(
            "AdamW applies weight decay beside the gradient: there the pull is not weighed against the gradient."
        ),
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
        "noTrace": text("{arm}: no probe watched this run."),
        "figures": text(
            "Slope: how steep the activation is where the layer's sums lie, on average; gradients are multiplied by "
            "it on their way down. Dead units: slope zero for every image. Saturated: sums at a flat end of the "
            "activation."
        ),
    }
