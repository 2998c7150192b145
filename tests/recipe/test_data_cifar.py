"""CIFAR's batches: both versions give the same set, and a pickle that would do anything is refused unexecuted."""

from __future__ import annotations

import pickle
import pickletools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from paribus.core.errors import DataError
from paribus.programs.recipe.data import open_dataset
from paribus.programs.recipe.data.plain_pickle import NotPlain, read_plain_pickle

RNG = np.random.default_rng(10)
ROWS = RNG.integers(0, 256, (6, 8, 3072), dtype=np.uint8)
LABELS = [[(k + part) % 10 for k in range(8)] for part in range(6)]
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
FILES = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]


def as_python_2(content: dict[bytes, object]) -> bytes:
    """The same pickle with Python 2's strings, as the published files have: text of one byte a character."""
    names = {"BINBYTES": b"T", "SHORT_BINBYTES": b"U"}
    out, last = bytearray(), 0
    plain = pickle.dumps(content, protocol=3)
    for code, _, place in pickletools.genops(plain):
        if code.name in names:
            out += plain[last:place] + names[code.name]
            last = place + 1
    return bytes(out + plain[last:]).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def python_ten(folder: Path, dump: Callable[[dict[bytes, object]], bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, rows, labels in zip(FILES, ROWS, LABELS, strict=True):
        batch = {b"batch_label": b"one", b"labels": labels, b"data": rows, b"filenames": [b"a.png"] * 8}
        (folder / name).write_bytes(dump(batch))
    (folder / "batches.meta").write_bytes(dump({b"label_names": [name.encode() for name in NAMES], b"num_vis": 3072}))
    return folder


def binary_ten(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, rows, labels in zip(FILES, ROWS, LABELS, strict=True):
        (folder / f"{name}.bin").write_bytes(np.insert(rows, 0, labels, axis=1).tobytes())
    (folder / "batches.meta.txt").write_text("\n".join(NAMES) + "\n\n")
    return folder


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
def test_both_versions_and_the_protocols_of_its_time_give_the_same_set(
    protocol: int, tmp_path: Path, cache: Path
) -> None:
    python_ten(tmp_path / "p" / "cifar-10-batches-py", lambda batch: pickle.dumps(batch, protocol=protocol))
    one = open_dataset(str(tmp_path / "p"))
    other = open_dataset(str(binary_ten(tmp_path / "b")))
    assert one.digest == other.digest
    assert one.class_names == other.class_names == tuple(NAMES)
    assert one.train_images.shape == (40, 3, 32, 32)
    assert (one.train_images[9, 1] == ROWS[1, 1, 1024:2048].reshape(32, 32)).all()
    assert one.test_labels.tolist() == LABELS[5]


def test_the_published_files_strings_of_python_2(tmp_path: Path, cache: Path) -> None:
    one = open_dataset(str(python_ten(tmp_path / "p", as_python_2)))
    assert one.digest == open_dataset(str(binary_ten(tmp_path / "b"))).digest
    assert one.class_names == tuple(NAMES)


def test_cifar_100_has_its_fine_labels(tmp_path: Path, cache: Path) -> None:
    fine = [k % 3 for k in range(8)]
    for folder in ("p", "b"):
        (tmp_path / folder).mkdir()
    for name, rows in zip(("train", "test"), ROWS[:2], strict=True):
        held = {"data": rows, "fine_labels": fine, "coarse_labels": [0] * 8}
        (tmp_path / "p" / name).write_bytes(pickle.dumps(held, protocol=2))
        both = np.column_stack([np.zeros(8, np.uint8), np.array(fine, np.uint8), rows])
        (tmp_path / "b" / f"{name}.bin").write_bytes(both.tobytes())
    (tmp_path / "p" / "meta").write_bytes(pickle.dumps({"fine_label_names": ["apple", "bear", "cup"]}, protocol=2))
    (tmp_path / "b" / "fine_label_names.txt").write_text("apple\nbear\ncup\n")
    one, other = open_dataset(str(tmp_path / "p")), open_dataset(str(tmp_path / "b"))
    assert one.digest == other.digest
    assert one.class_names == other.class_names == ("apple", "bear", "cup")


class Evil:
    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return pytest.fail, ("a pickle was executed",)


def test_a_pickle_that_calls_anything_is_refused_and_the_binary_version_named(tmp_path: Path, cache: Path) -> None:
    folder = python_ten(tmp_path / "p", pickle.dumps)
    (folder / "data_batch_3").write_bytes(pickle.dumps({"data": ROWS[0], "labels": [Evil()] * 8}))
    with pytest.raises(DataError, match=r"data_batch_3 is no pickle of arrays.*Nothing.*executed.*cifar-10-binary"):
        open_dataset(str(folder))


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Evil()),
        pickle.dumps({"data": np.array([Evil()], dtype=object)}),
        b"cos\nsystem\n(S'echo'\ntR.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R.",
        b"\x80\x02r\xff\xff\xff\x7f.",  # a memo of 2^31 places
        b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\x7f.",  # a bytearray of 2^63 bytes
        b"\x80\x03B\xff\xff\xff\xff.",
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nJ\xff\xff\xff\x7f\x85U\x01b\x87R.",
        b"(" * 1000 + b".",
        b"t.",
        b".",
        b"",
        b"(lp0\n" + b"(g0\nt" * 50_000 + b"d.",
    ],
)
def test_pickles_made_to_hurt(content: bytes) -> None:
    with pytest.raises(NotPlain):
        read_plain_pickle(content)


def test_an_array_whose_size_is_not_that_of_its_bytes() -> None:
    whole = pickle.dumps({"data": np.arange(300, dtype=np.uint8)}, protocol=2)
    assert (read_plain_pickle(whole)["data"] == np.arange(300, dtype=np.uint8)).all()
    with pytest.raises(NotPlain, match="not of the size"):
        read_plain_pickle(whole.replace((300).to_bytes(2, "little"), (301).to_bytes(2, "little"), 1))
    for cut in range(0, len(whole), 7):
        with pytest.raises(NotPlain):
            read_plain_pickle(whole[:cut])


def test_batches_of_another_shape(tmp_path: Path, cache: Path) -> None:
    folder = binary_ten(tmp_path / "b")
    with (folder / "data_batch_2.bin").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(DataError, match=r"data_batch_2\.bin has 24,585 bytes; it must be a multiple of 3,073"):
        open_dataset(str(folder))
    other = python_ten(tmp_path / "p", pickle.dumps)
    for held, says in (
        ({"data": ROWS[0, :, :3000], "labels": LABELS[0]}, "3,072 a row; got 8 x 3,000"),
        ({"data": [1, 2], "labels": LABELS[0]}, "3,072 a row"),
        ({"data": ROWS[0], "labels": LABELS[0][:7]}, "one label"),
        ({"data": ROWS[0], "labels": ["a"] * 8}, "one label"),
        ({"data": ROWS[0], "labels": [1 << 70] * 8}, "one label"),
        ([1], "it is no dictionary"),
    ):
        (other / "data_batch_1").write_bytes(pickle.dumps(held))
        with pytest.raises(DataError, match=says):
            open_dataset(str(other))


def test_a_folder_that_lacks_a_batch_is_told_which(tmp_path: Path, cache: Path) -> None:
    folder = python_ten(tmp_path / "p", pickle.dumps)
    (folder / "test_batch").unlink()
    with pytest.raises(DataError, match="lacks test_batch"):
        open_dataset(str(folder))
