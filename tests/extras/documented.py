"""The examples of docs/libraries.md, through the installed command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.docs.markdown import ROOT, blocks, commands

PAGE = ROOT / "docs" / "libraries.md"


def written(name: str, folder: Path) -> Path:
    """An example as a file."""
    (text,) = (block.text for block in blocks(PAGE) if block.file_name == name)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def run(words: list[str], folder: Path) -> str:
    """What Python prints with these words. Raises CalledProcessError."""
    env = {**os.environ, "PARIBUS_OUT": str(folder / "lab")}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def compared(name: str, folder: Path) -> dict[str, Any]:
    """The comparison that the page makes of an example, with one seed."""
    module = written(name, folder).stem
    (command,) = (line for line in commands(PAGE) if f" {module}:" in line)
    words = ["-m", *command.split(), "--seeds=1", "--no-repeat-check", "--json"]
    found: dict[str, Any] = json.loads(run(words, folder))
    return found
