"""A run's folder: what is written is what is read, and what was not saved does not count."""

import json
import math
import os
import tomllib
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from paribus.core.errors import StoreError
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.programs.recipe.recipe_text import recipe_from_toml
from paribus.records.trace import LayerTrace, StepTrace
from paribus.runs.store import Store, differences
from tests.runs.store_cases import (
    CLASSES,
    answers_of,
    finished,
    metrics_of,
    new_record,
    resume,
    state_of,
    train_epoch,
    weights_of,
    write_run,
)

ENDED = ("metrics.jsonl", "trace.jsonl", "predictions.safetensors")  # what is read of a run that has ended


def begin(root: Path, **fields):
    return Store(root).begin(new_record(**fields))


def test_a_finished_run_reads_back_as_it_was_written(tmp_path):
    record = new_record()
    folder = write_run(tmp_path, record)
    result = Store(tmp_path).result(record.id)
    digests = {name: sha256((folder.path / name).read_bytes()).hexdigest() for name in ENDED}
    assert result.record == finished(record, 3).model_copy(update={"digests": digests})
    assert result.epochs == (metrics_of(1), metrics_of(2), metrics_of(3))
    assert result.items["classes"].dtype == np.int64
    assert {name: array.tolist() for name, array in result.items.items()} == {
        name: array.tolist() for name, array in answers_of().items()
    }
    assert recipe_from_toml((folder.path / "recipe.toml").read_text(), "recipe.toml") == recipe_of(record.fields)
    assert tomllib.loads((folder.path / "recipe.toml").read_text())["epochs"] == 3


def test_reading_a_store_that_is_not_there_makes_nothing(tmp_path):
    store = Store(tmp_path / "lab")
    assert store.record("a-run") is None
    assert store.result("a-run") is None
    assert store.epochs("a-run") == ()
    assert store.runs() == ()
    assert store.comparisons() == ()
    assert store.looks("a-comparison") == ()
    assert not store.is_locked("a-run")
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_not_a_result_before_it_is_finished(tmp_path):
    folder = begin(tmp_path)
    train_epoch(folder, 1)
    store = Store(tmp_path)
    assert store.record(folder.record().id).status == "running"
    assert store.result(folder.record().id) is None
    assert store.epochs(folder.record().id) == (metrics_of(1),)


def test_a_diverged_run_has_its_losses_and_no_answers(tmp_path):
    folder = begin(tmp_path)
    train_epoch(folder, 1)
    folder.append_epoch(metrics_of(2, loss=float("nan")))
    folder.write_state(state_of(2), {"epochs": "2"})
    folder.finish(new_record(status="diverged", epochs_done=2, figures={"val_loss": math.inf}), {})
    result = Store(tmp_path).result(folder.record().id)
    assert result.record.val_loss == math.inf
    assert math.isnan(result.epochs[1].train_loss)
    assert "classes" not in result.items
    # the last epoch had no checkpoint: the final weights are the state's
    assert np.array_equal(folder.weights()["fc.weight"], weights_of(2)["fc.weight"])


def test_no_file_of_the_store_has_json_that_others_refuse(tmp_path):
    """Python writes NaN bare, which is not JSON."""
    folder = begin(tmp_path)
    folder.append_epoch(metrics_of(1, loss=float("nan")))
    folder.append_trace(StepTrace(step=0, layers={"fc": LayerTrace(weight_norm=math.nan, gradient_norm=-math.inf)}))

    def refuse(name):
        raise AssertionError(name)

    for name in ("metrics.jsonl", "trace.jsonl"):
        for line in (folder.path / name).read_text().splitlines():
            json.loads(line, parse_constant=refuse)
    (seen,) = folder.trace()
    assert seen.layers["fc"].gradient_norm == -math.inf
    assert math.isnan(seen.layers["fc"].weight_norm)
    assert seen.loss is None


def test_a_run_goes_on_from_its_last_state_and_forgets_what_lies_beyond(tmp_path):
    folder = begin(tmp_path, epochs=4)
    train_epoch(folder, 1)
    train_epoch(folder, 2)
    folder.append_trace(StepTrace(step=20, layers={}))
    folder.append_epoch(metrics_of(3))  # and killed before the state is written
    again = begin(tmp_path, epochs=4)
    assert resume(again) == 2
    assert again.epochs() == (metrics_of(1), metrics_of(2))
    assert [seen.step for seen in again.trace()] == [0, 10]
    arrays, meta = again.read_state()
    assert meta == {"epochs": "2"}
    assert {name: array.tolist() for name, array in arrays.items()} == {
        name: array.tolist() for name, array in state_of(2).items()
    }
    assert arrays["optimizer/0/step"].shape == ()


def test_beginning_again_keeps_when_the_run_was_started(tmp_path):
    begin(tmp_path)
    again = begin(tmp_path, started="2026-02-02T00:00:00+00:00")
    assert again.record().started == "2025-01-01T09:00:00+00:00"


def test_half_written_files_of_a_killed_process_are_cleared_away(tmp_path):
    folder = begin(tmp_path)
    left = [folder.path / ".state.safetensors.abc.tmp", folder.path / "checkpoints" / ".epoch-0001.json.abc.tmp"]
    for path in left:
        path.write_bytes(b"half")
    begin(tmp_path)
    assert [path.exists() for path in left] == [False, False]


