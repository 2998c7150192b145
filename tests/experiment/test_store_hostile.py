"""A folder that somebody sent: whatever it holds, reading it gives what it says or a StoreError that names the file."""

import json
import os
import shutil
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from paribus.experiment.store import RunFolder, Store
from paribus.experiment.store import files as store_files
from paribus.experiment.store import run_folder as module
from paribus.values.errors import StoreError
from tests.experiment.store_cases import answers_of, metrics_of, new_record, weights_of, write_run
from tests.factories import make_comparison

FILES = (
    "record.json",
    "metrics.jsonl",
    "trace.jsonl",
    "state.safetensors",
    "predictions.safetensors",
    "checkpoints/epoch-0003.json",
    "checkpoints/epoch-0003.safetensors",
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("sound"), new_record())


@pytest.fixture
def folder(tmp_path, sound):
    shutil.copytree(sound.path, tmp_path / "runs" / sound.path.name)
    return RunFolder(tmp_path / "runs" / sound.path.name)


def read_everything(folder):
    """All that a reader may ask of a run. Gives the errors."""
    store, name = Store(folder.path.parents[1]), folder.path.name
    errors = []
    for read in (
        folder.record,
        folder.metrics,
        folder.result,
        folder.trace,
        folder.read_state,
        folder.weights,
        folder.checkpoints,
        lambda: folder.read_checkpoint("epoch-0003"),
        lambda: store.result(name),
        lambda: store.open_run(name).record(),
        store.survey,
        store.comparisons,
    ):
        try:
            read()
        except StoreError as error:
            assert str(folder.path) in str(error)
            assert str(error).isprintable(), "control codes of a file must not reach the terminal"
            assert len(str(error)) < 1500
            errors.append(str(error))
    return errors


NASTY_JSON = [
    b"",
    b"\n",
    b"null\n",
    b"[]\n",
    b"0\n",
    b"nan\n",
    b'"text"\n',
    b"{}\n",
    b"[" * 100_000 + b"\n",
    b'{"a":' * 100_000 + b"\n",
    b"\xff\xfe\x00\n",
    b"\x00" * 100 + b"\n",
    b"{" + b'"\\u001b[31m\x1b]0;owned\\u0007": 1' + b"}\n",
    b'{"id": "\\u202e../../x", "schema_number": 1e999}\n',
    b'{"schema_number": 99999999999999999999999999999}\n',
    b'{"schema_number": 1, "step": 1, "epoch": 1}\n',
    b'{"epoch": NaN, "step": NaN}\n',
    b"1" * 100_000 + b"\n",
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", NASTY_JSON, ids=range(len(NASTY_JSON)))
def test_any_file_may_hold_anything(folder, name, content):
    (folder.path / name).write_bytes(content)
    errors = read_everything(folder)
    if name == "record.json":
        assert errors


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_a_folder_a_link_or_a_pipe(folder, name, tmp_path_factory):
    path = folder.path / name
    secret = tmp_path_factory.mktemp("outside") / "secret"
    path.rename(secret)  # valid content, but reached through a link
    optional = name in ("trace.jsonl", "state.safetensors")
    assert bool(read_everything(folder)) is not optional
    path.symlink_to(secret)
    assert any("link" in error and str(path) in error for error in read_everything(folder))
    path.unlink()
    path.mkdir()
    assert read_everything(folder)
    path.rmdir()
    os.mkfifo(path)
    assert any("not a file" in error and str(path) in error for error in read_everything(folder))


def test_folders_that_are_links_lead_nowhere(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    away = outside / "checkpoints"
    (folder.path / "checkpoints").rename(away)
    (folder.path / "checkpoints").symlink_to(away, target_is_directory=True)
    with pytest.raises(StoreError, match="checkpoints: a link"):
        folder.checkpoints()
    with pytest.raises(StoreError, match="checkpoints: a link"):
        folder.read_checkpoint("epoch-0001")
    with pytest.raises(StoreError, match="checkpoints: a link"):
        folder.write_checkpoint("epoch-0004", weights_of(4), {"step": "40"})
    assert not (away / "epoch-0004.json").exists()

    linked = folder.path.parent / "linked-s0"
    linked.symlink_to(folder.path, target_is_directory=True)
    store = Store(folder.path.parents[1])
    with pytest.raises(StoreError, match="linked-s0: a link"):
        store.record("linked-s0")
    assert [record.id for record in store.runs()] == [folder.path.name]
    with pytest.raises(StoreError):
        store.begin(new_record("linked-s0"))

    elsewhere = Store(outside / "lab")
    elsewhere.root.mkdir()
    for name in ("runs", "comparisons"):
        (elsewhere.root / name).symlink_to(store.root / "runs", target_is_directory=True)
    for read in (elsewhere.survey, elsewhere.comparisons, lambda: elsewhere.looks("a"), lambda: elsewhere.resolve("a")):
        with pytest.raises(StoreError, match="a link"):
            read()


def test_nothing_is_written_through_a_link(folder, tmp_path_factory):
    target = tmp_path_factory.mktemp("outside") / "target"
    target.write_text("kept")
    for name in ("metrics.jsonl", "trace.jsonl"):
        (folder.path / name).unlink()
        (folder.path / name).symlink_to(target)
    with pytest.raises(StoreError):
        folder.append_trace({"step": 0})
    with pytest.raises(StoreError):
        folder.append_metrics(metrics_of(1))
    assert target.read_text() == "kept"


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("record.json", "LARGEST_RECORD"),
        ("metrics.jsonl", "LARGEST_METRICS"),
        ("trace.jsonl", "LARGEST_TRACE"),
        ("predictions.safetensors", "LARGEST_PREDICTIONS"),
        ("state.safetensors", "LARGEST_WEIGHTS"),
        ("checkpoints/epoch-0003.safetensors", "LARGEST_WEIGHTS"),
    ],
)
def test_a_huge_file_is_refused_before_it_is_read(folder, name, limit, monkeypatch):
    path = folder.path / name
    with path.open("r+b") as file:
        file.truncate(1 << 40)  # a sparse TiB
    assert any("must have at most" in error and str(path) in error for error in read_everything(folder))
    monkeypatch.setattr(module, limit, 10)
    assert any("at most 10 bytes" in error for error in read_everything(folder))


