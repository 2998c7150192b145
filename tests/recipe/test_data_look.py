"""`paribus data show`: what a data set is, and what is odd about it, known by construction."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from paribus.cli.main import main
from paribus.programs.recipe.data import look
from paribus.terminal.half_blocks import half_blocks

X = np.random.default_rng(4).integers(0, 256, (40, 6, 6), dtype=np.uint8)
Y = np.arange(40) % 4 + 1


def code(argv: list[str]) -> object:
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    return stopped.value.code


def test_what_is_odd_is_counted(tmp_path: Path, cache: Path) -> None:
    images = X.copy()
    images[5], images[6], images[7] = images[1], 9, 200  # one twice, two constant
    test = np.concatenate([images[:3], X[30:35]])
    np.savez(tmp_path / "odd.npz", x_train=images[:30], y_train=Y[:30], x_test=test, y_test=[1, 2, 3] * 2 + [1, 2])
    seen = look(str(tmp_path / "odd.npz"))
    assert [str(said) for said in seen.odd] == [
        "Classes that the test set has not: 4.",
        "3 of the test images are among the training images as well.",
        "1 training images are there a second time.",
        "2 training images are of one value only.",
    ]
    assert [(one.name, one.train, one.test) for one in seen.classes] == [
        ("1", 8, 3),
        ("2", 8, 3),
        ("3", 7, 2),
        ("4", 7, 0),
    ]
    assert seen.labels == ("1", "2", "3", "4") * 4


def test_another_scale_and_what_reading_changed(tmp_path: Path, cache: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=X // 128, y_train=Y, x_test=X[:4] // 128, y_test=Y[:4], x_val=X)
    odd = [str(said) for said in look(str(tmp_path / "a.npz")).odd]
    assert "No pixel is above 1: are these values of another scale?" in odd
    assert "Not used: x_val." in odd
    rows = [",".join(map(str, [label, *(image / 255).ravel()])) for image, label in zip(X, Y, strict=True)]
    (tmp_path / "b.csv").write_text("\n".join(rows))
    odd = [str(said) for said in look(str(tmp_path / "b.csv")).odd]
    assert odd == [
        "The files have no test set: one in five of each class was held out.",
        "Fractions from 0 to 1 became the nearest of 256 steps.",
        "No heading: the labels are column 1 of 37. b.csv:37 takes the last.",
    ]


def test_an_image_in_half_blocks_has_two_rows_a_line() -> None:
    image = np.array([[0, 255], [255, 0], [128, 128]], np.uint8)
    first, second = half_blocks(image)
    assert first == "\x1b[38;5;232;48;5;255m\u2580\x1b[38;5;255;48;5;232m\u2580\x1b[0m"
    assert second.count("\u2580") == 2
    assert [line.count("\u2580") for line in half_blocks(np.zeros((64, 60), np.uint8))] == [20] * 11


def test_the_command_says_it_in_both_languages_and_as_json(
    tmp_path: Path, cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "s.npz")
    np.savez(path, x_train=X, y_train=Y, x_test=X[:4], y_test=Y[:4])
    assert code(["data", "show", path]) == 0
    assert "4 of the test images" in capfd.readouterr().out
    assert code(["data", "show", path, "--lang", "ko"]) == 0
    assert "테스트 이미지 중 4개가 훈련 이미지에도 있습니다." in capfd.readouterr().out
    assert code(["data", "show", path, "--json"]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert shown["classes"][0] == {"name": "1", "train": 10, "test": 1}
    assert code(["data", "show", str(tmp_path / "none.npz")]) == 2
