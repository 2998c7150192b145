"""Data sets in other formats than four IDX files: the same images have the same digest in all, and no file can hurt."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from paribus.core.errors import DataError
from paribus.programs.recipe.data import open_dataset, verify
from tests.recipe.idx_files import small_set, write

RNG = np.random.default_rng(18)
TRAIN_X = RNG.integers(0, 256, (60, 6, 6), dtype=np.uint8)
TRAIN_Y = np.arange(60, dtype=np.uint8) % 3
TEST_X = RNG.integers(0, 256, (21, 6, 6), dtype=np.uint8)
TEST_Y = np.arange(21, dtype=np.uint8) % 3
KERAS = {"x_train": TRAIN_X, "y_train": TRAIN_Y, "x_test": TEST_X, "y_test": TEST_Y}


def saved(path: Path, **changed: object) -> str:
    np.savez(path, **{**KERAS, **changed})  # type: ignore[arg-type]
    return str(path)


def table(images: np.ndarray, labels: object, head: str = "", label_at: int = 0) -> str:
    lines = [head] if head else []
    for image, label in zip(images.reshape(len(images), -1), labels, strict=True):  # type: ignore[call-overload]
        cells = [str(value) for value in image]
        cells.insert(label_at, str(label))
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


@pytest.fixture
def truth(tmp_path: Path, cache: Path) -> str:
    """The digest of the same images as four IDX files."""
    from tests.recipe.idx_files import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, idx

    files = {TRAIN_IMAGES: idx(TRAIN_X), TRAIN_LABELS: idx(TRAIN_Y), TEST_IMAGES: idx(TEST_X), TEST_LABELS: idx(TEST_Y)}
    return open_dataset(str(write(tmp_path / "truth", files))).digest


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"y_train": TRAIN_Y[:, None].astype(np.int64)},
        {"x_train": (TRAIN_X / 255).astype(np.float32), "x_test": (TEST_X / 255).astype(np.float32)},
        {"x_train": np.asfortranarray(TRAIN_X.astype(np.float64)), "x_test": TEST_X[..., None]},
        {"x_train": TRAIN_X.reshape(60, 36)},
        {"val_images": TRAIN_X},
    ],
)
def test_npz_holds_the_same_images_however_they_lie(changed: dict[str, object], tmp_path: Path, truth: str) -> None:
    dataset = open_dataset(path := saved(tmp_path / "set.npz", **changed))
    assert dataset.digest == truth
    assert dataset.class_names == ("0", "1", "2")
    assert all(check.ok for check in verify(path))


def test_npz_in_medmnists_layout_with_colours(tmp_path: Path, cache: Path) -> None:
    colours = RNG.integers(0, 256, (30, 8, 8, 3), dtype=np.uint8)
    labels = (np.arange(30, dtype=np.uint8) % 2)[:, None]
    names = {"train_images": colours, "train_labels": labels, "val_images": colours, "val_labels": labels}
    np.savez_compressed(tmp_path / "m.npz", **names, test_images=colours[:5], test_labels=labels[:5])
    dataset = open_dataset(str(tmp_path / "m.npz"))
    assert dataset.train_images.shape == (30, 3, 8, 8)
    assert (dataset.train_images[7, 2] == colours[7, :, :, 2]).all()


@pytest.mark.parametrize("labels", [[3, 5, 9], [-1, 0, 1], ["cat", "dog", "eel"]])
def test_labels_that_do_not_run_from_0_are_mapped_in_order_and_kept_as_names(
    labels: list[object], tmp_path: Path, cache: Path
) -> None:
    of = np.array(labels)
    dataset = open_dataset(saved(tmp_path / "set.npz", y_train=of[TRAIN_Y], y_test=of[TEST_Y]))
    assert dataset.train_labels.tolist() == TRAIN_Y.tolist()
    assert dataset.class_names == tuple(str(label) for label in labels)


class Evil:
    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return pytest.fail, ("a pickle was executed",)


def bomb(path: Path) -> None:
    """An array whose header announces 2^40 bytes; and its directory tells nothing of it."""
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        content, {"descr": "|u1", "fortran_order": False, "shape": (1 << 20, 1024, 1024)}
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in KERAS:
            archive.writestr(f"{name}.npy", content.getvalue() + bytes(1 << 20))


def test_what_an_npz_must_not_hold(tmp_path: Path, cache: Path) -> None:
    evil = np.array([Evil()] * 60, dtype=object)
    cases: list[tuple[dict[str, object], str]] = [
        ({"x_train": evil}, r"set.npz \(x_train\) holds Python objects \(a pickle\)"),
        ({"x_train": np.full((60, 6, 6), np.nan)}, r"x_train\) has values that are no finite numbers"),
        ({"x_train": TRAIN_X - 128.0}, "has values from -128 to"),
        ({"x_train": TRAIN_X.astype(np.complex64)}, "values of type complex64"),
        ({"x_train": TRAIN_X[:59]}, r"y_train\) holds more labels \(60\) than there are inputs \(59\)"),
        ({"x_train": np.zeros((0, 6, 6))}, "too short for its header"),
        ({"x_test": TEST_X[:, :5]}, r"x_test\) holds images of 1 x 5 x 6"),
        ({"y_train": np.eye(3)[TRAIN_Y].astype(int) * 2}, r"y_train\) has 3 labels for each input \(60 x 3\)"),
        ({"y_train": TRAIN_Y + 0.5}, "numbers to learn, 60, and .* both must have the same"),
        ({"y_test": TEST_Y + 1}, r"y_test\) has the label 3, which nothing in the training set has"),
        ({"y_train": np.zeros(60, np.uint8), "y_test": np.zeros(21, np.uint8)}, "one class only"),
    ]
    for changed, says in cases:
        with pytest.raises(DataError, match=says):
            open_dataset(saved(tmp_path / "set.npz", **changed))
    np.savez(tmp_path / "other.npz", a=TRAIN_X)
    with pytest.raises(DataError, match=r"must hold inputs and their labels .* x_train"):
        open_dataset(str(tmp_path / "other.npz"))
    bomb(tmp_path / "bomb.npz")
    with pytest.raises(DataError, match="announces 1,099,511,627,776 values"):
        open_dataset(str(tmp_path / "bomb.npz"))
    whole = Path(saved(tmp_path / "set.npz")).read_bytes()
    for cut in (0, 1, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.npz").write_bytes(whole[:cut])
        with pytest.raises(DataError, match="damaged"):
            open_dataset(str(tmp_path / "cut.npz"))
    for place in range(40, len(whole), 997):
        flipped = bytearray(whole)
        flipped[place] ^= 0xFF
        (tmp_path / "flip.npz").write_bytes(flipped)
        with pytest.raises(DataError):
            open_dataset(str(tmp_path / "flip.npz"))
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(DataError, match="damaged"):
        open_dataset(str(tmp_path / "pickle.npz"))
    assert not verify(str(tmp_path / "pickle.npz"))[0].ok


HEAD = "label," + ",".join(f"pixel{i}" for i in range(36))


def test_csv_of_two_files_is_the_same_set(tmp_path: Path, truth: str) -> None:
    for head in ("", HEAD):
        (tmp_path / "my_train.csv").write_text(table(TRAIN_X, TRAIN_Y, head))
        (tmp_path / "my_test.csv").write_text(table(TEST_X, TEST_Y, head))
        assert open_dataset(str(tmp_path / "my_train.csv")).digest == truth
    last = ",".join(f"{i}" for i in range(36)) + ",Class"
    (tmp_path / "my_train.csv").write_text(table(TRAIN_X / 255, TRAIN_Y, last, 36).replace("\n", "\r\n"))
    (tmp_path / "my_test.csv").write_text(table(TEST_X / 255, TEST_Y, last, 36).strip())
    assert open_dataset(str(tmp_path / "my_train.csv")).digest == truth
    only = tmp_path / "folder"
    only.mkdir()
    for name in ("my_train.csv", "my_test.csv"):
        (tmp_path / name).rename(only / name)
    assert open_dataset(str(only)).digest == truth


def test_csv_without_a_test_set_holds_one_in_five_of_each_class_out(tmp_path: Path, cache: Path) -> None:
    words = np.array(["ant", "bee", "cow"])[TRAIN_Y]
    (tmp_path / "train.csv").write_text(table(TRAIN_X, words, HEAD))
    (tmp_path / "test.csv").write_text(HEAD.removeprefix("label,") + "\n" + "0," * 35 + "0\n")  # Kaggle's: no labels
    dataset = open_dataset(str(tmp_path / "train.csv"))
    assert dataset.class_names == ("ant", "bee", "cow")
    assert np.bincount(dataset.test_labels).tolist() == [4, 4, 4]
    every = np.concatenate([dataset.train_images, dataset.test_images]).reshape(60, -1)
    assert sorted(map(bytes, every)) == sorted(map(bytes, TRAIN_X.reshape(60, -1)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "first line has one column"),
        ("hello\n", "first line has one column"),
        ("a,b,c,d,e\n1,2,3,4,5\n", r"no column called label.*set\.csv:e"),
        ("label,a,b,c,d\n", "no line but its heading"),
        ("0,1,2,3,4\n1,2,3,4\n", "line 2, has 4 columns; the first has 5"),
        ("0,1,2,3,4\n1,2,3,x,4\n", 'line 2, has "x" where a pixel must be'),
        ("0,1,2,3,4\n1,2,3,,4\n", 'line 2, has "" where'),
        ("0,1,2,3,4\n1,2,3,nan,4\n", "no finite numbers"),
        ("0,1,2,3,4\n1,2,3,1e999,4\n", r"no finite numbers|where a pixel"),
        ("label,p0,p1,p2,p3\n0,1,2,256,4\n", "values from 1 to 256"),
        ("0,1,2,3,4\n,2,3,25,4\n", "line 2, has no label"),
        ("label,p0,p1,p2\n1,2,3,4\n", "2 dimensions"),
        ("0,1,2,3,4\0\n1,2,3,4,5\n", "contains NUL|where a pixel must be|no column called"),
        ("label,label,a,b\n0,1,2,3\n", 'several columns called "label"'),
        ("0,1,2,3,4\n1,2,3,4,5\n", "no class that is there five times"),
        ("label\tpixel0\n1,5\t2\n", "commas within its columns, which tabs separate"),
    ],
)
def test_what_a_csv_must_not_hold(content: str, says: str, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "set.csv").write_text(content)
    with pytest.raises(DataError, match=says):
        open_dataset(str(tmp_path / "set.csv"))


def test_blank_lines_a_last_comma_and_words_do_not_matter(tmp_path: Path, cache: Path) -> None:
    plain = table(TRAIN_X, TRAIN_Y, HEAD)
    lines = plain.splitlines()
    ways = {
        "plain": plain,
        "blank": "\n".join([*lines[:20], "", " ", *lines[20:], "", ""]),
        "comma": "\n".join(f"{line}," for line in lines),
        "words": "\n".join([lines[0], *(f"c{line}" for line in lines[1:])]),
        "fractions": table((TRAIN_X / 255).round(5), TRAIN_Y, HEAD),
    }
    sets = []
    for name, text in ways.items():
        (tmp_path / f"{name}.csv").write_text(text)
        sets.append(open_dataset(str(tmp_path / f"{name}.csv")))
    assert len({one.digest for one in sets}) == 1
    assert sets[3].class_names == ("c0", "c1", "c2")
    (tmp_path / "normalised.csv").write_text(table((TRAIN_X / 100 - 1).round(5), TRAIN_Y, HEAD))
    assert open_dataset(str(tmp_path / "normalised.csv")).train_images.shape[1:] == (1, 6, 6)


def test_one_value_is_no_array_of_images_and_an_archive_has_to_be_unpacked(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(DataError, match="is one value"):
        open_dataset(saved(tmp_path / "set.npz", x_train=np.uint8(3)))
    (tmp_path / "set.tar.gz").write_bytes(b"x")
    with pytest.raises(DataError, match="is an archive: unpack it"):
        open_dataset(str(tmp_path / "set.tar.gz"))


def test_a_csv_that_is_one_endless_line_is_not_read_to_its_end(tmp_path: Path, cache: Path) -> None:
    with (tmp_path / "set.csv").open("wb") as file:
        file.write(b"0,1,2,3,4\n")
        file.truncate(1 << 33)  # 8 GiB of nothing: no memory holds it
    with pytest.raises(DataError, match="a line has more than"):
        open_dataset(str(tmp_path / "set.csv"))


def test_an_idx_folder_is_what_it_was(tmp_path: Path, cache: Path) -> None:
    folder = write(tmp_path / "set", small_set())
    assert "folder-" in str(open_dataset(str(folder)).train_images.filename)  # type: ignore[attr-defined]
