"""Without the extra lab: `make extras` installs neither torch nor what needs it."""

import importlib.util
import os
from pathlib import Path

import pytest

from paribus.core.extras import LAB
from paribus.runs.store import Store
from tests.without_torch import check

if os.environ.get("PARIBUS_EXTRA") != "without_torch":
    pytest.skip("`make extras` runs it where torch is not installed", allow_module_level=True)


def test_judging_functions_and_commands_need_no_torch(tmp_path: Path) -> None:
    assert [name for name in LAB if importlib.util.find_spec(name) is not None] == []
    check(tmp_path, os.environ)
    assert {record.environment.torch for record in Store(tmp_path / "paribus-lab").runs()} == {""}
