"""Comparisons on disk, their looks, and finding things by name."""

import json
import shutil

import pytest

from paribus.core.errors import ParibusError, StoreError
from paribus.programs.recipe.confusion import evidence_of
from paribus.programs.recipe.recipe import recipe_of
from paribus.runs.store import Store
from tests.factories import CASES, make_comparison, make_design
from tests.runs.store_cases import new_record, rewrite, write_run


@pytest.mark.parametrize("case", CASES)
def test_a_comparison_reads_back_as_it_was_written(tmp_path, case):
    comparison = make_comparison(case)
    comparison = comparison.model_copy(update={"id": f"{case}-0123abcd"})
    store = Store(tmp_path)
    path = store.save_comparison(comparison)
    assert path == tmp_path / "comparisons" / f"{case}-0123abcd" / "comparison.json"
    again = store.load_comparison(comparison.id)
    assert again.model_dump_json() == comparison.model_dump_json()  # NaN is not equal to itself


def test_values_that_are_lists_of_widths_read_back_as_they_were(tmp_path):
    design = make_design("dense_widths", [(120, 84), (30,)])
    comparison = make_comparison("fair")
    arms = [
        arm.model_copy(update={"value": of.value, "recipe": recipe_of(of.fields)})
        for arm, of in zip(comparison.arms, design.arms, strict=True)
    ]
    update = {"id": "widths", "arms": tuple(arms), "differences": design.differences}
    Store(tmp_path).save_comparison(comparison.model_copy(update=update))
    again = Store(tmp_path).load_comparison("widths")
    assert [arm.value for arm in again.arms] == [(120, 84), (30,)]
    assert again.differences == {"dense_widths": ((120, 84), (30,))}


def test_a_later_comparison_of_the_same_arms_takes_the_place_of_the_earlier(tmp_path):
    store = Store(tmp_path)
    store.save_comparison(make_comparison("fair", look=1))
    store.save_comparison(make_comparison("fair", look=2))
    assert [c.look for c in store.comparisons()] == [2]


def test_the_same_seeds_are_the_same_look_and_any_other_number_a_further_one(tmp_path):
    store = Store(tmp_path)
    assert [store.record_look("pair-1", n, 0.001) for n in (6, 6, 12, 6, 12, 9, 12)] == [1, 1, 2, 1, 2, 3, 2]
    assert store.looks("pair-1") == (6, 12, 9)
    assert store.record_look("pair-2", 12, 0.001) == 1
    assert Store(tmp_path).looks("pair-1") == (6, 12, 9)


def test_another_margin_for_the_same_seeds_is_a_further_look(tmp_path):
    store = Store(tmp_path)
    tried = [(6, 0.001), (6, 0.005), (6, 0.001), (12, 0.001), (6, 0.005), (12, 0.005)]
    assert [store.record_look("pair", seeds, margin) for seeds, margin in tried] == [1, 2, 1, 3, 2, 4]
    assert store.looks("pair") == (6, 6, 12, 12)


def test_looks_from_before_margins_were_noted_had_the_usual_one(tmp_path):
    store = Store(tmp_path)
    (tmp_path / "comparisons" / "pair").mkdir(parents=True)
    (tmp_path / "comparisons" / "pair" / "looks.jsonl").write_text('{"seeds":6}\n')
    assert [store.record_look("pair", 6, margin) for margin in (0.001, 0.002)] == [1, 2]


def test_a_look_of_0_1_0_cut_short_by_a_kill_is_taken_again(tmp_path):
    store = Store(tmp_path)
    (tmp_path / "comparisons" / "pair").mkdir(parents=True)
    (tmp_path / "comparisons" / "pair" / "looks.jsonl").write_bytes(b'{"seeds":6}\n{"seeds":1')
    assert store.looks("pair") == (6,)
    assert store.record_look("pair", 12, 0.001) == 2
    assert store.looks("pair") == (6, 12)


