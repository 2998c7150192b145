"""The file that ships: made by tools/pack_mnist.py, refused when damaged, licensed beside it."""

from __future__ import annotations

import importlib.util
import lzma
from importlib import resources
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from paribus.core.errors import DataError
from paribus.programs.recipe.data import DataSet, open_dataset, verify
from paribus.programs.recipe.data.packaged_mnist import PACKED_FILES, PACKED_NAME, read_shipped
from tests.recipe.idx_files import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, idx, small_set, write

FOLDER = resources.files("paribus.programs.recipe.data") / "mnist"


@pytest.fixture
def pack_mnist() -> ModuleType:
    path = Path(__file__).parents[2] / "tools" / "pack_mnist.py"
    spec = importlib.util.spec_from_file_location("pack_mnist", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def originals(mnist: DataSet) -> dict[str, bytes]:
    return {
        TRAIN_IMAGES: idx(mnist.train_images[:, 0]),
        TRAIN_LABELS: idx(mnist.train_labels.astype(np.uint8)),
        TEST_IMAGES: idx(mnist.test_images[:, 0]),
        TEST_LABELS: idx(mnist.test_labels.astype(np.uint8)),
    }


def test_the_shipped_file_is_the_four_originals_in_less_than_ten_megabytes(originals: dict[str, bytes]) -> None:
    packed = (FOLDER / PACKED_NAME).read_bytes()
    assert len(packed) < 10_000_000
    assert lzma.decompress(packed) == b"".join(originals[name] for name in PACKED_FILES)


def test_the_tool_packs_the_originals(
    pack_mnist: ModuleType, originals: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With xz's fastest setting: the one that is used takes most of a minute."""
    monkeypatch.setattr(pack_mnist, "FILTERS", [{"id": lzma.FILTER_LZMA2, "preset": 0}])
    folder = write(tmp_path / "originals", originals)
    size = pack_mnist.pack(folder, tmp_path / "out.xz")
    content = (tmp_path / "out.xz").read_bytes()
    assert size == len(content)
    assert lzma.decompress(content) == b"".join(originals[name] for name in PACKED_FILES)


def test_the_tool_refuses_other_files_and_writes_nothing(pack_mnist: ModuleType, tmp_path: Path) -> None:
    folder = write(tmp_path / "others", small_set(), zipped=True)
    with pytest.raises(SystemExit, match=r"is not MNIST's: its SHA-256 must be ba891046"):
        pack_mnist.pack(folder, tmp_path / "out.xz")
    assert not (tmp_path / "out.xz").exists()


@pytest.mark.parametrize("damage", ["truncated", "changed", "gone", "another set"])
def test_a_damaged_installation_is_refused(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    packed = bytearray((FOLDER / PACKED_NAME).read_bytes())
    (tmp_path / "mnist").mkdir()
    path = tmp_path / "mnist" / PACKED_NAME
    if damage == "truncated":
        path.write_bytes(packed[:1_000_000])
    elif damage == "changed":
        packed[1000] ^= 1
        path.write_bytes(packed)
    elif damage == "another set":
        files = small_set()
        path.write_bytes(lzma.compress(b"".join(files[name] for name in PACKED_FILES)))
    monkeypatch.setattr("paribus.programs.recipe.data.packaged_mnist.resources.files", lambda package: tmp_path)
    with pytest.raises(DataError) as caught:
        open_dataset("mnist")
    assert str(path) in str(caught.value)
    assert "Install it anew" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(cache.rglob("*.npy")) == []
    if damage == "another set":
        assert [check.ok for check in verify("mnist")] == [False] * 4
        assert read_shipped(check=False)[TEST_LABELS].shape == (20,)


def test_provenance_and_licence_lie_beside_it() -> None:
    text = (FOLDER / "LICENSE.md").read_text(encoding="utf-8")
    for part in (
        "LeCun",
        "Cortes",
        "Burges",
        "CC BY-SA 3.0",
        "NIST",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661",
    ):
        assert part in text
