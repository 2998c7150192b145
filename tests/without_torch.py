"""What must work where the extra lab is not installed, and what names the line that installs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SCRIPT = """
import random, sys
print('{"acc": %r}' % ({"a": 0.5, "b": 0.6}[sys.argv[1]] + random.Random(sys.argv[1] + sys.argv[2]).random() / 100))
"""
FUNCTION = """
def train(seed: int, *, lr: float = 0.1):
    return {"acc": lr + seed * seed % 7 / 100}
"""
ROWS = [(arm, seed, 0.5 + 0.1 * (arm == "b") + (seed + ord(arm)) % 5 / 100) for arm in "ab" for seed in range(6)]
TABLE = "model,seed,acc\n" + "".join(f"{arm},{seed},{acc:.2f}\n" for arm, seed, acc in ROWS)
INSTALL = "pip install 'paribus[lab]'"
COMMAND = ("compare", "act=a,b", "--seeds=6", "--metric=acc", "--json", "--", sys.executable, "t.py", "{act}", "{seed}")


def paribus(folder: Path, env: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "paribus", *words], cwd=folder, env=env, capture_output=True, text=True, timeout=120
    )


def check(folder: Path, env: Mapping[str, str]) -> None:
    """Commands, functions and tables are judged; what else there is says what it lacks."""
    for name, text in {"t.py": SCRIPT, "mine.py": FUNCTION, "table.csv": TABLE}.items():
        (folder / name).write_text(text)
    done = paribus(folder, env, *COMMAND)
    assert done.returncode == 0, done.stderr
    compared = json.loads(done.stdout)
    assert compared["pairs"][0]["verdict"] == "b_better"
    done = paribus(folder, env, "compare", "mine:train", "lr=0.1,0.2", "--seeds=3", "--metric=acc", "--json")
    assert done.returncode == 0, done.stderr
    assert round(json.loads(done.stdout)["pairs"][0]["difference"], 9) == 0.1
    done = paribus(folder, env, "judge", "table.csv", "--arm-column=model", "--pair-by=seed", "--metric=acc")
    assert done.returncode == 0, done.stderr
    assert "b is better" in done.stdout
    for words in (("list",), ("show", compared["id"]), ("report", compared["id"]), ("doctor",)):
        done = paribus(folder, env, *words)
        assert done.returncode == 0, (words, done.stderr)
    lacking = [
        ("compare", "activation=sigmoid,relu"),
        ("serve",),
        ("map", "activation=sigmoid,relu", "--over=weight_decay=0,0.1"),
    ]
    for words in (*lacking, (*lacking[0], "--lang=ko"), ("train",)):
        done = paribus(folder, env, *words)
        assert (done.returncode, done.stdout) == (2, ""), (words, done)
        assert INSTALL in done.stderr
        assert len(done.stderr.splitlines()) == 1
