"""Making room: what goes, what stays, and what is never touched."""

import pytest

from paribus.core.errors import StoreError
from paribus.runs.store import Store, prune, to_prune
from tests.factories import make_comparison
from tests.runs.store_cases import new_record, train_epoch, write_run


@pytest.fixture
def store(tmp_path):
    """A run that a comparison uses, one that none does, and one that is not finished."""
    store = Store(tmp_path)
    comparison = make_comparison("fair")
    write_run(tmp_path, new_record(comparison.arms[0].runs[0].id))
    write_run(tmp_path, new_record("unused-s0"))
    train_epoch(store.begin(new_record("unfinished-s0")), 1)
    store.save_comparison(comparison)
    return store


def used_id():
    return make_comparison("fair").arms[0].runs[0].id


def size(path):
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())


def test_snapshots_go_and_the_final_weights_answers_and_record_stay(store):
    before, room = store.result("unused-s0"), size(store.root)
    weights = store.weights("unused-s0")
    shown = to_prune(store)
    assert {(p.run_id, p.what) for p in shown} == {(used_id(), "snapshots"), ("unused-s0", "snapshots")}
    assert size(store.root) == room, "a dry run removes nothing"

    assert prune(store, shown) == shown
    assert room - size(store.root) == sum(p.bytes for p in shown) > 0
    folder = store.open_run("unused-s0")
    assert [c.name for c in folder.checkpoints()] == ["epoch-0003"]
    assert sorted(p.name for p in (folder.path / "checkpoints").iterdir()) == [
        "epoch-0003.json",
        "epoch-0003.safetensors",
    ]
    assert {name: array.tolist() for name, array in store.weights("unused-s0").items()} == {
        name: array.tolist() for name, array in weights.items()
    }
    after = store.result("unused-s0")
    assert after.record == before.record
    assert after.epochs == before.epochs
    assert to_prune(store) == ()


def test_an_unfinished_run_keeps_what_it_goes_on_from(store):
    prune(store, to_prune(store))
    assert store.open_run("unfinished-s0").read_state()[1] == {"epochs": "1"}


def test_whole_runs_go_when_asked_for_unless_a_comparison_uses_them(store):
    shown = to_prune(store, runs=True)
    assert {(p.run_id, p.what) for p in shown} == {
        (used_id(), "snapshots"),
        ("unused-s0", "run"),
        ("unfinished-s0", "run"),
    }
    assert {p.bytes for p in shown if p.run_id == "unused-s0"} == {size(store.run_folder("unused-s0"))}
    prune(store, shown)
    assert [r.id for r in store.runs()] == [used_id()]
    assert sorted(p.name for p in store.root.iterdir()) == ["comparisons", "locks", "runs"]


def test_runs_to_keep_are_kept(store):
    assert {p.run_id for p in to_prune(store, runs=True, keep=["unused-s0"])} == {used_id(), "unfinished-s0"}


def test_a_run_that_is_being_trained_is_never_touched(store):
    shown = to_prune(store, runs=True)
    with store.lock("unfinished-s0"):
        assert "unfinished-s0" not in {p.run_id for p in to_prune(store, runs=True)}
        assert "unfinished-s0" not in {p.run_id for p in prune(store, shown)}
    assert store.has_run("unfinished-s0")


def test_what_is_no_longer_there_is_not_removed(store):
    shown = to_prune(store, runs=True)
    prune(store, shown)
    assert [p.what for p in prune(store, shown)] == ["snapshots"]


def test_a_run_that_cannot_be_read_is_left_alone(store):
    folder = store.run_folder("damaged")
    folder.mkdir()
    (folder / "record.json").write_text("{")
    assert "damaged" not in {p.run_id for p in to_prune(store, runs=True)}


def test_a_link_in_a_removed_run_does_not_lead_out(store, tmp_path_factory):
    precious = tmp_path_factory.mktemp("outside") / "precious.txt"
    precious.write_text("kept")
    (store.run_folder("unused-s0") / "elsewhere").symlink_to(precious.parent, target_is_directory=True)
    prune(store, to_prune(store, runs=True))
    assert not store.has_run("unused-s0")
    assert precious.read_text() == "kept"


@pytest.mark.parametrize("damage", ["{", '{"schema_number": 2}'])
def test_no_whole_run_goes_while_a_comparison_cannot_be_read(store, damage):
    shown = to_prune(store, runs=True)
    path = store.comparison_folder(make_comparison("fair").id) / "comparison.json"
    path.write_text(damage)
    with pytest.raises(StoreError, match="every comparison can be read") as caught:
        to_prune(store, runs=True)
    assert str(path) in str(caught.value)
    with pytest.raises(StoreError, match="every comparison can be read"):
        prune(store, shown)
    assert store.has_run("unused-s0")
    assert {p.what for p in to_prune(store)} == {"snapshots"}, "these are no comparison's business"


def test_a_comparison_whose_file_is_a_link_cannot_be_read(store, tmp_path):
    folder = store.comparison_folder("linked")
    folder.mkdir()
    (folder / "comparison.json").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="a link"):
        to_prune(store, runs=True)


def test_runs_of_a_comparison_that_was_begun_and_not_ended_are_kept(store):
    shown = to_prune(store, runs=True)
    store.record_plan("under-way", ["unused-s0", "unfinished-s0", "not-yet-s0"])
    assert {(p.run_id, p.what) for p in to_prune(store, runs=True)} == {
        (used_id(), "snapshots"),
        ("unused-s0", "snapshots"),
    }
    assert [p.run_id for p in prune(store, shown)] == [used_id()], "it began after what goes was shown"
    assert store.has_run("unused-s0")
    assert store.has_run("unfinished-s0")


def test_a_comparison_that_begins_again_needs_what_it_then_names(store):
    store.record_plan("under-way", ["unused-s0"])
    store.record_plan("under-way", ["unfinished-s0"])
    assert {p.run_id for p in to_prune(store, runs=True) if p.what == "run"} == {"unused-s0"}


def test_a_plan_that_cannot_be_read_keeps_whole_runs(store):
    store.record_plan("under-way", ["unused-s0"])
    (store.comparison_folder("under-way") / "plan.json").write_text("{")
    with pytest.raises(StoreError, match=r"plan\.json"):
        to_prune(store, runs=True)
