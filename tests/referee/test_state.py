"""The state of a loop: killed at any moment and gone on with, one process at a time, refused where it was changed."""

from __future__ import annotations

import base64
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from paribus.core.errors import ParibusError, StoreError
from paribus.records.referee import Committed, Told
from paribus.referee.journal import Journal
from tests.cli.lab import COMMAND, environment
from tests.referee.conftest import PYTHON, nothing_left

SLOW = ("random.seed(", "import time; time.sleep(0.05)\nrandom.seed(")


def begin(loop, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, "referee", *words],
        cwd=loop.place,
        env=environment({"TMPDIR": tempfile.gettempdir()}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def told(found: dict[str, object]) -> dict[str, object]:
    """Without what every run of the same try has anew."""
    return {name: value for name, value in found.items() if "seconds" not in name}


@pytest.mark.slow
def test_a_try_that_is_killed_again_and_again_ends_as_if_it_was_not(project):
    project.edit(*SLOW)
    assert project.start("--ruler", "evaluate.py").code == 0
    project.edit("gain = 0.0", "gain = 2.0")
    whole = project.tried(code=0)
    journal = project.place / "paribus-lab" / "referee" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[0])  # as before the try
    journal.with_name("head").unlink()
    for run in (project.place / "paribus-lab" / "referee" / "runs").glob("*-candidate-*"):
        (run / "record.json").unlink()  # so that its runs are made anew
    draw = random.Random(3)
    for _ in range(4):
        process = begin(project, "try")
        try:
            process.wait(timeout=0.4 + draw.random() / 2)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode != 0, "it came to its end: let it take longer"
    assert told(project.tried(code=0)) == told(whole)
    assert project.tried(code=0)["again"]
    assert [entry["kind"] for entry in project.entries()].count("end") == 1  # a repeat is no try
    assert nothing_left(Path(tempfile.gettempdir()))


def test_a_try_in_place_of_a_killed_one_closes_that(loop):
    loop.edit("gain = 0.0", "import time; time.sleep(60); gain = 0.0")
    process = begin(loop, "try")
    journal = loop.place / "paribus-lab" / "referee" / "journal.jsonl"
    while len(journal.read_bytes().splitlines()) < 2:
        time.sleep(0.05)
    busy = loop("try")
    assert busy.code == 2
    assert "at work" in busy.err
    process.kill()
    process.communicate()
    loop.edit("import time; time.sleep(60); gain = 0.0", "gain = 2.0")
    assert loop.tried(code=0)["try"] == 2
    end = next(entry for entry in loop.entries() if entry["kind"] == "end")
    assert (end["outcome"], end["reason"], end["tested"]) == ("open", "abandoned", True)


@pytest.mark.slow
def test_two_loops_on_one_machine_do_not_disturb_each_other(loop, tmp_path):
    import shutil

    shutil.copytree(loop.place, tmp_path / "other")
    loop.edit("gain = 0.0", "gain = 2.0")
    other = type(loop)(tmp_path / "other")
    other.edit("gain = 0.0", "gain = -2.0")
    processes = [begin(one, "try", "--json") for one in (loop, other)]
    ended = [(json.loads(process.communicate()[0]), process.returncode) for process in processes]
    assert [code for _, code in ended] == [0, 10]


def test_a_journal_that_was_changed_is_refused(loop):
    path = loop.place / "paribus-lab" / "referee" / "journal.jsonl"
    path.write_text(path.read_text().replace('"error":0.5', '"error":0.6'))
    done = loop("try")
    assert done.code == 2
    assert "changed since it was written" in done.err


def test_a_journal_that_lost_whole_lines_at_its_end_is_refused(tmp_path):
    journal = Journal(tmp_path / "referee")
    with journal.held():
        for number in (1, 2):
            journal.add(Committed(number=number, commit="c"))
            journal.add(Told(number=number))
    lines = journal.path.read_bytes().splitlines(keepends=True)
    with pytest.raises(ParibusError, match="no loop was started"):  # of which there are too few entries, but none lost
        journal.state()
    journal.path.write_bytes(b"".join(lines[:3]))  # without the last line, that a power cut may take
    with pytest.raises(ParibusError, match="no loop was started"):
        journal.state()
    for kept in (2, 1, 0):
        journal.path.write_bytes(b"".join(lines[:kept]))
        with pytest.raises(StoreError, match="had 3 lines at least, which are not all there: put the whole file back"):
            journal.state()
        assert journal.exists
    (journal.folder / "head").write_bytes(b"")  # a power cut in that moment
    journal.path.write_bytes(b"".join(lines))
    with journal.held():
        journal.add(Told(number=1))
    assert len(journal.path.read_bytes().splitlines()) == 5


def test_a_sealed_figure_is_in_no_output_until_it_is_unsealed(project):
    project.edit("print('{\"value", "print('test_acc: 0.1234'); print('{\"test_acc\": 0.1234, \"value")
    assert project.start("--ruler", "evaluate.py", "--sealed", "test_acc").code == 0
    project.edit("gain = 0.0", "gain = 2.0")
    assert project.tried(code=0)["outcome"] == "keep"
    lab = project.place / "paribus-lab" / "referee"
    runs = [path for path in lab.rglob("*") if path.is_file() and "code.git" not in path.parts]
    assert [path for path in runs if b"0.1234" in path.read_bytes()] == []
    assert "(sealed)" in next(lab.rglob("stdout.txt")).read_text()
    sealed = [json.loads(base64.b64decode(path.read_bytes())) for path in lab.rglob("sealed")]
    assert {one["test_acc"] for one in sealed} == {0.1234}


def test_a_dirty_working_tree_is_what_is_tried_and_stays(loop):
    from tests.command.commands import git

    loop.edit("gain = 0.0", "gain = 2.0")
    git(loop.place, "add", "train.py")
    loop.edit("gain = 2.0", "gain = -2.0")  # beyond what is staged
    (loop.place / "note.txt").write_text("mine")
    before = loop.of_user()
    assert loop.tried(code=10)["gain"] < 0
    assert loop.of_user() == before


@pytest.mark.slow
@pytest.mark.skipif(os.cpu_count() == 1, reason="needs two cores")
def test_runs_may_be_made_two_at_a_time(project):
    assert project.start("--ruler", "evaluate.py", "--workers", "2").code == 0
    project.edit("gain = 0.0", "gain = 2.0")
    assert project.tried(code=0)["gain"] > 1.9


def test_programs_that_draw_luck_of_their_own_are_compared_too(project):
    project.edit("random.seed(int(sys.argv[1]))", "random.seed()")
    assert project.start("--unpaired", "--ruler", "evaluate.py", words=(*PYTHON, "train.py")).code == 0
    project.edit("gain = 0.0", "gain = 12.0")
    assert project.tried(code=0)["gain"] > 5
