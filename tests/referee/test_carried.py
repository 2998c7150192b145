"""What stays in the files though it was not kept, and what is asked a second time."""

from __future__ import annotations

from paribus.referee.leftover_edits import lines_of
from tests.command.commands import git


def test_an_edit_that_was_discarded_and_is_still_there_is_named(loop):
    loop.edit("gain = 0.0", "gain = -9.0")
    assert loop.tried("-m", "harm", code=10)["holds"] == []
    git(loop.place, "commit", "-qam", "mine")  # so that git checkout and git clean take nothing out
    (loop.place / "notes.py").write_text("more = 1\n")
    second = loop.tried(code=10)
    assert (second["files"], second["holds"]) == (["notes.py", "train.py"], [1])
    assert "It changes notes.py, train.py. It still holds the edit of try 1" in second["words"]["en"]
    git(loop.place, "reset", "-q", "--hard", "HEAD~1")
    third = loop.tried(code=10)
    assert (third["files"], third["holds"]) == (["notes.py"], [])


def test_what_stands_is_answered_again_and_counts_once(loop):
    loop.edit("gain = 0.0", "gain = 2.0")
    first = loop.tried("-m", "better", code=0)
    loop.edit("gain = 2.0", "gain = -2.0")
    loop.tried(code=10)
    loop.edit("gain = -2.0", "gain = 2.0")
    before = loop.entries()
    again = loop.tried("-m", "better", code=0)
    assert (again["try"], again["again"], again["gain"]) == (1, True, first["gain"])
    assert "kept already, as try 1" in again["words"]["en"]
    assert loop.entries() == before


def test_lines_of_a_patch_are_by_file():
    patch = (
        "diff --git a/a b.py b/a b.py\nindex 1..2 100644\n--- a/a b.py\n+++ b/a b.py\n@@ -1 +1,2 @@\n-x\n+y\n++++ b/z\n"
        "diff --git a/p.png b/p.png\nindex 3..4 100644\nBinary files a/p.png and b/p.png differ\n"
    )
    assert lines_of(patch) == {"a b.py": {"-x": 1, "+y": 1, "++++ b/z": 1}, "p.png": {"index 3..4 100644": 1}}
