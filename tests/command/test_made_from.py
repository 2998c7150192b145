"""What makes two runs the same run: an edited file makes them anew, and nothing else does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from paribus.core.errors import StoreError
from tests.command.commands import bash, git, made, performed, planned, repository, write

TRAIN = """
import sys
from pathlib import Path
from helper import gain
acc = gain * float(Path("config.yaml").read_text()) + int(sys.argv[1]) / 1000
data = Path("data.csv")
print({'"acc"': acc + (len(data.read_text()) / 100 if data.exists() else 0)}.__repr__().replace("'", ""))
Path("results.csv").open("a").write("x")
Path("outputs").mkdir(exist_ok=True)
Path("outputs/conf.yaml").write_text(sys.argv[1])
"""
WORDS = [sys.executable, "train.py", "{seed}"]
FILES = {"train_py": TRAIN, "helper_py": "gain = 0.5", "config_yaml": "1", "_gitignore": "data.csv\nscratch/\n"}


@pytest.fixture
def project(own_place: Path) -> Path:
    return repository(own_place, **FILES)


def plan(out: Path, **more):
    return planned(made(WORDS, **more), out, seeds=2)


def run(out: Path, **more) -> list[float]:
    return [folder.record().figures["acc"] for folder in performed(made(WORDS, **more), out, seeds=2)]


def test_unchanged_everything_is_reused_though_runs_write_files(project, out):
    assert run(out) == [0.5, 0.501]
    assert sorted(path.name for path in (project / "outputs").iterdir()) == ["conf.yaml"]
    assert plan(out).finished == 2
    assert len(performed(made(WORDS), out, seeds=4)) == 4
    assert plan(out).finished == 2
    (project / "results.csv").write_text("mine")  # what a run wrote counts once somebody changes it
    assert plan(out).finished == 0


@pytest.mark.parametrize(
    ("name", "text", "first"),
    [("helper.py", "gain = 0.25", 0.25), ("config.yaml", "0.5", 0.25), ("train.py", TRAIN + "\n", 0.5)],
)
def test_an_edited_file_makes_all_anew_and_the_plan_names_it(name, text, first, project, out):
    assert run(out)[0] == 0.5
    (project / name).write_text(text)
    changed = plan(out)
    assert changed.finished == 0
    assert [str(note) for note in changed.notes] == [f"Runs are made anew: {name} changed since the earlier ones."]
    assert run(out)[0] == first
    (project / name).write_text(FILES[name.replace(".", "_")])  # as it was: the runs of then
    assert plan(out).finished == 2


def test_a_new_file_counts_and_an_ignored_one_does_not(project, out):
    run(out)
    (project / "data.csv").write_text("12345")
    (project / "scratch").mkdir()
    (project / "scratch" / "notes.txt").write_text("1")
    assert plan(out).finished == 2
    (project / "extra.py").write_text("1")
    assert plan(out).finished == 0


def test_a_file_that_is_depended_on_counts_also_where_git_ignores_it(project, out):
    (project / "data.csv").write_text("12345")
    assert run(out, depends=["data.csv"])[0] == pytest.approx(0.55)
    assert plan(out, depends=["data.csv"]).finished == 2
    (project / "data.csv").write_text("1234567890")
    assert plan(out, depends=["data.csv"]).finished == 0
    assert run(out, depends=["data.csv"])[0] == pytest.approx(0.6)


def test_a_folder_that_is_depended_on_is_all_its_files(project, out, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "a.bin").write_bytes(b"1")
    run(out, depends=[tmp_path / "far"])
    assert plan(out, depends=[tmp_path / "far"]).finished == 2
    (tmp_path / "far" / "b.bin").write_bytes(b"1")
    assert plan(out, depends=[tmp_path / "far"]).finished == 0


def test_the_store_itself_does_not_count_wherever_it_lies(project):
    for place in (project / "paribus-lab", project / "deep" / "store", project):
        run(place)
        assert plan(place).finished == 2


def test_outside_git_the_script_and_the_code_beside_it_count(own_place, out):
    write(own_place, **{name: text for name, text in FILES.items() if name != "_gitignore"})
    assert run(out)[0] == 0.5
    (own_place / "notes.txt").write_text("nothing to do with it")
    assert plan(out).finished == 2
    for name, text in (("train.py", TRAIN + "\n"), ("helper.py", "gain = 0.25"), ("config.yaml", "2")):
        (own_place / name).write_text(text)
        assert plan(out).finished == 0
        run(out)
    (own_place / "package").mkdir()
    (own_place / "package" / "__init__.py").write_text("")
    assert plan(out).finished == 0


@pytest.mark.parametrize("name", ["cfg.json", "train_config.json", "utils/inner.py", "configs/base.yaml"])
def test_outside_git_configuration_in_json_and_folders_without_an_init_count_too(name, own_place, out):
    write(own_place, **{name: text for name, text in FILES.items() if name != "_gitignore"})
    (own_place / name).parent.mkdir(exist_ok=True)
    (own_place / name).write_text("1")
    run(out)
    (own_place / "metrics.json").write_text("figures, which a script may leave")
    assert plan(out).finished == 2
    (own_place / name).write_text("2")
    changed = plan(out)
    assert changed.finished == 0
    assert [str(note) for note in changed.notes] == [f"Runs are made anew: {name} changed since the earlier ones."]


def test_files_among_the_words_and_a_module_are_scripts(own_place, out):
    write(own_place, conf_ini="a", mod_py="print('acc 0.5')")
    program = made([sys.executable, "-m", "mod", "--conf=conf.ini"], unpaired=True, patterns={"acc": "acc (.*)"})
    performed(program, out)
    for name in ("conf.ini", "mod.py"):
        assert planned(program, out).finished == 1
        (own_place / name).write_text("print('acc 0.25')")
        assert planned(program, out).finished == 0
        performed(program, out)


def test_the_executable_counts(own_place, out):
    script = own_place / "go.sh"
    script.write_text("#!/bin/sh\necho acc 0.5\n")
    script.chmod(0o755)
    program = made(["./go.sh"], unpaired=True, patterns={"acc": "acc (.*)"})
    performed(program, out)
    script.write_text("#!/bin/sh\necho acc 0.25\n")
    assert planned(program, out).finished == 0


def test_how_it_is_read_counts(project, out):
    run(out)
    assert planned(made(WORDS, patterns={"acc": "acc.*?([0-9.]+)"}), out, seeds=2).finished == 0


def test_another_metric_is_read_from_the_same_runs_where_they_have_it(own_place, out):
    lines = ('{"acc": 0.5, "loss": 2}', '{"loss": 1}', '{"lr": 0.1}')
    words = [*bash("".join(f"echo '{line}';" for line in lines)), "{seed}"]
    (first,) = performed(made(words), out)
    assert first.record().figures == {"acc": 0.5, "loss": 1.0, "lr": 0.1}
    (other,) = performed(made(words, ["loss:min"]), out)
    assert (other.path, other.record().started) == (first.path, first.record().started)
    assert planned(made(words, ["loss:min"]), out).design.id == "some"
    assert planned(made(words, ["time:min"]), out).finished == 0
    assert planned(made(words, ["acc", "loss:min"], steers="loss", at="best"), out).finished == 0


def test_an_edit_in_the_middle_stops_the_rest_and_names_the_file(project, out):
    program = made(WORDS)
    first, second = planned(program, out, seeds=2).tasks
    program.perform([first])
    (project / "helper.py").write_text("gain = 1")
    with pytest.raises(StoreError, match=r"helper\.py changed while runs were being made"):
        program.perform([second])


def test_a_change_of_content_under_the_same_time_and_size_is_seen(project, out):
    run(out)
    facts = (project / "helper.py").stat()
    (project / "helper.py").write_text("gain = 0.6")
    os.utime(project / "helper.py", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert plan(out).finished == 0


def test_a_commit_changes_nothing_and_a_removed_file_does(project, out):
    run(out)
    git(project, "commit", "--allow-empty", "-qm", "two")
    assert plan(out).finished == 2
    (project / "config.yaml").unlink()
    assert plan(out).finished == 0
