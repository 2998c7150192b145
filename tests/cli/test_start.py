"""How the command starts: at once, loading only what it needs, and closing its output quietly."""

from __future__ import annotations

import subprocess
import sys

import pytest

import paribus
from tests.cli.lab import COMMAND, environment, start, well
from tests.cli.lab import paribus as give

HEAVY = ("torch", "pydantic", "rich", "numpy", "scipy", "matplotlib", "jinja2")


def loaded_by(code: str) -> set[str]:
    """Which of the heavy packages are loaded once `code` has run in a fresh interpreter."""
    tail = "\nimport sys\nprint('LOADED', *sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], env=environment(), capture_output=True, text=True, check=True
    )
    names = next(line for line in done.stdout.splitlines() if line.startswith("LOADED")).split()
    return set(names) & set(HEAVY)


def test_help_loads_nothing_heavy():
    code = "from paribus.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    assert loaded_by(code) == set()


def test_no_command_shows_them_all():
    done = subprocess.run([sys.executable, "-m", "paribus"], env=environment(), capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    for command in ("compare", "why", "map", "serve", "figure"):
        assert f"\n    {command} " in done.stderr


def test_importing_paribus_loads_nothing_heavy():
    assert loaded_by("import paribus") == set()
    assert loaded_by("import paribus\nassert 'compare' in dir(paribus)") == set()


def test_a_comparison_is_planned_without_torch_and_statistics():
    code = """
from pathlib import Path
from paribus.cli import compare
from paribus.comparison.compare import design_for
from paribus.runs.planning import Settings, make_plan
import paribus.runs.execute
design = design_for("activation", ["relu", "tanh"], "lesson", {}, 6, None, False)
plan = make_plan(design, Settings(Path("nowhere")))
assert len(plan.tasks) == 12 and plan.bytes > 1e6
"""
    assert loaded_by(code) & {"torch", "scipy"} == set()


@pytest.mark.parametrize(
    "words", ["['recipes']", "['data', 'list']", "['list', '--out=nowhere']", "['show', 'lesson']"]
)
def test_looking_loads_no_torch(words):
    code = f"from paribus.cli.main import main\ntry:\n    main({words})\nexcept SystemExit as end:\n    code = end.code"
    assert "torch" not in loaded_by(code + "\nassert code == 0")


def test_version_is_the_packages():
    assert well(give("--version")).out.strip() == f"paribus {paribus.__version__}"


def test_every_command_has_help():
    listed = well(give("--help")).out
    for command in (
        "compare",
        "train",
        "list",
        "show",
        "diff",
        "report",
        "recipes",
        "data",
        "doctor",
        "prune",
        "verify",
    ):
        assert f"    {command} " in listed
        assert well(give(command, "--help")).out.startswith(f"usage: paribus {command}")


def test_a_reader_that_goes_away_is_no_error():
    process = start("recipes", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) in (0, 141)
    assert said == ""


def test_the_console_script_is_the_module():
    script = subprocess.run(["paribus", "--version"], env=_with_scripts(), capture_output=True, text=True, check=True)
    module = subprocess.run([*COMMAND, "--version"], env=environment(), capture_output=True, text=True, check=True)
    assert script.stdout == module.stdout


def _with_scripts() -> dict[str, str]:
    import os
    import sysconfig

    env = environment()
    return {**env, "PATH": os.pathsep.join([sysconfig.get_path("scripts"), env.get("PATH", "")])}
