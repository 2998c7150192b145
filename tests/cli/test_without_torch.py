"""Judging, functions and commands where nothing of the extra lab can be imported."""

from __future__ import annotations

import os
from pathlib import Path

from paribus.core.extras import LAB
from tests.without_torch import check

BLOCKED = f"""
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {LAB!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
"""


def test_nothing_of_the_lab_is_needed(tmp_path: Path) -> None:
    """The processes that these start, workers and scripts, begin with the same block."""
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "sitecustomize.py").write_text(BLOCKED)
    (tmp_path / "work").mkdir()
    check(tmp_path / "work", os.environ | {"PYTHONPATH": str(tmp_path / "blocked")})
