"""Every command of the README and the docs is run, reduced by the rules of reduced.py; and every Python example.

What is `paribus` or `python` and its words alone is given without a shell, as tests/cli give it; the rest, and the
first command, as a shell gives it.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import paribus.lesson as paribus_lesson
from paribus.runs.store import Store
from tests.cli.lab import end_forks, paribus, script
from tests.digits import write_digits
from tests.docs.markdown import DOCUMENTS, READMES, ROOT, blocks, commands
from tests.docs.reduced import TABLES, Names, reduced, small

COMMANDS = list(dict.fromkeys(command for document in DOCUMENTS for command in commands(document)))
NO_NAMES = Names("comparison", {"sigmoid": "one run", "relu": "another"}, Path("digits"))
# A Korean document has the programs of the English one, to which test_documents.py holds it.
PYTHON = [
    document
    for document in DOCUMENTS
    if document.suffixes != [".ko", ".md"]
    and any(block.language == "python" and not block.file_name for block in blocks(document))
]


SHELLS = set("|&;<>()$`*?[]#~\n")  # which letters are a shell's


def run(line: str, folder: Path, store: Path) -> subprocess.CompletedProcess[str]:
    """One shell line, with this environment's programs first on the path. Warnings are errors."""
    env = {"PARIBUS_OUT": str(store), "PYTHONWARNINGS": "error"}
    words = [] if SHELLS & set(line) else shlex.split(line)
    if words[:1] == ["paribus"]:
        done = paribus(*words[1:], cwd=folder, env=env)
    elif words[:1] == ["python"]:
        done = script(folder / words[1], env, *words[2:], cwd=folder)
    else:
        return run_in_shell(line, folder, env)
    return subprocess.CompletedProcess(line, done.code, done.out, done.err)


def run_in_shell(line: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, **env}
    return subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A folder with the files that the documents show, and a small folder of IDX files."""
    folder = tmp_path_factory.mktemp("lab")
    for document in DOCUMENTS:
        for block in blocks(document):
            if block.file_name:
                (folder / block.file_name).write_text(block.text, encoding="utf-8")
    for recipe in ("lesson", "fair"):
        (folder / f"{recipe}.toml").write_text(run(f"paribus show {recipe}", folder, folder / "store").stdout)
    for name, table in TABLES.items():
        (folder / name).write_text(table)
    (folder / "hand-ins").mkdir()
    for path in (folder / "hand-in.json", folder / "hand-ins" / "one.json"):
        parts = {"answers": {"Why?": "?"}, "predictions": {}, "outcomes": {}, "checks": [], "results": {}}
        paribus_lesson.hand_in(path, lesson="lenet", student="A", **parts)
    write_digits(folder / "digits", 800)  # each command trains on them
    yield folder
    end_forks()


@pytest.fixture(scope="module")
def names(lab):
    """The main job, reduced: what the other commands' names stand for."""
    store = Store(lab / "store")
    env = {"PARIBUS_OUT": str(store.root), "PYTHONWARNINGS": "error"}
    done = run_in_shell(f"paribus compare activation=sigmoid,relu {small(lab / 'digits')} --seeds 1", lab, env)
    assert done.returncode == 0, done.stderr
    (comparison,) = store.comparisons()
    runs = {arm.value: arm.runs[0].id for arm in comparison.arms}
    return Names(comparison.id, runs, lab / "digits")


def test_documents_have_commands():
    assert len(COMMANDS) > 30
    assert PYTHON


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_rule(command):
    reduced(command, NO_NAMES)


def test_a_command_without_a_rule_is_not_passed_over():
    for command in ("paribus explain", "python -c 1", "git clone somewhere", "paribus"):
        with pytest.raises(KeyError):
            reduced(command, NO_NAMES)


# Those that are the same once they are reduced are run once.
REDUCED = {line: command for command in reversed(COMMANDS) if (line := reduced(command, NO_NAMES)) is not None}


@pytest.mark.slow
@pytest.mark.parametrize("command", [*reversed(REDUCED.values())])
def test_a_command_of_the_documents_runs(command, lab, names):
    line = reduced(command, names)
    in_the_checkout = line.startswith(("make", "python"))
    done = run(line, ROOT if in_the_checkout else lab, lab / "store")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout or " > " in line
    assert "Traceback" not in done.stderr
    if command.startswith("paribus compare") and not {"--dry-run", "--json", "--quiet"} & set(command.split()):
        assert "report.html" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("document", PYTHON, ids=lambda path: path.name)
def test_the_python_of_a_document_runs_from_top_to_bottom(document, lab, names):
    """In one program, with fewer seeds and images; the comparison that is loaded is the one that was made."""
    program = "\n".join(b.text for b in blocks(document) if b.language == "python" and not b.file_name)
    digits, few = f'"dataset": "{names.digits}"', "seeds=2, epochs=1, workers=1"
    for whole, part in (
        ("settings={", f"settings={{{digits}, "),
        ('recipe="lesson", seeds=6', f'recipe="lesson", settings={{{digits}}}, {few}'),
        ("seeds=6", few),
        ('{"weight_decay": [0, 0.1]}, budget=300.0', f'{{"weight_decay": [0, 0.1]}}, settings={{{digits}}}, {few}'),
        ("budget=300.0", "budget=1.0, workers=1"),
        ('pb.recipe("fair", epochs=5', f'pb.recipe("fair", dataset="{names.digits}", epochs=1'),
        ("activation-relu-sigmoid-3cf51712", names.comparison),
    ):
        program = program.replace(whole, part)
    (lab / "example.py").write_text(program, encoding="utf-8")
    done = script(lab / "example.py", {"PARIBUS_OUT": str(lab / "store"), "PYTHONWARNINGS": "error"})
    assert done.code == 0, done.err


def test_the_readme_begins_with_two_commands():
    assert commands(READMES[0])[:2] == ["make demo", "make test"]
