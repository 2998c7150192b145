"""Starts that do not come to a loop, and what they leave."""

from __future__ import annotations

from tests.referee.conftest import PYTHON


def test_the_loop_that_was_there_stays_where_the_new_one_does_not_start(loop):
    loop.edit("gain = 0.0", "gain = 2.0")
    loop.tried(code=0)
    before = loop.entries()
    failed = loop("start", "--new", "--metric", "nope:min", "--", "false")
    assert failed.code == 2
    assert loop.entries() == before
    assert not list((loop.place / "paribus-lab").glob("referee-*"))
    done = loop.start("--new")
    assert done.code == 0
    assert "paribus-lab/referee-1" in done.out
    assert len(loop.entries()) == 1


def test_a_pattern_that_would_misread_a_better_figure_starts_no_loop(project):
    text = (project.place / "train.py").read_text().splitlines()
    text[-1] = "print('loss=%.5f' % abs(random.gauss(0, 1)))"
    (project.place / "train.py").write_text("\n".join(text))
    words = ("--", *PYTHON, "train.py", "{seed}")
    narrow = project("start", "--metric", "loss:min=loss=([0-9.]+)", *words)
    assert narrow.code == 2
    assert "-4.42e-05" in narrow.err
    assert "([-+.0-9e]+)" in narrow.err
    assert project("start", "--metric", "loss:min=loss[=: ]+([-+.0-9e]+)", *words).code == 0


def test_data_that_git_ignores_are_asked_for_by_link(project):
    (project.place / ".gitignore").write_text("data/\n")
    (project.place / "data").mkdir()
    (project.place / "data" / "x.txt").write_text("1\n")
    project.edit("gain = 0.0", "gain = float(open('data/x.txt').read())")
    failed = project.start()
    assert failed.code == 2
    assert "--link data/" in failed.err
