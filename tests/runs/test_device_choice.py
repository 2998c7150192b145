"""Which device there is, told from PyTorch's file of versions and from PyTorch itself."""

from __future__ import annotations

import platform
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from paribus.core.errors import ParibusError
from paribus.runs import device_choice
from paribus.runs.device_choice import choose_place


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What torch was asked for."""
    names: list[str] = []
    choose = device_choice.choose_device
    monkeypatch.setattr(device_choice, "choose_device", lambda name: names.append(name) or choose(name))
    return names


def versions(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "version.py").write_text(text)
    found = ModuleSpec("torch", None, origin=str(folder / "__init__.py"))
    monkeypatch.setattr(device_choice.importlib.util, "find_spec", lambda name: found)


def test_the_answer_is_torch_s() -> None:
    for name in ("auto", "cpu"):
        chosen = device_choice.choose_device(name)
        assert choose_place(name) == (chosen.type, device_choice.device_name(chosen))


@pytest.mark.skipif(sys.platform == "darwin", reason="there torch is always asked")
def test_torch_is_asked_where_it_may_have_another_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    versions(tmp_path, "cuda = None\nhip = None\n", monkeypatch)
    assert choose_place("auto") == ("cpu", platform.machine())
    assert asked == []
    for text in ("cuda = '13.0'\nhip = None\n", "cuda = None\nhip = '7.0'\n", "__version__ = '2.99'\n"):
        versions(tmp_path, text, monkeypatch)
        choose_place("auto")
    assert asked == ["auto"] * 3


def test_apple_s_devices_are_torch_s_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    versions(tmp_path, "cuda = None\nhip = None\n", monkeypatch)
    monkeypatch.setattr(sys, "platform", "darwin")
    choose_place("auto")
    assert asked == ["auto"]


def test_a_device_that_is_not_there_is_refused(asked: list[str]) -> None:
    with pytest.raises(ParibusError, match="device must be one of auto, cpu, cuda, mps"):
        choose_place("tpu")
    assert asked == ["tpu"]
