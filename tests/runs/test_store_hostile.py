"""A folder that somebody sent: whatever it holds, reading it gives what it says or a StoreError that names the file."""

import json
import os
import sys

import numpy as np
import pytest
from safetensors.numpy import save

from paribus.core.errors import StoreError
from paribus.records.trace import StepTrace
from paribus.runs.store import RunWriter, Store
from paribus.runs.store import files as store_files
from paribus.runs.store import run_folder as module
from tests.runs.hostile_cases import FILES, read_everything
from tests.runs.store_cases import metrics_of, new_record, rewrite, weights_of, write_run

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
    b"{" + b'"\\u001b[31m\x1b]0;planted\\u0007": 1' + b"}\n",
    b'{"id": "\\u202e../../x", "schema_number": 1e999}\n',
    b'{"schema_number": 99999999999999999999999999999}\n',
    b'{"schema_number": 1, "step": 1, "epoch": 1}\n',
    b'{"epoch": NaN, "step": NaN}\n',
    b"1" * 100_000 + b"\n",
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", NASTY_JSON, ids=range(len(NASTY_JSON)))
def test_any_file_may_hold_anything(sent, name, content):
    (sent.path / name).write_bytes(content)
    errors = read_everything(sent)
    if name == "record.json":
        assert errors


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_a_folder_a_link_or_a_pipe(sent, name, tmp_path_factory):
    path = sent.path / name
    secret = tmp_path_factory.mktemp("outside") / "secret"
    path.rename(secret)  # valid content, but reached through a link
    optional = name == "state.safetensors"
    assert bool(read_everything(sent)) is not optional
    path.symlink_to(secret)
    assert any("link" in error and str(path) in error for error in read_everything(sent))
    path.unlink()
    path.mkdir()
    assert read_everything(sent)
    path.rmdir()
    os.mkfifo(path)
    assert any("not a file" in error and str(path) in error for error in read_everything(sent))


def test_folders_that_are_links_lead_nowhere(sent, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    away = outside / "checkpoints"
    (sent.path / "checkpoints").rename(away)
    (sent.path / "checkpoints").symlink_to(away, target_is_directory=True)
    with pytest.raises(StoreError, match="checkpoints: a link"):
        sent.checkpoints()
    with pytest.raises(StoreError, match="checkpoints: a link"):
        sent.read_checkpoint("epoch-0001")
    with pytest.raises(StoreError, match="checkpoints: a link"):
        RunWriter(sent.path).write_checkpoint("epoch-0004", weights_of(4), {"step": "40"})
    assert not (away / "epoch-0004.json").exists()

    linked = sent.path.parent / "linked-s0"
    linked.symlink_to(sent.path, target_is_directory=True)
    store = Store(sent.path.parents[1])
    with pytest.raises(StoreError, match="linked-s0: a link"):
        store.record("linked-s0")
    assert [record.id for record in store.runs()] == [sent.path.name]
    with pytest.raises(StoreError):
        store.begin(new_record("linked-s0"))

    elsewhere = Store(outside / "lab")
    elsewhere.root.mkdir()
    for name in ("runs", "comparisons"):
        (elsewhere.root / name).symlink_to(store.root / "runs", target_is_directory=True)
    for read in (elsewhere.survey, elsewhere.comparisons, lambda: elsewhere.looks("a"), lambda: elsewhere.resolve("a")):
        with pytest.raises(StoreError, match="a link"):
            read()


def test_nothing_is_written_through_a_link(sent, tmp_path_factory):
    target = tmp_path_factory.mktemp("outside") / "target"
    target.write_text("kept")
    for name in ("metrics.jsonl", "trace.jsonl"):
        (sent.path / name).unlink()
        (sent.path / name).symlink_to(target)
    with pytest.raises(StoreError):
        RunWriter(sent.path).append_trace(StepTrace(step=0, layers={}))
    with pytest.raises(StoreError):
        RunWriter(sent.path).append_epoch(metrics_of(1))
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
def test_a_huge_file_is_refused_before_it_is_read(sent, name, limit, monkeypatch):
    path = sent.path / name
    with path.open("r+b") as file:
        file.truncate(1 << 40)  # a sparse TiB
    assert any("must have at most" in error and str(path) in error for error in read_everything(sent))
    monkeypatch.setattr(module, limit, 10)
    assert any("at most 10 bytes" in error for error in read_everything(sent))


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


@pytest.mark.parametrize("epochs", ["", "4", "-1", "3.5", "٣", "9" * 5000, None])
def test_a_state_that_lies_about_its_epochs(sent, epochs):
    meta = {} if epochs is None else {"epochs": epochs}
    (sent.path / "state.safetensors").write_bytes(save({"model/a": np.zeros(1)}, meta))
    with pytest.raises(StoreError, match="after how many of the epochs"):
        sent.read_state()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "../../x"}, "the name of a run"),
        ({"id": "another-s0"}, "folder's name"),
        ({"schema_number": 99, "new_field": 1}, "a newer Paribus wrote it"),
        ({"schema_number": 0}, "cannot read it"),
        ({"seed": -1}, "seed"),
        ({"epochs_done": 4}, "epochs_done"),
        ({"epochs_done": 2}, "must have 2 epochs"),
        ({"status": "perfect"}, "status"),
        ({"figures": {}}, "test_accuracy"),
        ({"fields": {"activation": "swish"}}, "must be one of"),
        ({"environment": None}, "environment"),
    ],
)
def test_a_record_that_contradicts_its_folder(sent, change, message):
    path = sent.path / "record.json"
    rewrite(path, json.loads(path.read_text()) | change)
    with pytest.raises(StoreError, match=message):
        sent.result()


@pytest.mark.parametrize(
    ("lines", "message"),
    [([0, 0, 1, 2], "line 2 must be of epoch 2; got 1"), ([1, 2], "line 1 must be of epoch 1"), ([0, 2], "line 2")],
)
def test_epochs_that_are_repeated_or_left_out(sent, lines, message):
    path = sent.path / "metrics.jsonl"
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[n] for n in lines))
    with pytest.raises(StoreError, match=message):
        sent.epochs()


def test_a_checkpoint_under_anothers_name(sent):
    path = sent.path / "checkpoints" / "epoch-0001.json"
    path.with_name("epoch-0009.json").write_bytes(path.read_bytes())
    with pytest.raises(StoreError, match=r"epoch-0009.json.*own name"):
        sent.checkpoints()


def test_a_stores_other_runs_are_read_beside_a_damaged_one(sent):
    store = Store(sent.path.parents[1])
    write_run(store.root, new_record("sound-s0"))
    (sent.path / "record.json").write_text("{")
    strange = store.root / "runs" / "a name with\nbreaks"
    strange.mkdir()
    (store.root / "runs" / "a file").write_text("")
    records, faults = store.survey()
    assert [record.id for record in records] == ["sound-s0"]
    assert len(faults) == 2
    assert all(str(fault).isprintable() for fault in faults)


def test_opening_a_run_executes_nothing(sent, tmp_path, monkeypatch):
    """A recipe may name a factory of the sender's: reading it must not import that, even where it could."""
    (tmp_path / "planted.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    path = sent.path / "record.json"
    record = json.loads(path.read_text())
    record["fields"]["model"] = "planted:factory"
    rewrite(path, record)
    assert sent.result().record.fields["model"] == "planted:factory"
    assert "planted" not in sys.modules
