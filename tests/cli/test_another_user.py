"""A second user on this machine: what they see of a store, a page and its keys, and what they reach."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from paribus.cli import serve as serving
from paribus.runs.store import Store
from paribus.runs.store.authorship import private_key
from paribus.web.server import Served
from tests.runs.store_cases import new_record, write_run

NOBODY = 65534
LOOKS = 'for path; do if [ -r "$path" ] || [ -w "$path" ]; then echo "$path"; fi; done'


def modes(root: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in (root, *root.rglob("*")) if path.is_dir()}


@pytest.mark.skipif(os.name != "posix", reason="modes are another thing there")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o700), (0o077, 0o700), (0o002, 0o770), (0o000, 0o770)])
def test_a_new_store_is_for_its_user_and_for_the_group_where_the_umask_says_so(
    tmp_path: Path, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        write_run(tmp_path / "new" / "lab", new_record())
    finally:
        os.umask(before)
    assert modes(tmp_path / "new") == {mode}


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir(mode=0o755)
    before = stat.S_IMODE((tmp_path / "lab").stat().st_mode)
    write_run(tmp_path / "lab", new_record())
    assert stat.S_IMODE((tmp_path / "lab").stat().st_mode) == before


def test_a_browser_is_started_with_a_file_that_only_its_user_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(serving.webbrowser, "open", opened.append)
    (tmp_path / "locks").mkdir()
    for token in ("first", "next"):
        serving._open(Served(f"http://localhost:1/?token={token}", tmp_path, 0, lambda: None))
    door = tmp_path / "locks" / "open.html"
    assert opened == [door.as_uri()] * 2
    assert stat.S_IMODE(door.stat().st_mode) == 0o600
    assert "url=http://localhost:1/?token=next" in door.read_text()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
def test_somebody_else_reads_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):  # as /tmp and a home are: open to all
        folder.chmod(0o755)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert private_key() is not None
    store = Store(tmp_path / "lab")
    write_run(store.root, new_record())
    serving._open(Served("http://localhost:1/?token=first", store.root, 0, lambda: None))
    there = [tmp_path / "lab", *(tmp_path / "lab").rglob("*"), tmp_path / "state" / "paribus" / "key"]
    for somebody_else, expected in ((False, len(there)), (True, 0)):
        command = ["sh", "-c", LOOKS, "sh", *map(str, there)]
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if somebody_else else {}
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/", **who)  # type: ignore[call-overload]
        assert len(done.stdout.splitlines()) == expected, done.stdout
