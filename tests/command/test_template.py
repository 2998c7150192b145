from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.core.errors import FaultsError, ParibusError
from paribus.programs.command.template import Template
from tests.command.commands import made

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)
PLAIN = st.text(st.characters(blacklist_characters="{}", blacklist_categories=("Cs",)))


PARTS = st.one_of(
    PLAIN.map(lambda text: (text, None)),
    NAMES.map(lambda name: (None, name)),
    st.sampled_from("{}").map(lambda brace: (brace, "")),
)


@given(st.lists(PARTS), st.data())
def test_every_place_is_filled_and_every_doubled_brace_is_one(parts, data):
    word = "".join(2 * text if name == "" else text if name is None else f"{{{name}}}" for text, name in parts)
    names = list(dict.fromkeys(name for _, name in parts if name))
    values = {name: data.draw(st.text()) for name in names}
    template = Template.of([word])
    assert list(template.names) == names
    assert template.filled(values) == ("".join(values[name] if name else text for text, name in parts),)


@given(st.lists(st.one_of(PLAIN, st.sampled_from(["{", "}", "{{", "}}", "{a}", "{1}", "{a b}"]))))
def test_a_word_is_right_or_refused(pieces):
    word = "".join(pieces)
    try:
        template = Template.of([word])
    except FaultsError as error:
        assert "{name}" in str(error)
        return
    filled = template.filled(dict.fromkeys(template.names, ""))[0]
    assert len(filled) <= len(word)


def test_values_are_texts_as_they_were_given():
    program = made(["run", "{seed}", "{lr}"])
    assert [program.fields({"lr": value})["lr"] for value in ("0.1", "1e-1", 0.1, True)] == [
        "0.1",
        "1e-1",
        "0.1",
        "true",
    ]
    assert program.digest(program.fields({"lr": "0.1"})) != program.digest(program.fields({"lr": "1e-1"}))


def test_all_that_is_wrong_with_fields_is_said_at_once_with_the_nearest_name():
    program = made(["run", "--seed", "{seed}", "--act", "{act}", "--lr", "{lr}"])
    with pytest.raises(ParibusError) as caught:
        program.fields({"actt": "relu", "lr": "1"})
    assert 'unknown field "actt"; did you mean act?' in str(caught.value)
    assert "{act} has no value" in str(caught.value)


def test_a_misspelled_seed_is_recognised():
    with pytest.raises(ParibusError, match=r"a command needs \{seed\}.*did you mean sed\?"):
        made(["run", "--seed", "{sed}"])


@pytest.mark.parametrize(
    ("words", "more", "said"),
    [
        ([], {}, "a command follows --"),
        (["run", "{seed}", "{"], {}, "a brace that is meant as such {{"),
        (["run"], {}, r"a command needs {seed}"),
        (["run", "{seed}"], {"metrics_from": "metrics.json"}, "a file of its own"),
        (["run", "{seed}"], {"patterns": {"acc": "("}}, "the pattern of acc is no regular expression"),
        (["run", "{seed}"], {"depends": ["nowhere.csv"]}, "nowhere.csv: no such file"),
        (["run", "{seed}"], {"time_limit": 0}, "time_limit must be greater than 0"),
        (["run", "{seed}"], {"trained": "acc"}, "what counts as trained"),
        (["run", "{seed}"], {"at": "best"}, "chosen by another metric"),
    ],
)
def test_what_no_command_can_be_is_refused_before_anything_runs(words, more, said):
    with pytest.raises(ParibusError) as caught:
        made(words, **more)
    assert said in str(caught.value)
