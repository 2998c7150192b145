"""Arrays that are none, and bytes that changed on the way: found, or harmless."""

import json
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from paribus.core.errors import StoreError
from paribus.runs.store import Store
from tests.factories import make_comparison
from tests.runs.hostile_cases import FILES, read_everything
from tests.runs.store_cases import answers_of, note_digests, rewrite


def tensors_with(header, body=b""):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + body


F32 = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
NASTY_TENSORS = [
    b"\x00" * 7,
    struct.pack("<Q", 1 << 62) + b"{}",
    struct.pack("<Q", 100) + b"{}",
    tensors_with(b"[" * 60_000),
    tensors_with(b'{"a":' * 60_000),
    tensors_with([1, 2]),
    tensors_with({"a": 1}),
    tensors_with({"a": {}}),
    tensors_with({"a": F32}),  # no bytes
    tensors_with({"a": F32}, b"12345678"),  # too many bytes
    tensors_with({"a": F32 | {"dtype": "BF16"}}, b"1234"),
    tensors_with({"a": F32 | {"dtype": "object"}}, b"1234"),
    tensors_with({"a": F32 | {"dtype": ["F32"]}}, b"1234"),
    tensors_with({"a": F32 | {"shape": [-1]}}, b"1234"),
    tensors_with({"a": F32 | {"shape": [True]}}, b"1234"),
    tensors_with({"a": F32 | {"shape": [1 << 62, 1 << 62]}}, b"1234"),
    tensors_with({"a": {"dtype": "F32", "shape": [0, 1 << 62], "data_offsets": [0, 0]}}),
    tensors_with({"a": {"dtype": "F32", "shape": [0, (1 << 63) - 1, 4], "data_offsets": [0, 0]}}),
    tensors_with({"a": F32 | {"shape": [1] * 100}}, b"1234"),
    tensors_with({"a": F32 | {"data_offsets": [4, 0]}}, b"1234"),
    tensors_with({"a": F32 | {"data_offsets": [0, 1 << 62]}}, b"1234"),
    tensors_with({"a": F32, "b": F32}, b"1234"),  # overlap
    tensors_with({"__metadata__": {"epochs": 3}, "a": F32}, b"1234"),
    tensors_with({"__metadata__": ["epochs"], "a": F32}, b"1234"),
    tensors_with({"\x1b[31m": F32 | {"dtype": "\x1b]0;owned\x07"}}, b"1234"),
    b"PK\x03\x04" + b"\x00" * 100,
    b"\x80\x04cos\nsystem\n(S'touch owned'\ntR.",
]


@pytest.mark.parametrize("name", [n for n in FILES if n.endswith(".safetensors")])
@pytest.mark.parametrize("content", NASTY_TENSORS, ids=range(len(NASTY_TENSORS)))
def test_arrays_that_are_none(sent, name, content):
    (sent.path / name).write_bytes(content)
    assert any(name.rpartition("/")[2] in error for error in read_everything(sent))


def answers(**changes):
    return save(answers_of() | changes)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (answers(classes=np.zeros(3, np.int64)), "40 of the test set"),
        (answers(classes=np.zeros((40, 1), np.int64)), "40 of the test set"),
        (answers(classes=np.zeros(40, np.float32)), "int64"),
        (answers(classes=np.full(40, 10, np.int64)), "from 0 to 9"),
        (answers(classes=np.full(40, -1, np.int64)), "from 0 to 9"),
        (answers(probabilities=np.zeros((40, 0), np.float32)), "classes"),
        (answers(probabilities=np.zeros(40, np.float32)), "40 of the test set"),
        (answers(probabilities=np.full((40, 10), 1e9, np.float32)), "probabilities"),
        (answers(probabilities=np.full((40, 10), np.nan, np.float32)), "probabilities"),
        (answers(more=np.zeros(1)), "must hold the arrays"),
    ],
)
def test_answers_that_do_not_fit_the_record(sent, content, message):
    (sent.path / "predictions.safetensors").write_bytes(content)
    note_digests(sent)
    with pytest.raises(StoreError, match=message):
        sent.result()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_changed_anywhere_are_found_or_harmless(sent, data):
    name = data.draw(st.sampled_from(FILES))
    path = sent.path / name
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole) - 1))
    kind = data.draw(st.sampled_from(["cut", "change", "insert"]))
    junk = data.draw(st.binary(min_size=1, max_size=12))
    changed = {
        "cut": whole[:start],
        "change": whole[:start] + junk + whole[start + len(junk) :],
        "insert": whole[:start] + junk + whole[start:],
    }[kind]
    try:
        path.write_bytes(changed)
        read_everything(sent)
    finally:
        path.write_bytes(whole)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_comparison_with_any_value_anywhere_is_read_or_refused(tmp_path, data):
    comparison = make_comparison("fair", test_count=50, epochs=2)
    path = Store(tmp_path).save_comparison(comparison)
    content = json.loads(path.read_text())
    inner, key = content, data.draw(st.sampled_from(sorted(content)))
    while isinstance(inner[key], dict | list) and inner[key] and data.draw(st.booleans()):
        inner = inner[key]
        key = data.draw(st.sampled_from(sorted(inner))) if isinstance(inner, dict) else 0
    inner[key] = data.draw(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.none(), max_size=3)
    )
    path.write_text(json.dumps(content))
    try:
        Store(tmp_path).load_comparison(comparison.id)
    except StoreError as error:
        assert str(path) in str(error) or "name" in str(error)


def test_a_header_of_very_many_tensors_is_refused_before_it_is_read(sent):
    entries = {f"t{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(20_000)}
    (sent.path / "predictions.safetensors").write_bytes(tensors_with(entries))
    note_digests(sent)
    with pytest.raises(StoreError, match=r"predictions\.safetensors: not valid safetensors: a header of"):
        sent.result()


@pytest.mark.parametrize("place", ["arm", "figure", "pair"])
def test_an_interval_whose_ends_are_swapped_is_refused(tmp_path, place):
    comparison = make_comparison("fair", test_count=50, epochs=2)
    path = Store(tmp_path).save_comparison(comparison)
    content = json.loads(path.read_text())
    arm, pair = content["arms"][0], content["pairs"][0]
    of = {"arm": arm, "figure": next(iter(arm["figures"].values())), "pair": pair}[place]
    names = ("trained_low", "trained_high") if place == "arm" else ("low", "high")
    of |= dict(zip(names, (0.9, 0.1), strict=True))
    rewrite(path, content)
    with pytest.raises(StoreError, match=r"comparison\.json: not a valid comparison: an interval's lower end"):
        Store(tmp_path).load_comparison(comparison.id)
