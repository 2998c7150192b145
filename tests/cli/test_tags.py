"""Tags: words beside a comparison, by which it is listed."""

import json

from paribus.runs.store import Store
from tests.cli.lab import paribus
from tests.factories import make_comparison
from tests.runs.store_cases import new_record, write_run


def test_a_comparison_is_tagged_listed_by_its_tag_and_untagged(tmp_path):
    store = Store(tmp_path / "paribus-lab")
    for name in ("one", "other"):
        store.save_comparison(make_comparison("lesson").model_copy(update={"id": name}))
    before = (store.comparison_folder("one") / "comparison.json").read_bytes()
    done = paribus("tag", "one", "thesis", "2.장", cwd=tmp_path)
    assert (done.code, "one: 2.장, thesis" in done.out) == (0, True), done.err + done.out
    assert store.tags("one") == ("2.장", "thesis")
    listed = json.loads(paribus("list", "THESIS", "--json", cwd=tmp_path).out)
    assert [(one["id"], one["tags"]) for one in listed["comparisons"]] == [("one", ["2.장", "thesis"])]
    assert "thesis" in paribus("list", cwd=tmp_path).out
    paribus("tag", "one", "thesis", "2.장", "--remove", cwd=tmp_path)
    assert store.tags("one") == ()
    assert "one에 붙은 태그가 없습니다." in paribus("tag", "one", "--lang=ko", cwd=tmp_path).out
    assert (store.comparison_folder("one") / "comparison.json").read_bytes() == before


def test_what_is_no_tag_is_refused_and_a_damaged_file_is_named(tmp_path):
    store = Store(tmp_path / "paribus-lab")
    store.save_comparison(make_comparison("lesson").model_copy(update={"id": "one"}))
    for odd in ("two words", "<b>", "", "x" * 41):
        done = paribus("tag", "one", odd, cwd=tmp_path)
        assert (done.code, "a tag is a word" in done.err) == (2, True)
    store.save_tags("one", ["thesis"])
    path = store.comparison_folder("one") / "tags.json"
    path.write_bytes(path.read_bytes().replace(b"thesis", b"theses"))
    assert "tags.json: was damaged" in paribus("list", cwd=tmp_path).out
    done = paribus("tag", "one", "other", cwd=tmp_path)
    assert (done.code, "tags.json: was damaged" in done.err) == (2, True)
    assert paribus("verify", cwd=tmp_path).code == 2


def test_very_many_runs_are_a_line_each_of_the_same_document(tmp_path, monkeypatch, capfdbinary):
    from paribus.cli import list_store
    from paribus.cli.main import parsed, run

    monkeypatch.chdir(tmp_path)
    for name in ("a-run-s0", "a-run-s1"):
        write_run(tmp_path / "paribus-lab", new_record(name))
    documents = []
    for many in (1000, 1):
        monkeypatch.setattr(list_store, "MANY", many)
        assert run(parsed(["list", "--json"]), []) == 0
        documents.append(json.loads(capfdbinary.readouterr().out))
    assert documents[0] == documents[1]
    assert len(documents[0]["runs"]) == 2
