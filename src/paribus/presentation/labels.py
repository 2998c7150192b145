"""What people call metrics, states and values of fields, as message ids; and values as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paribus.presentation.numbers import number
from paribus.presentation.safe_text import one_line
from paribus.values.messages import mark
from paribus.values.recipe import SPECIFICATIONS
from paribus.values.records import Status

METRIC_LABELS: dict[str, str] = {
    "train_loss": mark("training loss"),
    "train_accuracy": mark("training accuracy"),
    "val_loss": mark("validation loss"),
    "val_accuracy": mark("validation accuracy"),
    "test_loss": mark("test loss"),
    "test_accuracy": mark("test accuracy"),
    "learning_rate": mark("learning rate"),
    "seconds": mark("seconds"),
}

STATUS_LABELS: dict[Status, str] = {
    "running": mark("running"),
    "finished": mark("finished"),
    "diverged": mark("diverged"),
    "failed": mark("failed"),
}


<<<<<<< HEAD
def field_label(field: str, lang: Lang) -> str:
    """What people call a recipe field: `weight_decay` is `weight decay`, `가중치 감쇠`. Other names stay."""
    spec = SPECIFICATIONS.get(field)
    return one_line(field) if spec is None else translator(lang).text(spec.label)


def field_called(name: str) -> str | None:
    """The field that people call `name` in any language, or nearly so: `학습률` and `learning rate` are learning_rate.

    None where nothing is near. Names in Latin letters must fit exactly: they may be a field's own, mistyped.
    """
    labels = {_plain(field_label(field, lang)): field for lang in LANGUAGES for field in FIELDS}
    plain = _plain(name)
    if plain in labels or plain.isascii():
        return labels.get(plain)
    begun = [label for label in labels if label.startswith(plain)]
    near = begun[0] if begun else closest(plain, labels)
    return labels.get(near)


def _plain(label: str) -> str:
    return "".join(label.split()).lower()


def field_meaning(field: str, lang: Lang) -> str:
    """What a recipe field is for, in a few words."""
    return translator(lang).text(SPECIFICATIONS[field].help)


def recipe_meaning(name: str, lang: Lang) -> str:
    """What a built-in recipe is, in a sentence."""
    return translator(lang).text(BUILT_IN[name][1])


def metric_label(metric: str, lang: Lang) -> str:
    """What people call a metric: `val_accuracy` is `validation accuracy`, `검증 정확도`."""
    label = METRIC_LABELS.get(metric)
    return one_line(metric) if label is None else translator(lang).text(label)


def status_label(status: Status, lang: Lang) -> str:
    """What people call a run's status."""
    return translator(lang).text(STATUS_LABELS[status])


def value_label(field: str, value: Any, lang: Lang) -> str:
    """What people call a field's value, good as an arm's name: `ReLU`, `Max pooling`, `Weight decay 0.1`."""
    return capitalised(value_name(field, value, lang), field, value)


def value_name(field: str, value: Any, lang: Lang) -> str:
    """The same inside a sentence: `ReLU`, `max pooling`, `weight decay 0.1`."""
    words = translator(lang)
    if isinstance(value, (str, bool)) and (named := _names(field).get(plain_value(value))) is not None:
        return words.text(named)
    if isinstance(value, bool):
        return words.text("yes") if value else words.text("no")
    if isinstance(value, str):
        return one_line(value)
    return f"{field_label(field, lang)} {plain_value(value)}"


def _names(field: str) -> Mapping[str, str]:
=======
def value_names(field: str) -> Mapping[str, str]:
>>>>>>> da0cfda (Words is one object: sentences, numbers with their signs, names of things in one language; no loose functions by language)
    """The values of a field that have names of their own, with them."""
    return SPECIFICATIONS[field].choices if field in SPECIFICATIONS else {}


def is_named(field: str, value: Any) -> bool:
    """Whether the value is a text that has a name of its own, which says by itself what it is."""
    return isinstance(value, str) and value in value_names(field)


def capitalised(text: str, field: str, value: Any) -> str:
    """`text` with a capital first letter, unless it begins with a user's own name."""
    own = isinstance(value, str) and not is_named(field, value)
    return text if own else initial_capital(text)


def initial_capital(text: str) -> str:
    """A capital first letter; of Latin letters only, for β₁ is not Β₁."""
    return text[:1].upper() + text[1:] if text[:1].isascii() else text


def plain_value(value: Any) -> str:
    """A value as one would write it in a recipe, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(plain_value(v) for v in value) + "]"
    return one_line(str(value))
