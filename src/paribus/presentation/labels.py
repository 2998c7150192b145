"""Display names of recipe fields, of their values, and of metrics, in both languages."""

from __future__ import annotations

from typing import Any

from paribus.presentation.numbers import number
from paribus.presentation.safe_text import one_line
from paribus.presentation.translation import LANGUAGES, Lang, mark, translator
from paribus.values.errors import closest
from paribus.values.recipe import FIELDS, Recipe
from paribus.values.recipe_text import BUILT_IN
from paribus.values.records import Status

FIELD_LABELS: dict[str, str] = {
    "dataset": mark("data set"),
    "validation_fraction": mark("validation fraction"),
    "train_size": mark("number of training images"),
    "normalise": mark("input normalisation"),
    "input_scale": mark("input scale"),
    "label_noise": mark("label noise"),
    "majority_fraction": mark("share of the majority class"),
    "batch_size": mark("batch size"),
    "batch_order": mark("batch order"),
    "drop_last": mark("dropping the last batch"),
    "model": mark("model"),
    "conv_channels": mark("convolution channels"),
    "dense_widths": mark("dense widths"),
    "activation": mark("activation"),
    "pooling": mark("pooling"),
    "batch_norm": mark("batch normalisation"),
    "dropout": mark("dropout"),
    "initialisation": mark("initialisation"),
    "init_gain": mark("initialisation gain"),
    "bias_value": mark("initial bias"),
    "optimizer": mark("optimiser"),
    "learning_rate": mark("learning rate"),
    "momentum": mark("momentum"),
    "beta1": mark("β₁"),
    "beta2": mark("β₂"),
    "weight_decay": mark("weight decay"),
    "schedule": mark("learning-rate schedule"),
    "step_epochs": mark("epochs between steps"),
    "step_factor": mark("step factor"),
    "warmup_epochs": mark("warm-up epochs"),
    "gradient_clip": mark("gradient clipping"),
    "label_smoothing": mark("label smoothing"),
    "epochs": mark("epochs"),
}

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
}

# Values that are names. Each field has its own: `step` or `default` mean different things in different fields.
VALUE_LABELS: dict[str, dict[str, str]] = {
    "dataset": {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "kmnist": "KMNIST"},
    "model": {"lenet": "LeNet"},
    "activation": {
        "identity": mark("identity"),
        "sigmoid": mark("sigmoid"),
        "hard_sigmoid": mark("hard sigmoid"),
        "tanh": mark("tanh"),
        "relu": "ReLU",
        "leaky_relu": mark("leaky ReLU"),
        "elu": "ELU",
        "selu": "SELU",
        "gelu": "GELU",
        "silu": "SiLU",
        "softplus": mark("softplus"),
    },
    "pooling": {"max": mark("max pooling"), "avg": mark("average pooling")},
    "initialisation": {
        "default": mark("default initialisation"),
        "xavier": mark("Xavier initialisation"),
        "he": mark("He initialisation"),
        "lecun": mark("LeCun initialisation"),
        "orthogonal": mark("orthogonal initialisation"),
        "zeros": mark("zero initialisation"),
    },
    "optimizer": {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"},
    "schedule": {
        "constant": mark("constant learning rate"),
        "cosine": mark("cosine schedule"),
        "one_cycle": mark("one-cycle schedule"),
        "step": mark("step schedule"),
    },
    "batch_order": {
        "as_is": mark("batches as they are"),
        "shuffled": mark("shuffled batches"),
        "sorted": mark("batches sorted by class"),
    },
    "bias_value": {"default": mark("default biases")},
}

SWITCH_LABELS: dict[str, tuple[str, str]] = {
    "normalise": (mark("with input normalisation"), mark("without input normalisation")),
    "drop_last": (mark("last batch dropped"), mark("last batch kept")),
    "batch_norm": (mark("with batch normalisation"), mark("without batch normalisation")),
}


def field_label(field: str, lang: Lang) -> str:
    """What people call a recipe field: `weight_decay` is `weight decay`, `가중치 감쇠`. Other names stay."""
    label = FIELD_LABELS.get(field)
    return one_line(field) if label is None else translator(lang).text(label)


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
    meaning = Recipe.model_fields[field].description
    return translator(lang).text(meaning) if meaning else ""


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
    name = value_name(field, value, lang)
    return capitalised(name, field, value) if lang == "en" else name


def value_name(field: str, value: Any, lang: Lang) -> str:
    """The same inside a sentence: `ReLU`, `max pooling`, `weight decay 0.1`."""
    words = translator(lang)
    if isinstance(value, str):
        known = VALUE_LABELS.get(field, {}).get(value)
        return one_line(value) if known is None else words.text(known)
    if isinstance(value, bool):
        if field in SWITCH_LABELS:
            return words.text(SWITCH_LABELS[field][0 if value else 1])
        return words.text("yes") if value else words.text("no")
    return f"{field_label(field, lang)} {plain_value(value)}"


def capitalised(text: str, field: str, value: Any) -> str:
    """`text` with a capital first letter, unless it begins with a user's own name."""
    own = isinstance(value, str) and value not in VALUE_LABELS.get(field, {})
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


def arm_label(name: str, factor: str, value: Any, lang: Lang) -> str:
    """What people call an arm: its value's display name where the factor is a recipe field, else its own name."""
    return value_label(factor, value, lang) if factor in FIELDS else one_line(name)


def arm_name(name: str, factor: str, value: Any, lang: Lang) -> str:
    """The same inside a sentence."""
    return value_name(factor, value, lang) if factor in FIELDS else one_line(name)
