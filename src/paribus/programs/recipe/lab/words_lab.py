"""What the page's lab says of one comparison: its networks and its moments."""

from __future__ import annotations

from paribus.programs.recipe.lab.moments import Absence, Moment
from paribus.words.translation import mark, translator

# Why there are no networks.
ABSENCES: dict[Absence, str] = {
    "none_finished": mark("There is no seed with which every arm has a finished run: no network to show yet."),
    "damaged": mark("The stored networks of this comparison cannot be read, or are not those that were trained."),
    "data": mark("The data set is not on this machine as it was in training: the networks have no image to answer to."),
    "several_data": mark("The arms learned different data sets: no image is the same question to all of them."),
    "own_model": mark("The network of this comparison is not built in: the page cannot run it."),
    "misfit": mark("The stored weights do not fit the recipe's network."),
    "large": mark("The networks of this comparison are too large to lie in a page."),
}


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
