"""Whoever named a thing is left its name as it is; what we call things begins a sentence with a capital."""

from __future__ import annotations

from paribus.diagnosis.words.intervention_outcomes import intervention_words, planned_words
from paribus.records.intervention import Change, Intervention
from paribus.words.labels import initial_capital, own_name
from paribus.words.translation import translator


def changed(**fields: tuple[object, object]) -> Intervention:
    changes = [Change(factor=name, before=before, after=after) for name, (before, after) in fields.items()]
    return Intervention(changes=tuple(changes), finding=None)


def test_a_change_begins_with_a_capital_only_where_the_field_is_ours() -> None:
    assert planned_words(changed(weight_decay=(0.1, 0)), "en") == "Weight decay 0.1 → 0"
    assert planned_words(changed(lr=(0.1, 0.01)), "en") == "lr 0.1 → 0.01"
    assert planned_words(changed(act=("relu", "gelu"), lr=(0.1, 1)), "en") == "act relu → gelu + lr 0.1 → 1"
    assert initial_capital(intervention_words(changed(lr=(0.1, 0.01)), "ko")) == "lr 0.1 → 0.01"


def test_a_sentence_that_begins_with_a_users_name_is_left_as_it_is() -> None:
    words = translator("en")
    said = words.text("{arm} is better.", arm=words.arm_name("mine", "mode", "mine"))
    assert initial_capital(said) == "mine is better."
    assert initial_capital(words.text("{arm} is better.", arm=words.name_of_arm("relu", "activation", "relu"))) == (
        "ReLU is better."
    )
    assert initial_capital(words.join([own_name("lr"), "momentum"])) == "lr and momentum"
    assert initial_capital(words.join([words.field("weight_decay"), "lr"])) == "Weight decay and lr"
