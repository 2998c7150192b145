"""Messages: values stay values, whatever they hold, in the sentence, through JSON and between processes."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.core.errors import Fault
from paribus.core.messages import Message, message_of, shown

texts = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["{name}", "{", "a; got b", "%s", "{0.x}"])
plain = texts | st.integers(-9, 10**9) | st.booleans() | st.none()
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | inner.map(lambda v: Message("[{v}]", v=v)))


@given(values, texts)
def test_json_and_another_process_give_the_same_sentence(value, name):
    message = Message("{name}: {value}, {name!q}", name=name, value=value)
    assert str(message_of(json.loads(json.dumps(message.json())))) == str(message)
    assert pickle.loads(pickle.dumps(message)) == message


@given(texts, texts)
def test_what_stands_in_a_place_is_not_read(first, second):
    assert str(Message("{a} and {b}", a=first, b=second)) == f"{first} and {second}"
    outer = Message("({inner})", inner=Message("{a}", a=first))
    assert str(outer) == f"({first})"


@given(texts)
def test_a_sentence_without_values_is_as_it_is(sentence):
    assert str(Message(sentence)) == sentence


def test_lists_numbers_and_names():
    message = Message("{count:,} of {choices}; {name!q}", count=12000, choices=("a", "b"), name='x "y"')
    assert str(message) == '12,000 of a, b; "x \\"y\\""'
    listed = [Fault("{field} must be at least {limit}", 0, field="seeds", limit=1).message, Message("b")]
    assert str(Message("two:\n{faults:lines}", faults=listed)) == "two:\n  - seeds must be at least 1; got 0\n  - b"
    assert str(Message("{faults:semicolons}", faults=listed)) == "seeds must be at least 1; got 0; b"
    assert str(Message("{path}: {field} {missing}", path=Path("a"), field="b")) == "a: b {missing}"


@pytest.mark.parametrize("data", [None, [], {}, {"id": 3, "values": {}}, {"id": "x"}, "x"])
def test_what_is_no_message_is_refused(data):
    with pytest.raises(ValueError, match="a message has an id and values"):
        message_of(data)


def test_a_fault_knows_its_field_and_choices():
    fault = Fault("{field} must be one of {choices}", "c", field="activation", choices=("a", "b"))
    assert (fault.field, tuple(fault.choices), fault.has_value) == ("activation", ("a", "b"), True)
    other = Fault("nothing was started")
    assert (other.field, tuple(other.choices), other.has_value) == (None, (), False)


@given(st.text())
def test_what_is_shown_can_be_printed(text):
    assert shown(text).isprintable()
