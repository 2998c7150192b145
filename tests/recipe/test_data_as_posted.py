"""Data sets as people post them: the same images or rows under other names, columns, separators and folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paribus.core.errors import DataError
from paribus.programs.recipe.data import DataSet, look, open_dataset
from tests.recipe.idx_files import idx

X = np.random.default_rng(7).integers(0, 256, (40, 6, 6), dtype=np.uint8)
Y = np.arange(40) % 4
WORDS = np.array(["ant", "bee", "cow", "doe"])[Y]
ROWS = np.random.default_rng(8).normal(size=(40, 3)).round(4)


def of(path: Path) -> DataSet:
    return open_dataset(str(path))


@pytest.mark.parametrize("names", [("X", "y"), ("data", "target"), ("images", "labels"), ("trainX", "trainY")])
def test_an_npz_of_two_arrays_is_split_whatever_they_are_called(
    names: tuple[str, str], tmp_path: Path, cache: Path
) -> None:
    np.savez(tmp_path / "a.npz", **dict(zip(names, (X, Y), strict=True)))  # type: ignore[arg-type]
    np.savez(tmp_path / "b.npz", x_train=X, y_train=np.eye(4)[Y])
    assert of(tmp_path / "a.npz").digest == of(tmp_path / "b.npz").digest
    said = [str(one) for one in look(str(tmp_path / "b.npz")).odd]
    assert said == [
        "The files have no test set: one in five of each class was held out.",
        "Labels are rows with a single 1: its place is the class.",
    ]
    np.savez(tmp_path / "c.npz", X=X, images=X, y=Y)
    with pytest.raises(DataError, match="holds X, images, which by their names are the same"):
        of(tmp_path / "c.npz")


def lines(*rows: object, sep: str = ",") -> str:
    return "".join(sep.join(map(str, row)) + "\n" for row in rows)  # type: ignore[call-overload]


def table(path: Path, head: list[str], targets: list[np.ndarray], sep: str = ",", code: str = "utf-8") -> Path:
    body = [[*row, *rest] for row, *rest in zip(ROWS.tolist(), *targets, strict=True)]
    path.write_text(lines(*([head] if head else []), *body, sep=sep), encoding=code)
    return path


def test_the_labels_of_a_table_are_found_or_named(tmp_path: Path, cache: Path) -> None:
    plain = table(tmp_path / "plain.csv", ["a", "b", "c", "label"], [WORDS])
    digest = of(plain).digest
    alike = [
        table(tmp_path / "species.csv", ["a", "b", "c", "species"], [WORDS]),
        table(tmp_path / "none.data", [], [WORDS]),
        table(tmp_path / "semi.csv", ["a", "b", "c", "label"], [WORDS], ";"),
        table(tmp_path / "tabs.tsv", ["a", "b", "c", "label"], [WORDS], "\t"),
        table(tmp_path / "quoted.csv", ['"a, cm"', "b", "c", "label"], [np.char.add(np.char.add('"', WORDS), '"')]),
    ]
    (tmp_path / "comma.csv").write_text((tmp_path / "semi.csv").read_text().replace(".", ","))
    alike += [tmp_path / "comma.csv", tmp_path / "species.csv:SPECIES", tmp_path / "none.data:4"]
    assert {of(path).digest for path in alike} == {digest}
    assert 'The labels are the column of words, "species".' in map(str, look(str(alike[0])).odd)
    table(tmp_path / "numbers.csv", ["a", "b", "c", "kind"], [Y])
    with pytest.raises(DataError, match=r"no column called label, .* as .*numbers\.csv:kind. Its columns are a, b, c"):
        of(tmp_path / "numbers.csv")
    with pytest.raises(DataError, match='no column "d"; its columns are a, b, c, kind'):
        of(tmp_path / "numbers.csv:d")
    with pytest.raises(DataError, match="is no text in UTF-8"):
        of(table(tmp_path / "korean.csv", ["a", "b", "c", "label"], [np.char.add(WORDS, "봄")], code="cp949"))
    with pytest.raises(DataError, match="40 different whole numbers as labels of 40 inputs"):
        of(table(tmp_path / "prices.csv", ["a", "b", "c", "target"], [np.arange(40) * 1000]))


def test_few_columns_are_features_and_no_image_of_two_by_two(tmp_path: Path, cache: Path) -> None:
    whole = np.random.default_rng(9).integers(0, 16, (40, 16))
    (tmp_path / "pens.csv").write_text(lines(*np.column_stack([Y, whole]).tolist()))
    np.savez(tmp_path / "scaled.npz", X=np.random.default_rng(10).random((40, 4)), y=Y)
    assert [of(tmp_path / name).train_images.shape[1:] for name in ("pens.csv", "scaled.npz")] == [(16,), (4,)]


def test_several_numbers_are_learned_of_a_row(tmp_path: Path, cache: Path) -> None:
    both = np.column_stack([ROWS[:, 0] * 2, 1 - ROWS[:, 1]])
    table(tmp_path / "two.csv", ["a", "b", "c", "low", "high"], [both[:, 0], both[:, 1]])
    np.savez(tmp_path / "two.npz", X=ROWS, y=both)
    found = of(tmp_path / "two.csv:low+high")
    assert (found.digest, found.classes, found.outputs) == (of(tmp_path / "two.npz").digest, 0, 2)
    held = np.concatenate([found.train_labels, found.test_labels])
    assert sorted(map(tuple, held.tolist())) == sorted(map(tuple, both.astype(np.float32).tolist()))
    assert [round(one[2], 3) for one in look(str(tmp_path / "two.npz")).targets] == [
        round(float(mean), 3) for mean in found.train_labels.mean(0)
    ]
    assert of(tmp_path / "two.csv:low").train_images.shape[1] == 4  # the other one is a feature then


def saved(folder: Path, name: Callable[[int], str], places: range = range(40)) -> Path:
    for place in places:
        path = folder / name(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(X[place]).save(path)
    return folder


def test_folders_of_images_as_archives_and_competitions_have_them(tmp_path: Path, cache: Path) -> None:
    plain = saved(tmp_path / "plain", lambda n: f"{WORDS[n]}/{n:02}.png")
    (plain / "ghost").mkdir()
    nested = saved(tmp_path / "nested", lambda n: f"archive/train/{WORDS[n]}/{n:02}.png")
    for hidden in ("__MACOSX/ant", ".git/ant"):
        (nested / hidden).mkdir(parents=True)
        (nested / hidden / "._0.png").write_bytes(b"x")
    flat = saved(tmp_path / "flat", lambda n: f"images/{n:02}.PNG")
    order = sorted(range(40), key=lambda n: (WORDS[n], n))
    (flat / "labels.csv").write_text("id,breed\n" + lines(*((f"{n:02}", WORDS[n]) for n in order)))
    assert len({of(path).digest for path in (plain, nested, flat)}) == 1
    assert "Not used: ghost." in map(str, look(str(plain)).odd)
    (flat / "labels.csv").write_text("id,breed\n00,ant\n99,bee\n")
    with pytest.raises(DataError, match=r"labels\.csv, line 3, names no image of this folder"):
        of(flat)


def test_qmnists_eight_columns_of_labels(tmp_path: Path, cache: Path) -> None:
    extended = np.column_stack([Y, *[np.arange(40)] * 7])
    for part in ("train", "test"):
        (tmp_path / f"qmnist-{part}-images-idx3-ubyte").write_bytes(idx(X))
        header = bytes([0, 0, 12, 2]) + (40).to_bytes(4, "big") + (8).to_bytes(4, "big")
        (tmp_path / f"qmnist-{part}-labels-idx2-int").write_bytes(header + extended.astype(">i4").tobytes())
    assert of(tmp_path).train_labels.tolist() == Y.tolist()
    assert "Of the eight columns of labels the first was read, the class." in map(str, look(str(tmp_path)).odd)
