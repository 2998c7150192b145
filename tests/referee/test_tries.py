"""Tries of a scripted loop: what is kept, what is discarded, and that nothing of the user's is touched."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.command.commands import git, repository


def test_a_start_says_what_it_commits_to_and_what_it_can_show(project):
    done = project.start("--ruler", "evaluate.py", "--json", "--tries", "5", "--budget-per-try", "5m")
    assert done.code == 0, done.err
    said = done.json
    assert (said["metric"], said["ruler"], said["data"], said["repeats"]) == (
        "value:max",
        ["evaluate.py"],
        ["data.csv"],
        True,
    )
    assert len(said["baseline"]) == 3
    assert said["spread"] > 0
    assert [one["pairs"] for one in said["finds"]] == [2, 5, 10, 20]
    assert said["finds"][-1]["low"] < said["finds"][-1]["high"]
    again = project.start("--ruler", "evaluate.py")
    assert again.code == 2
    assert "--new" in again.err


def test_an_idle_edit_is_discarded_after_a_pair_and_nothing_changed_after_none(loop):
    before = loop.of_user()
    unchanged = loop.tried(code=10)
    assert (unchanged["reason"], unchanged["pairs"]) == ("nothing_changed", 0)
    loop.edit("gain = 0.0", "gain = 0.0  # a comment")
    idle = loop.tried(code=10)
    assert (idle["reason"], idle["pairs"]) == ("same_bits", 1)
    git(loop.place, "checkout", "train.py")
    assert loop.of_user() == before
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def test_a_real_edit_is_kept_and_is_the_next_baseline(loop):
    loop.edit("gain = 0.0", "gain = 2.0")
    before = loop.of_user()
    kept = loop.tried("-m", "better", code=0)
    assert kept["gain"] > 1.9
    assert kept["message"] == "better"
    assert loop.of_user() == before
    loop.edit("gain = 2.0", "gain = 1.0")
    harmful = loop.tried(code=10)
    assert harmful["gain"] < 0
    assert harmful["baseline_tree"] == kept["tree"]
    assert not set(harmful["seeds"]) & set(kept["seeds"])


def test_a_kept_edit_is_committed_where_that_was_asked_for(loop):
    loop.edit("gain = 0.0", "gain = 2.0")
    (loop.place / "other.py").write_text("# new\n")
    git(loop.place, "config", "user.name", "a")
    git(loop.place, "config", "user.email", "a@b.example")
    kept = loop.tried("-m", "a better gain", "--commit", code=0)
    assert git(loop.place, "rev-parse", "HEAD").strip() == kept["commit"]
    assert git(loop.place, "log", "-1", "--format=%s").strip() == "a better gain"
    assert git(loop.place, "status", "--porcelain", "--", "train.py", "other.py") == ""


def test_a_revision_is_tried_whatever_the_working_tree_has(loop):
    loop.edit("gain = 0.0", "gain = 2.0")
    git(loop.place, "commit", "-qam", "two")
    git(loop.place, "checkout", "-q", "HEAD~1")
    loop.edit("gain = 0.0", "gain = -9")
    assert loop.tried("--candidate", "main", code=0)["gain"] > 1.9
    unknown = loop("try", "--candidate", "mian")
    assert unknown.code == 2
    assert "did you mean main?" in unknown.err


def test_edits_that_crash_or_hang_are_discarded_and_say_why(project):
    assert project.start("--ruler", "evaluate.py", "--time-limit", "1s").code == 0
    project.edit("gain = 0.0", "gain = nonsense")
    crashed = project.tried(code=10)
    assert crashed["reason"] == "fails"
    assert "NameError" in crashed["last_words"]
    project.edit("gain = nonsense", "import time; time.sleep(99)")
    hung = project.tried(code=10)
    assert "time limit" in hung["failure"]


def test_a_touched_ruler_is_refused_and_nothing_is_run(loop):
    loop.edit("gain + luck", "gain + luck + 9", "evaluate.py")
    refused = loop("try", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "evaluate.py" in refused.err
    assert [entry["kind"] for entry in loop.entries()] == ["start"]
    allowed = loop.tried("--allow-ruler", code=0)
    assert allowed["ruler_touched"] == ["evaluate.py"]


def test_data_that_the_baseline_read_is_part_of_the_ruler(loop):
    (loop.place / "data.csv").write_text("3\n")
    refused = loop("try")
    assert refused.code == 2
    assert "data.csv" in refused.err


def test_a_baseline_that_does_not_run_starts_no_loop(project):
    project.edit("gain = 0.0", "gain = nonsense")
    failed = project.start()
    assert failed.code == 2
    assert "NameError" in failed.err
    assert project("try").code == 2


def test_scripts_whose_seed_does_nothing_or_is_not_all_are_told_so(project):
    project.edit("random.seed(int(sys.argv[1]))", "random.seed(0)")
    assert "Every seed gave the same figure" in project.start().out
    project.edit("random.seed(0)", "random.seed()")
    done = project.start("--new")
    assert "The same seed gave another figure" in done.out
    assert "The ruler is open" in done.out


def test_an_edit_that_is_only_not_worse_is_kept_within_the_margin(project):
    assert project.start("--ruler", "evaluate.py", "--keep-if", "not-worse", "--margin", "5").code == 0
    project.edit("gain = 0.0", "gain = 0.0  # simpler, and the same bits")
    assert project.tried(code=0)["reason"] == "shown"
    project.edit("gain = 0.0", "gain = -30")
    assert project.tried(code=10)["gain"] < -2


def test_a_guard_discards_what_is_better_and_takes_more(project):
    project.edit("gain = 0.0", "import time; waste = bytearray(3 * 10**7); time.sleep(0.15); gain = 0.0")
    assert project.start("--ruler", "evaluate.py", "--guard", "memory+20%").code == 0
    project.edit("bytearray(3 * 10**7); time.sleep(0.15); gain = 0.0", "bytearray(10**8); time.sleep(0.15); gain = 2.0")
    heavy = project.tried(code=10)
    assert (heavy["reason"], heavy["guards"]) == ("guard", {"memory+20%": False})
    assert min(heavy["guard_ratios"]["memory+20%"]) > 1.2
    assert "times the baseline" in heavy["words"]["en"]
    project.edit("10**8", "3 * 10**7")
    project.edit("gain = 2.0", "gain = +0.0")
    idle = project.tried(code=10)
    assert (idle["reason"], idle["pairs"]) == ("same_bits", 1)
    refused = project.start("--new", "--guard", "memory+0.0001%")
    assert refused.code == 2
    assert "cannot be measured" in refused.err


def test_the_loops_budget_ends_it(project):
    assert project.start("--ruler", "evaluate.py", "--budget", "2s", "--pairs", "3").code == 0
    project.edit("gain = 0.0", "import time; time.sleep(2); gain = 0.0")
    assert project.tried(code=10)["reason"] == "same_bits"
    project.edit("gain = 0.0", "gain = 0.5")
    spent = project("try", "--json")
    assert spent.code == 20
    assert "budget" in spent.err
    assert (spent.json["outcome"], spent.json["reason"]) == ("open", "loop_budget")


def test_a_folder_without_git_is_no_hindrance(project):
    import shutil

    shutil.rmtree(project.place / ".git")
    assert project.start("--ruler", "evaluate.py").code == 0
    project.edit("gain = 0.0", "gain = 2.0")
    assert project.tried(code=0)["gain"] > 1.9


def test_the_files_of_a_submodule_are_tried_and_of_a_revision_they_are_not_there(project):
    inner = repository(
        project.place.parent / "inner", evaluate_py="data = 0\n\n\ndef score(gain, luck):\n    return luck\n"
    )
    git(project.place, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    project.edit("from evaluate", "from sub.evaluate")
    git(project.place, "commit", "-qam", "its measure is elsewhere")
    assert project.start().code == 0
    project.edit("return luck", "return luck + gain + 3", "sub/evaluate.py")
    assert project.tried(code=0)["gain"] > 2.9
    refused = project("try", "--candidate", "HEAD")
    assert refused.code == 2
    assert "submodules" in refused.err


def test_a_loop_that_can_keep_nothing_is_told_so_with_what_it_needs(project):
    said = project.start("--pairs", "4", "--ruler", "evaluate.py", "--error", "0.01").out
    assert "can keep nothing" in said
    assert "fewer than 9" in said


def test_options_that_cannot_be_are_told_together(project):
    done = project.start("--keep-if", "not-worse", "--error", "2", "--guard", "disk+5%", "--pairs", "0")
    assert done.code == 2
    assert "disk" in done.err
    assert "at most 1000" in project.start("--pairs", "100000").err
    done = project.start("--keep-if", "not-worse", "--error", "2", "--pairs", "0", "--ruler", "gone.py")
    assert all(word in done.err for word in ("--margin SIZE", "between 0 and 1", "at least 1"))
