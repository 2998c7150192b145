"""The report of a loop: its path, its audit, and its sealed figure."""

from __future__ import annotations


def test_the_path_and_the_audit(project):
    project.edit("print('{", "print('test_acc=0.1234')\nprint('{")
    unread = project.start("--ruler", "evaluate.py", "--sealed", "test_ac")
    assert unread.code == 2
    assert "the baseline gives no figure test_ac, which is to be sealed" in unread.err
    assert project.start("--ruler", "evaluate.py", "--sealed", "test_acc").code == 0
    project.edit("gain = 0.0", "gain = 2.0")
    project.tried("-m", "a real one", code=0)
    project.edit("import random, sys", "import random, sys  # idle")
    project.tried("-m", "idle | odd <b>", code=10)
    done = project("report", "--json")
    assert done.code == 0, done.err
    said = done.json
    assert (said["kept"], said["audit"], [one["outcome"] for one in said["tries"]]) == (1, None, ["keep", "discard"])
    folder = project.place / "paribus-lab" / "referee"
    assert "| 1 | a real one | kept |" in (folder / "report.md").read_text()
    assert "idle | odd &lt;b&gt;" in (folder / "report.html").read_text()
    start, without = project("report", "--audit", "--json").json["audit"]
    assert start["gain"] > 1.9
    assert start["sealed"] is None
    assert (without["number"], without["possible"]) == (1, True)
    assert without["gain"] > 1.9
    korean = project("report", "--unseal", "--lang", "ko", "--to", "r.md", "--json")
    assert korean.code == 0, korean.err
    assert korean.json["audit"][0]["sealed"] == {"test_acc": [0.1234, 0.1234]}
    assert "채택" in (project.place / "r.md").read_text()
    assert "--new" in project("try").err
    assert project("report", "--to", "r.pdf").code == 2


def test_the_rules_are_a_page_in_either_language(project):
    assert "paribus referee try" in project("rules", "--lang", "en").out
    assert "종료 코드" in project("rules", "--lang", "ko").out