def test_a_file_that_grows_while_it_is_read_stays_within_bounds(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    real = os.fstat

    def smaller(descriptor):
        facts = list(real(descriptor))
        facts[6] = 10  # the size, as it was a moment ago
        return os.stat_result(facts)

    monkeypatch.setattr(store_files.os, "fstat", smaller)
    with pytest.raises(StoreError, match="at most 20 bytes"):
        store_files.read_bytes(path, 20)


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
def test_arrays_that_are_none(folder, name, content):
    (folder.path / name).write_bytes(content)
    assert any(name.rpartition("/")[2] in error for error in read_everything(folder))


def answers(**changes):
    classes, probabilities = answers_of()
    return save({"classes": classes, "probabilities": probabilities} | changes)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (answers(classes=np.zeros(3, np.int64)), "40 test images"),
        (answers(classes=np.zeros((40, 1), np.int64)), "40 test images"),
        (answers(classes=np.zeros(40, np.float32)), "int64"),
        (answers(classes=np.full(40, 10, np.int64)), "from 0 to 9"),
        (answers(classes=np.full(40, -1, np.int64)), "from 0 to 9"),
        (answers(probabilities=np.zeros((40, 0), np.float32)), "classes"),
        (answers(probabilities=np.zeros(40, np.float32)), "40 test images"),
        (answers(probabilities=np.full((40, 10), 1e9, np.float32)), "probabilities"),
        (answers(more=np.zeros(1)), "must hold the arrays"),
    ],
)
def test_answers_that_do_not_fit_the_record(folder, content, message):
    (folder.path / "predictions.safetensors").write_bytes(content)
    with pytest.raises(StoreError, match=message):
        folder.result()


@pytest.mark.parametrize("epochs", ["", "4", "-1", "3.5", "٣", "9" * 5000, None])
def test_a_state_that_lies_about_its_epochs(folder, epochs):
    meta = {} if epochs is None else {"epochs": epochs}
    (folder.path / "state.safetensors").write_bytes(save({"model/a": np.zeros(1)}, meta))
    with pytest.raises(StoreError, match="after how many of the epochs"):
        folder.read_state()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "../../x"}, "the name of a run"),
        ({"id": "another-s0"}, "folder's name"),
        ({"schema_number": 2, "new_field": 1}, "a newer Paribus wrote it"),
        ({"schema_number": 0}, "cannot read it"),
        ({"seed": -1}, "seed"),
        ({"epochs_done": 4}, "epochs_done"),
        ({"epochs_done": 2}, "must have 2 epochs"),
        ({"status": "perfect"}, "status"),
        ({"test_accuracy": None}, "test_accuracy"),
        ({"surprise": 1}, "surprise"),
        ({"recipe": {"activation": "swish"}}, "must be one of"),
        ({"environment": None}, "environment"),
    ],
)
def test_a_record_that_contradicts_its_folder(folder, change, message):
    path = folder.path / "record.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(StoreError, match=message):
        folder.result()


@pytest.mark.parametrize(
    ("lines", "message"),
    [([0, 0, 1, 2], "line 2 must be of epoch 2; got 1"), ([1, 2], "line 1 must be of epoch 1"), ([0, 2], "line 2")],
)
def test_epochs_that_are_repeated_or_left_out(folder, lines, message):
    path = folder.path / "metrics.jsonl"
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[n] for n in lines))
    with pytest.raises(StoreError, match=message):
        folder.metrics()


def test_a_checkpoint_under_anothers_name(folder):
    path = folder.path / "checkpoints" / "epoch-0001.json"
    path.with_name("epoch-0009.json").write_bytes(path.read_bytes())
    with pytest.raises(StoreError, match=r"epoch-0009.json.*own name"):
        folder.checkpoints()


def test_a_stores_other_runs_are_read_beside_a_damaged_one(folder):
    store = Store(folder.path.parents[1])
    write_run(store.root, new_record("sound-s0"))
    (folder.path / "record.json").write_text("{")
    strange = store.root / "runs" / "a name with\nbreaks"
    strange.mkdir()
    (store.root / "runs" / "a file").write_text("")
    records, faults = store.survey()
    assert [record.id for record in records] == ["sound-s0"]
    assert len(faults) == 2
    assert all(str(fault).isprintable() for fault in faults)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_changed_anywhere_are_found_or_harmless(folder, data):
    name = data.draw(st.sampled_from(FILES))
    path = folder.path / name
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
        read_everything(folder)
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


def test_opening_a_run_executes_nothing(tmp_path):
    """A recipe may name a factory of the sender's: reading it must not import that."""
    owned = tmp_path / "owned.py"
    owned.write_text("raise SystemExit('imported')")
    folder = write_run(tmp_path / "lab", new_record())
    path = folder.path / "record.json"
    record = json.loads(path.read_text())
    record["recipe"]["model"] = "owned:factory"
    path.write_text(json.dumps(record))
    assert RunFolder(folder.path).result().record.recipe.model == "owned:factory"
