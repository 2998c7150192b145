from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.core.activations import ACTIVATIONS
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.initialisation_schemes import INITIALISATIONS
from paribus.programs.recipe.recipe import FIELDS, SPECIFICATIONS, Recipe
from paribus.records.run import Status
from paribus.words.labels import STATUS_LABELS
from paribus.words.safe_text import one_line, printable
from paribus.words.translation import LANGUAGES, translator
from tests.factories import make_design, make_run


def test_every_field_has_a_label() -> None:
    assert tuple(Recipe.model_fields) == FIELDS
    assert all(spec.about.label and spec.help and spec.about.group for spec in SPECIFICATIONS.values())
    for lang in LANGUAGES:
        labels = [translator(lang).field(field) for field in FIELDS]
        assert len(set(labels)) == len(labels)


def test_every_metric_has_a_label() -> None:
    by_epoch = make_run(make_design("activation", ["relu"]).arms[0], 0, 0.9).epochs[0].figures
    assert set(by_epoch) <= {"learning_rate", *(metric.name for metric in RECIPE.metrics)}
    assert translator("ko").called(RECIPE.metric("val_accuracy").label) == "검증 정확도"


@pytest.mark.parametrize(
    ("field", "choices"),
    [
        ("activation", tuple(ACTIVATIONS)),
        ("initialisation", tuple(INITIALISATIONS)),
        ("pooling", ("max", "avg")),
        ("optimizer", ("sgd", "adam", "adamw", "rmsprop")),
        ("schedule", ("constant", "cosine", "one_cycle", "step")),
        ("batch_order", ("as_is", "shuffled", "sorted")),
    ],
)
def test_every_choice_has_a_label(field: str, choices: tuple[str, ...]) -> None:
    assert tuple(SPECIFICATIONS[field].choices) == choices
    for lang in LANGUAGES:
        assert len({translator(lang).value_label(field, choice) for choice in choices}) == len(choices)


def test_every_switch_has_labels() -> None:
    switches = {name for name, info in Recipe.model_fields.items() if info.annotation is bool}
    assert {name for name, spec in SPECIFICATIONS.items() if spec.kind == "switch"} == switches
    assert all(set(SPECIFICATIONS[name].choices) == {"true", "false"} for name in switches)


def test_every_status_has_a_label() -> None:
    assert set(STATUS_LABELS) == set(get_args(Status))
    assert translator("ko").status("diverged") == "발산"


def test_labels_of_values() -> None:
    assert translator("en").value_label("activation", "relu") == "ReLU"
    assert translator("en").value_label("activation", "sigmoid") == "Sigmoid"
    assert translator("en").value_name("activation", "sigmoid") == "sigmoid"
    assert translator("ko").value_label("activation", "sigmoid") == "시그모이드"
    assert translator("en").value_label("weight_decay", 1e-4) == "Weight decay 1e-4"
    assert translator("ko").value_label("weight_decay", 0.1) == "가중치 감쇠 0.1"
    assert translator("en").value_label("batch_norm", True) == "With batch normalisation"
    assert translator("en").value_label("dense_widths", (120, 84)) == "Dense widths [120, 84]"
    assert translator("ko").value_label("bias_value", "default") == "기본 편향"
    assert translator("en").value_label("beta1", 0.9) == "β₁ 0.9"  # not the Greek capital
    assert translator("en").value_label("bias_value", -0.5) == "Initial bias −0.5"


def test_a_users_own_names_are_kept_but_inert() -> None:
    assert translator("en").value_label("dataset", "my/digits") == "my/digits"  # no capital of ours
    assert translator("en").arm_label("mine\x1b[2J\n.toml", "recipe", None) == "mine�[2J .toml"
    assert translator("ko").value_label("model", "my.net:make") == "my.net:make"


@given(st.text())
def test_what_is_printable_moves_no_cursor(text: str) -> None:
    shown = printable(text)
    assert not set(shown) & {"\x1b", "\x9b", "\u202e", "\u2066", "\u200f", "\r", "\x7f", "\u2028"}
    assert printable(shown) == shown
    shown.encode()  # no lone surrogates


@given(st.text(), st.integers(5, 40))
def test_one_line_is_one_line(text: str, longest: int) -> None:
    line = one_line(text, longest)
    assert len(line) <= longest
    assert len(line.splitlines()) <= 1


def test_languages_are_what_the_contract_says() -> None:
    from paribus.words.translation import LANGUAGES

    assert LANGUAGES == ("en", "ko")
