"""Runs of a command that fail, told at the end by the installed command: outcomes, and exit codes that say so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
act, seed = sys.argv[1], int(sys.argv[2])
if act in ("bad", "worse") or (act == "odd" and seed % 2):
    sys.exit(f"no {act} with seed {seed}")
print('{"acc": %r}' % (0.5 + (seed + len(act)) % 5 / 100))
"""


def compared(folder: Path, values: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["compare", f"act={values}", "--seeds=2", "--metric=acc", *options, "--", sys.executable, "t.py"]
    words = [sys.executable, "-m", "paribus", *command, "{act}", "{seed}"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_last_words_are_told_once_and_an_arm_that_failed_whole_is_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text(SCRIPT)
    done = compared(tmp_path, "good,odd")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("no odd with seed 1") == 1
    assert "odd: 1 run failed. Seed 1: " in done.stdout
    done = compared(tmp_path, "good,bad", "--lang=ko")
    assert done.returncode == 1
    assert done.stdout.count("no bad with seed 0") == 1
    assert "bad: 2번 실패. 시드 0: " in done.stdout
    assert done.stderr == "paribus: 모든 실행이 실패한 조건: bad\n"
    done = compared(tmp_path, "good,bad,worse")
    assert done.stderr == "paribus: all runs of bad, worse failed\n"
    assert "the factor changed nothing" not in done.stdout
    done = compared(tmp_path, "good,bad", "--json")
    assert done.returncode == 1
    assert [run["status"] for run in json.loads(done.stdout)["arms"][1]["runs"]] == ["failed"] * 2


def test_where_the_first_run_fails_its_last_words_are_the_message(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text(SCRIPT)
    done = compared(tmp_path, "bad,good")
    assert done.returncode == 1
    assert done.stderr.startswith("paribus: the first run (bad, seed 0) failed, and nothing more was started: ")
    assert done.stderr.endswith("\nno bad with seed 0\n")
    done = compared(tmp_path, "good,odd", "--metric=ac")
    assert done.returncode == 2
    assert "did you mean acc?" in done.stderr
