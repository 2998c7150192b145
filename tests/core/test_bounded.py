"""What a user names as a file may be anything: its reader neither hangs nor fills the memory."""

import errno
import os
import time

import pytest

from paribus.core.bounded_read import files_below, read_file
from paribus.core.errors import ParibusError
from paribus.core.field_text import MOST_DOTS, ExcessiveValue, toml_values
from paribus.programs.recipe.recipe_lookup import recipe
from paribus.runs.base_fields import LARGEST_FILE
from paribus.tables.rows import opened


def test_what_is_no_file_is_not_read(tmp_path):
    path = tmp_path / "it.toml"
    os.mkfifo(path)
    assert read_file(path, 10) is None
    for read in (recipe, lambda name: opened(name).__enter__()):
        with pytest.raises(ParibusError, match=r"it\.toml: not a file"):
            read(str(path))


def test_a_device_without_an_end_is_not_read(tmp_path):
    path = tmp_path / "it.toml"
    path.symlink_to("/dev/zero")
    with pytest.raises(ParibusError, match=r"it\.toml: not a file"):
        recipe(path)


def test_a_recipe_that_is_too_long_is_not_parsed(tmp_path):
    path = tmp_path / "it.toml"
    path.write_text("#" * (LARGEST_FILE + 1))
    with pytest.raises(ParibusError, match=r"it\.toml: a recipe has at most"):
        recipe(path)
    path.write_bytes(b"epochs = 3\r\n")
    assert recipe(path).epochs == 3


@pytest.mark.parametrize("text", ["a.", '"".', '"=".'])
def test_dotted_keys_take_no_time(text):
    started = time.process_time()
    with pytest.raises(ExcessiveValue, match="so many dots"):
        toml_values(text * (MOST_DOTS + 1) + "a=1")
    assert time.process_time() - started < 1


def test_a_folder_that_cannot_be_read_is_not_passed_over(tmp_path, monkeypatch):
    (tmp_path / "b" / "c").mkdir(parents=True)
    for name in ("b/c/2.json", "b/1.json", "a.json"):
        (tmp_path / name).touch()
    assert [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)] == [
        "a.json",
        "b/1.json",
        "b/c/2.json",
    ]
    real = os.scandir

    def scandir(path):
        if str(path).endswith("c"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(PermissionError, match="c'"):
        files_below(tmp_path)
