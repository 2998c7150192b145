"""Data outside the code: changed, put back, and changed on purpose."""

from __future__ import annotations


def test_linked_data_that_were_put_back_are_as_they_were_and_a_change_is_allowed_once(project):
    (project.place / ".gitignore").write_text("data/\n")
    data = project.place / "data" / "x.txt"
    data.parent.mkdir()
    data.write_text("0\n")
    project.edit("gain = 0.0", "gain = float(open('data/x.txt').read())")
    assert project.start("--ruler", "evaluate.py", "--link", "data/").code == 0
    project.edit("gain = float", "gain = -9 + float")
    data.write_text("5\n")
    refused = project("try")
    assert refused.code == 2
    assert "data/x.txt changed" in refused.err
    data.unlink()
    data.write_text("0\n")
    project.tried(code=10)
    data.write_text("5\n")
    allowed = project.tried("--allow-ruler", code=10)
    assert allowed["ruler_touched"] == ["data/x.txt"]
    assert "changes the ruler (data/x.txt)" in allowed["words"]["en"]
    project.edit("-9", "-8")
    assert project.tried(code=10)["ruler_touched"] == []