@pytest.mark.parametrize("field", ["seed", "data_digest", "code_identity", "fields"])
def test_a_folder_of_another_run_is_not_gone_on_with(tmp_path, field):
    begin(tmp_path)
    other = {
        "seed": 5,
        "data_digest": "e" * 64,
        "code_identity": "e" * 64,
        "fields": Recipe(epochs=3, dropout=0.5).as_fields(),
    }
    with pytest.raises(StoreError, match=f"another {field}"):
        Store(tmp_path).begin(new_record().model_copy(update={field: other[field]}))


def test_a_finished_run_is_not_trained_again(tmp_path):
    write_run(tmp_path, new_record())
    with pytest.raises(StoreError, match="nothing is trained twice"):
        begin(tmp_path)


@pytest.mark.parametrize(
    "torn", [b'{"epoch":3,"train_l', b'{"epoch":3}', b"\x00" * 5000, b"", b'{"epoch":1,"train_loss":0.5,"x":1']
)
def test_a_torn_last_line_does_not_count_and_is_written_over(tmp_path, torn):
    folder = begin(tmp_path)
    train_epoch(folder, 1)
    train_epoch(folder, 2)
    with (folder.path / "metrics.jsonl").open("ab") as file:
        file.write(torn)
    assert folder.epochs() == (metrics_of(1), metrics_of(2))
    folder.append_epoch(metrics_of(3))
    assert folder.epochs() == (metrics_of(1), metrics_of(2), metrics_of(3))


def test_checkpoints_are_listed_by_step_and_only_complete(tmp_path):
    folder = write_run(tmp_path, new_record())
    assert [(c.name, c.step) for c in folder.checkpoints()] == [
        ("step-000002", 2),
        ("epoch-0001", 10),
        ("epoch-0002", 20),
        ("epoch-0003", 30),
    ]
    arrays, meta = folder.read_checkpoint("epoch-0002")
    assert meta == {"epoch": "2", "step": "20"}
    assert np.array_equal(arrays["fc.bias"], weights_of(2)["fc.bias"])
    assert np.array_equal(folder.weights()["fc.bias"], weights_of(3)["fc.bias"])
    (folder.path / "checkpoints" / "epoch-0002.json").unlink()  # killed before its description was written
    assert [c.name for c in folder.checkpoints()] == ["step-000002", "epoch-0001", "epoch-0003"]


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", "a\\b", "/etc", ".hidden", "con", "NUL.txt", "x" * 121, "a\n", "é", "x."]
)
def test_no_name_leads_out_of_its_folder(tmp_path, name):
    store = Store(tmp_path)
    folder = begin(tmp_path)
    for use in (
        lambda: store.record(name),
        lambda: store.epochs(name),
        lambda: store.lock(name).__enter__(),
        lambda: store.begin(new_record(name)),
        lambda: store.comparison_folder(name),
        lambda: store.record_look(name, 6, 0.001),
        lambda: folder.write_checkpoint(name, weights_of(1), {"step": "1"}),
        lambda: folder.read_checkpoint(name),
    ):
        with pytest.raises(StoreError, match="the name of a"):
            use()


def test_only_a_whole_result_can_be_committed(tmp_path):
    folder = begin(tmp_path)
    train_epoch(folder, 1)
    whole = answers_of()
    classes, done = whole["classes"], finished(folder.record(), 1)

    def with_figures(**changes):
        return done.model_copy(update={"figures": {**done.figures, **changes}})

    fewer = {name: value for name, value in done.figures.items() if name != "test_accuracy"}
    for record, answers, message in [
        (new_record(), whole, "once it has ended"),
        (done, {}, "must hold the arrays"),
        (done, whole | {"classes": classes[:-1]}, "of the test set"),
        (done, whole | {"classes": classes.astype(np.int32)}, "int64"),
        (done, whole | {"classes": classes + CLASSES}, "classes must be from 0 to 9"),
        (done, whole | {"probabilities": whole["probabilities"] * 30}, "probabilities"),
        (done.model_copy(update={"figures": fewer}), whole, "test_accuracy"),
        (with_figures(val_loss=float("nan")), whole, "must be finite"),
        (with_figures(test_loss=float("inf")), whole, "must be finite"),
        (done.model_copy(update={"epochs_done": 4}), whole, "epochs_done"),
    ]:
        with pytest.raises(ValueError, match=message):
            folder.finish(record, answers)
        assert folder.record().status == "running"


def test_files_are_readable_as_the_user_has_it_set(tmp_path):
    """A temporary file's usual mode, for its owner alone, would lock a shared store's other users out."""
    before = os.umask(0o022)
    try:
        folder = write_run(tmp_path, new_record())
        assert (folder.path / "record.json").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


def test_differences_are_told_apart_by_what_they_are_of():
    a = new_record(seed=0)
    elsewhere = a.environment.model_copy(update={"torch": "2.4.0", "processor": "Other CPU", "threads": 2})
    b = new_record(seed=1, environment=elsewhere, data_digest="e" * 64)
    b = b.model_copy(update={"fields": a.fields.replace(activation="sigmoid", epochs=9)})
    found = differences(a, b)
    assert found["recipe"] == {"activation": ("relu", "sigmoid"), "epochs": (3, 9)}
    assert found["identity"] == {"seed": (0, 1), "data_digest": ("d" * 64, "e" * 64)}
    assert found["versions"] == {"torch": ("2.9.0+cpu", "2.4.0")}
    assert found["machine"] == {"processor": ("x86_64", "Other CPU"), "threads": (1, 2)}
    assert all(found.values())
    assert not any(differences(a, a.model_copy(update={"id": "another", "seconds": 9.0})).values())