def test_looks_that_were_cut_are_refused_however_they_were(tmp_path):
    store = Store(tmp_path)
    for seeds in (6, 12):
        store.record_look("pair", seeds, 0.001)
    path = tmp_path / "comparisons" / "pair" / "looks.json"
    whole = path.read_bytes()
    for end in range(len(whole) - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(StoreError, match=r"looks\.json"):
            store.looks("pair")


SIDES_BELOW_1 = {"height": 3, "width": -1, "channels": -1}


@pytest.fixture
def filled(tmp_path):
    store = Store(tmp_path / "lab")
    for name in ("lenet-relu-aaaa-s0", "lenet-relu-aaaa-s1", "lenet-tanh-bbbb-s0"):
        write_run(store.root, new_record(name))
    store.save_comparison(make_comparison("fair").model_copy(update={"id": "activation-relu-tanh-cccc"}))
    store.record_look("begun-only-dddd", 6, 0.001)  # looked at, and killed before it was saved
    return store


def test_a_name_is_an_id_or_a_beginning_that_only_one_has(filled):
    assert filled.open_run("lenet-relu-aaaa-s1").path.name == "lenet-relu-aaaa-s1"
    assert filled.open_run("lenet-t").path.name == "lenet-tanh-bbbb-s0"
    assert filled.resolve("lenet-t").kind == "run"
    assert filled.resolve("act").kind == "comparison"
    assert filled.resolve("act").id == "activation-relu-tanh-cccc"
    assert filled.load_comparison("act").id == "activation-relu-tanh-cccc"
    assert filled.open_run("lenet-relu-aaaa-s0").record().id == "lenet-relu-aaaa-s0"


def test_an_id_that_begins_another_is_that_id(filled):
    write_run(filled.root, new_record("lenet-tanh-bbbb-s01"))
    assert filled.open_run("lenet-tanh-bbbb-s0").path.name == "lenet-tanh-bbbb-s0"


def test_a_path_to_a_folder_is_a_name_too_also_in_another_store(filled, tmp_path, monkeypatch):
    run, comparison = filled.run_folder("lenet-tanh-bbbb-s0"), filled.comparison_folder("activation-relu-tanh-cccc")
    sent = tmp_path / "sent"
    shutil.copytree(run, sent / run.name)
    shutil.copytree(comparison, sent / comparison.name)
    assert filled.open_run(str(run)).path.name == run.name
    elsewhere = Store(tmp_path / "empty")
    assert elsewhere.open_run(f"{sent / run.name}/").record().id == run.name
    assert elsewhere.resolve(str(sent / comparison.name)).kind == "comparison"
    assert elsewhere.load_comparison(str(sent / comparison.name)).id == comparison.name
    monkeypatch.chdir(sent)
    assert elsewhere.open_run(run.name).record().id == run.name


def test_a_folder_under_another_name_says_how_to_name_it(filled, tmp_path):
    shutil.copytree(filled.run_folder("lenet-tanh-bbbb-s0"), tmp_path / "mine")
    with pytest.raises(StoreError, match="lenet-tanh-bbbb-s0, which the folder's name must be; got 'mine'"):
        filled.open_run(str(tmp_path / "mine")).record()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lenet-relu", "begins 2 names: lenet-relu-aaaa-s0, lenet-relu-aaaa-s1"),
        ("lenet-rleu-aaaa-s0", r"did you mean lenet-relu-aaaa-s0\?"),
        ("begun-only-dddd", "there are 4"),
        ("", "no run or comparison"),
        ("..", "no run or comparison"),
        ("nothing\0", "no run or comparison"),
        ("x" * 5000, "no run or comparison"),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_the_nearest(filled, name, message):
    with pytest.raises(StoreError, match=message):
        filled.resolve(name)


def test_a_run_is_no_comparison(filled):
    with pytest.raises(StoreError, match="no comparison"):
        filled.load_comparison("lenet-tanh-bbbb-s0")
    with pytest.raises(StoreError, match="no run"):
        filled.open_run("activation-relu-tanh-cccc")


def test_one_damaged_comparison_does_not_hide_the_others(filled):
    folder = filled.comparison_folder("damaged")
    folder.mkdir()
    (folder / "comparison.json").write_text("{")
    assert [c.id for c in filled.comparisons()] == ["activation-relu-tanh-cccc"]
    sound, faults = filled.comparison_survey()
    assert [c.id for c in sound] == ["activation-relu-tanh-cccc"]
    assert len(faults) == 1
    assert str(folder / "comparison.json") in str(faults[0])


def opened(store: Store, name: str) -> None:
    """The comparison with all that is in it, as a report of it takes it."""
    comparison = store.load_comparison(name)
    evidence_of(comparison)
    [recipe_of(arm.fields) for arm in comparison.arms]


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("arms",), [], "two arms"),
        (("arms", 1, "name"), "sigmoid", "name of its own"),
        (("seeds",), [0, 1], "a run of every seed"),
        (("arms", 0, "runs", 2, "seed"), 9, "a run of every seed"),
        (("arms", 0, "runs", 2, "curves", "val_loss"), [0.5], "of one length"),
        (("evidence", "confusion", "sigmoid", 3), [1, 2], "confusion"),
        (("evidence", "confusion", "sigmoid"), [[1] * 10] * 9, "a row and a column for each class"),
        (("evidence", "confusion", "sigmoid"), [[1] * 10] * 11, "a row and a column for each class"),
        (("evidence", "confusion", "sigmoid", 3, 4), -1, "at least 0"),
        (("pairs", 0, "a"), "gelu", "pairs"),
        (("pairs", 0, "differences"), [0.1], "a difference for each"),
        (("differences", "activation"), ["sigmoid"], "a value for each arm"),
        (("evidence", "disagreements", 0, "label"), 10, "must be classes"),
        (("evidence", "disagreements", 0, "answers", 0, "predicted"), -1, "must be classes"),
        (("evidence", "disagreements", 0, "answers", 0, "arm"), "gelu", "of its arms"),
        (("evidence", "disagreements", 0, "height"), 9, "pixels"),
        (
            ("evidence", "disagreements", 0),
            {"index": 0, "label": 1, "answers": [], "pixels": "AAAA"} | SIDES_BELOW_1,
            "pixels",
        ),
        (("evidence", "disagreements", 0, "pixels"), "not base64", "pixels"),
        (("id",), "../../x", "the name of a comparison"),
        (("id",), "another", "folder's name"),
        (("schema_number",), 99, "upgrade to read it"),
        (("schema_number",), 0, "schema_number must be 2"),
        (("arms", 0, "fields", "activation"), "swish", "must be one of"),
        (("margin",), "wide", "margin"),
    ],
)
def test_a_comparison_that_contradicts_itself_is_refused(tmp_path, place, value, message):
    comparison = make_comparison("fair")
    store = Store(tmp_path)
    path = store.save_comparison(comparison)
    content = json.loads(path.read_text())
    inner = content
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    rewrite(path, content)
    with pytest.raises(ParibusError, match=message):
        opened(store, comparison.id)
