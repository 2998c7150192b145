"""Every sentence of the lab page, in each language at once: the page changes its language without asking again.

The page's scripts hold no words. A key is what they ask for; `{name}` is filled in by them, so that no Korean particle
may stand behind one.
"""

from __future__ import annotations

import json
from functools import cache

from paribus.page.words_charts import chart_interface
from paribus.programs.recipe.lab.words_lab import lab_words
from paribus.programs.recipe.recipe import SPECIFICATIONS
from paribus.web.words_views import COUNTED as COUNTED_IN_VIEWS
from paribus.web.words_views import SENTENCES as VIEWS
from paribus.words.labels import METRIC_LABELS
from paribus.words.translation import LANGUAGES, Lang, Words, mark, translator

Text = str | dict[str, str]

SENTENCES: dict[str, str] = {
    "language.name": mark("English"),  # what a language calls itself
    "number.percent": mark(" %"),
    "date.locale": mark("en-GB"),  # in whose manner dates are written
    "title.ask": mark("A new comparison"),
    "title.all": mark("All comparisons"),
    "title.train": mark("Training"),
    "title.verdict": mark("Verdict"),
    "title.why": mark("Why"),
    "nav": mark("Pages"),
    "nav.ask": mark("New comparison"),
    "nav.all": mark("All comparisons"),
    "nav.busy": mark("{n} under way or waiting"),
    "skip": mark("Skip to the content"),
    "pref.language": mark("Language"),
    "pref.theme": mark("Colours"),
    "theme.auto": mark("As the system"),
    "theme.light": mark("Light"),
    "theme.dark": mark("Dark"),
    "steps": mark("The way of a comparison"),
    "step.ask": mark("Ask"),
    "step.train": mark("Train"),
    "step.verdict": mark("Verdict"),
    "step.why": mark("Why"),
    "loading": mark("One moment …"),
    "lost.title": mark("The connection to Paribus is lost."),
    "lost.more": mark("What trains goes on. This page tries again by itself."),
    "lost.start": mark("Is “paribus serve” still running? This page tries again by itself."),
    "lost.locked": mark("The server has a new key: open the address that it printed when it started."),
    "lost.back": mark("The connection is back."),
    "fault.got": mark("received: {received}"),
    "yes": mark("yes"),
    "no": mark("no"),
    "list.or": mark("{most} or {last}"),
    "question": mark("Does the {field} matter: {names}?"),
    "time.s": mark("{n} s"),
    "time.min": mark("{n} min"),
    "time.h": mark("{hours} h {minutes} min"),
    "seed.n": mark("Seed {n}"),
    "ask.title": mark("What do you want to change?"),
    "ask.lead": mark(
        "Choose one thing. Paribus trains the network with each of its values, several times, with everything else "
        "the same. Then it tells you whether the change matters, how much, and how sure that is."
    ),
    "ask.factor": mark("The one thing that changes"),
    "ask.other": mark("Something else"),
    "ask.other.note": mark("any setting of the recipe"),
    "ask.field": mark("Setting"),
    "ask.values": mark("Its values"),
    "ask.value.n": mark("Value {n}"),
    "ask.value.add": mark("One more value"),
    "ask.value.drop": mark("Leave out value {n}"),
    "ask.recipe": mark("Everything else, the same for all: the recipe"),
    "ask.times": mark("How often, how long"),
    "ask.times.why": mark(
        "A run draws its random numbers from its seed. One run can be luck; more seeds make a surer answer."
    ),
    "ask.seeds": mark("Seeds for each value"),
    "ask.seeds.3": mark("3: a first look"),
    "ask.seeds.6": mark("6: as usual"),
    "ask.seeds.12": mark("12: more certain"),
    "ask.epochs": mark("Epochs (passes over the images)"),
    "ask.settings": mark("All settings of the recipe"),
    "ask.settings.hint": mark(
        "What you leave empty is as the recipe has it. Marked are those in which the lesson and the fair recipe differ."
    ),
    "ask.settings.usual": mark("as the recipe: {value}"),
    "ask.settings.changed": mark("{n} changed"),
    "ask.settings.factor": mark("this is what changes"),
    "ask.column.setting": mark("Setting"),
    "ask.column.yours": mark("Yours"),
    "ask.column.lesson": mark("lesson"),
    "ask.column.fair": mark("fair"),
    "ask.summary": mark("Your comparison"),
    "ask.takes": mark("Takes about"),
    "ask.download": mark("To download"),
    "ask.download.when": mark(
        "The images are not on this machine. They are downloaded when the training starts; until then it is not known "
        "how long it takes."
    ),
    "ask.disk": mark("On disk"),
    "ask.unknown": mark("not known yet"),
    "ask.checking": mark("Working out how long it takes …"),
    "ask.command": mark("The same as a command"),
    "ask.faults": mark("This does not work yet:"),
    "ask.start": mark("Start training"),
    "group.data": mark("The data"),
    "group.network": mark("The network"),
    "group.optimiser": mark("The optimiser"),
    "preset.activation": mark("The textbook's own case: is it the sigmoid that keeps LeNet from learning?"),
    "preset.optimizer": mark("The same weight decay, inside the gradient or beside it, for a network with sigmoids."),
    "preset.weight_decay": mark("A penalty that is meant to help. Can it keep a network with sigmoids from learning?"),
    "preset.initialisation": mark("Random numbers to start from: does their law still matter at the end?"),
    "preset.batch_order": mark("The same images, always in the same order or shuffled anew each time."),
    "preset.pooling": mark("Four pixels become one: by the largest, or by the mean."),
}


# Sentences whose form follows a number: for one, for others.
COUNTED: dict[str, tuple[str, str]] = {
    "ask.runs": (
        mark("{n} run: {arms} values, {seeds} seeds each."),
        mark("{n} runs: {arms} values, {seeds} seeds each."),
    ),
}


@cache
def page_words() -> dict[Lang, dict[str, Text]]:
    """By language, then by key: a text, or the forms `one` and `other`."""
    return {lang: _in_language(translator(lang)) for lang in LANGUAGES}


def words_json() -> str:
    """The same as JSON that can stand inside a `<script type="application/json">`."""
    return json.dumps(page_words(), ensure_ascii=False).replace("<", "\\u003c")


def _in_language(words: Words) -> dict[str, Text]:
    found: dict[str, Text] = {key: words.text(text) for key, text in {**SENTENCES, **VIEWS}.items()}
    for key, (one, other) in {**COUNTED, **COUNTED_IN_VIEWS}.items():
        found[key] = {"one": words.text(one), "other": words.text(other)}
    for name, spec in SPECIFICATIONS.items():
        found[f"field.{name}"] = words.text(spec.label)
        found |= {f"value.{name}.{value}": words.text(text) for value, text in spec.choices.items()}
    found |= {f"metric.{name}": words.text(text) for name, text in METRIC_LABELS.items()}
    found |= {f"chart.{key}": text for key, text in chart_interface(words.lang).items()}
    found |= {f"lab.{key}": text for key, text in lab_words(words.lang).items()}
    return found
