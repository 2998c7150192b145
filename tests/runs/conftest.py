import shutil

import pytest

from paribus.runs.store import RunFolder
from tests.runs.store_cases import new_record, write_run


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("sound"), new_record())


@pytest.fixture
def sent(tmp_path, sound):
    shutil.copytree(sound.path, tmp_path / "runs" / sound.path.name)
    return RunFolder(tmp_path / "runs" / sound.path.name)
