"""Values as words of a command line, and TOML that goes too far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.core.errors import ParibusError, RecipeError
from paribus.core.field_text import value_word
from paribus.programs.recipe.recipe_lookup import recipe
from paribus.programs.recipe.recipe_text import parse_assignment, recipe_from, recipe_from_toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
SCALARS = TEXTS | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
LISTS = st.lists(st.integers(0, 10**6), max_size=64)


@given(st.lists(SCALARS | LISTS, min_size=1, max_size=4))
def test_a_value_written_as_a_word_reads_back(values):
    assert parse_assignment("dataset=" + ",".join(map(value_word, values))) == ("dataset", values)


@pytest.mark.parametrize("text", ["a,b", "2024", "true", "it's", 'a"b,c', "a[b", "1 # one", " a", "\\", "a\nb", "\x7f"])
def test_a_text_that_looks_like_more_is_quoted(text):
    assert parse_assignment(f"dataset={value_word(text)},relu") == ("dataset", [text, "relu"])


def test_plain_words_stay_plain():
    assert [value_word(v) for v in ("relu", "./data/digits", "my.net:make", 0.1, True, (120, 84))] == [
        "relu",
        "./data/digits",
        "my.net:make",
        "0.1",
        "true",
        "[120,84]",
    ]


EXCESSIVE = ["[" * 20_000 + "]" * 20_000, "9" * 5_000, "0x" + "f" * 5_000]


@pytest.mark.parametrize("value", EXCESSIVE, ids=["brackets", "digits", "hexadecimal"])
def test_toml_that_goes_too_far_is_a_users_mistake(value):
    with pytest.raises(RecipeError, match=r"theirs\.toml: a value must not"):
        recipe_from_toml(f"epochs = {value}", "theirs.toml")
    with pytest.raises(ParibusError, match="a value must not"):
        parse_assignment(f"epochs={value}")


def test_spellings_that_contradict_each_other_are_refused_with_both_names():
    for make in (recipe_from, lambda fields: recipe("fair", **fields)):
        with pytest.raises(RecipeError, match=r"lr and learning_rate are one field.*got 0\.1 and 0\.01"):
            make({"lr": 0.1, "learning_rate": 0.01})
        assert make({"lr": 0.1, "learning_rate": 0.1}).learning_rate == 0.1
    with pytest.raises(RecipeError, match="batch_order and shuffle"):
        recipe_from_toml('batch_order = "as_is"\nshuffle = true', "theirs.toml")
