"""Hand-ins are plain data: written whole, read without being run, collected in a table."""

import csv
import json
import os

import pytest

import paribus as pb
from paribus.lesson import Check
from paribus.lesson.handing_in import HandIn, read
from tests.cli.lab import paribus


def write(path, student="Kim", **changes):
    parts = {
        "lesson": "lenet",
        "student": student,
        "answers": {"Which?": "ReLU", "Why?": "decay"},
        "predictions": {"before": pb.lesson.predict({"a": 0.8, "b": 0.2})},
        "outcomes": {"before": "a"},
        "checks": [Check("model_1", ()), Check("model_2", ())],
        "results": {},
        **changes,
    }
    return pb.lesson.hand_in(path, **parts)


def test_what_is_written_is_read_again(tmp_path):
    written = write(tmp_path / "one.json")
    found = read(tmp_path / "one.json")
    assert isinstance(written, HandIn)
    assert found == written
    assert found.whole
    assert found.scores == {"before": pytest.approx(0.08)}
    assert set(found.versions) == {"paribus", "torch", "numpy"}
    assert "2 of 2 steps are right, 2 of 2 questions" in str(found)


def test_a_change_by_accident_is_noticed(tmp_path):
    write(tmp_path / "one.json")
    text = (tmp_path / "one.json").read_text(encoding="utf-8")
    (tmp_path / "one.json").write_text(text.replace("decay", "Decay"), encoding="utf-8")
    assert not read(tmp_path / "one.json").whole


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"answers": []},
        {"answers": {"q": 3}},
        {"checks": {"model_1": "yes"}},
        {"predictions": {"p": {"chances": {"a": "1"}}}},
        {"predictions": {"p": 3}},
        {"predictions": {"p": {"chances": {"a": 1e200}}}},
        {"predictions": {"p": {"chances": {"a": 10**400}}}},
        {"predictions": {"p": {"chances": {"a": float("nan")}}}},
        {"predictions": {"p": {"chances": {"a": 1}, "outcome": ["a"]}}},
        {"results": {"six": {}}},
        {"student": None},
    ],
)
def test_what_is_no_hand_in_is_refused(tmp_path, change):
    write(tmp_path / "one.json")
    data = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    (tmp_path / "one.json").write_text(json.dumps({**data, **change}), encoding="utf-8")
    with pytest.raises(pb.ParibusError, match="is no hand-in"):
        read(tmp_path / "one.json")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '"\\ud800', "x" * (1 << 20) + "x"])
def test_what_is_no_json_is_refused(tmp_path, text):
    (tmp_path / "one.json").write_text(text, encoding="utf-8")
    with pytest.raises(pb.ParibusError, match=r"one\.json"):
        read(tmp_path / "one.json")


@pytest.mark.skipif(os.name != "posix", reason="there are no such files")
@pytest.mark.parametrize("kind", ["a pipe", "a link to a device"])
def test_what_is_no_file_neither_hangs_nor_fills_the_memory(tmp_path, kind):
    if kind == "a pipe":
        os.mkfifo(tmp_path / "one.json")
    else:
        (tmp_path / "one.json").symlink_to("/dev/zero")
    with pytest.raises(pb.ParibusError, match="not a file"):
        read(tmp_path / "one.json")


def test_a_hundred_hand_ins_are_a_table(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(100):
        write(folder / f"{number}.json", f"student {number:03}", answers={"Why?": "=1+1" if number else ""})
    (folder / "broken.json").write_text("{")
    done = paribus("lesson", "collect", "in", "--to", "class.csv", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "student 042" in done.out
    assert "broken.json" in done.out
    rows = list(csv.DictReader((tmp_path / "class.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 100
    assert rows[0]["remarks"] == "Some questions are not answered."
    assert rows[1]["answer: Why?"] == "'=1+1"  # no spreadsheet takes it for a formula
    assert rows[1]["brier_before"] == "0.08"


def test_a_lesson_is_written_once(tmp_path):
    done = paribus("lesson", "new", "--lang", "ko", cwd=tmp_path)
    assert done.code == 0, done.err
    made = json.loads((tmp_path / "lenet.ko.ipynb").read_text(encoding="utf-8"))
    assert made["nbformat"] == 4
    again = paribus("lesson", "new", "--lang", "ko", cwd=tmp_path)
    assert again.code == 2
    assert "--to" in again.err
    other = paribus("lesson", "new", "lenets", "--lang", "en", cwd=tmp_path)
    assert other.code == 2
    assert "did you mean lenet?" in other.err


def test_a_check_says_what_is_missing(tmp_path):
    write(tmp_path / "one.json", answers={"Why?": " "})
    done = paribus("lesson", "check", "one.json", "--lang", "en", cwd=tmp_path)
    assert "0 of 1 questions" in " ".join(done.out.split())
    assert "Some questions are not answered." in done.out
    assert "질문 1개 가운데 0개" in " ".join(paribus("lesson", "check", "one.json", "--lang=ko", cwd=tmp_path).out.split())
    assert paribus("lesson", "check", "none.json", cwd=tmp_path).code == 2
    assert paribus("lesson", "collect", cwd=tmp_path).code == 2
