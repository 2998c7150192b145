"""What the page's scripts are given: the comparison's own numbers, as JSON that cannot leave its element."""

from __future__ import annotations

import base64
import json
import re

import numpy as np
import pytest

from paribus.figures.curves_view import curves_view
from paribus.page.blocks import json_block
from paribus.page.curves_data import curves_data
from paribus.programs.recipe.lab.mistake_images import Answered, TestAnswers, mistake_images
from paribus.report.data import tables_data
from paribus.report.view import report_view
from tests.factories import CASES, make_comparison
from tests.page.hostile import CORPUS


@pytest.mark.parametrize("case", CASES)
def test_curves_are_those_of_the_view_with_gaps_where_there_is_no_number(case: str) -> None:
    comparison = make_comparison(case)
    data, view = curves_data(comparison, "en"), curves_view(comparison)
    assert data["unit"] == "epoch"
    assert data["epochs"] == list(range(1, len(data["epochs"]) + 1))
    for metric in ("val_accuracy", "val_loss", "train_accuracy", "train_loss"):
        for arm, drawn in zip(data["curves"][metric], view.panel(metric).arms, strict=True):
            assert arm["counted"] == drawn.counted
            means = [value for value in arm["mean"] if value is not None]
            assert means == pytest.approx([point.mean for point in drawn.band], rel=1e-5)
            for run, line in zip(arm["runs"], drawn.lines, strict=True):
                assert len(run["values"]) == len(data["epochs"])
                found = [(e, v) for e, v in zip(data["epochs"], run["values"], strict=True) if v is not None]
                assert [e for e, _ in found] == [e for e, _ in line.points]
                assert [v for _, v in found] == pytest.approx([v for _, v in line.points], rel=1e-5)
                assert run["diverged"] == line.diverged
    json.dumps(data, allow_nan=False)


def answered(labels: list[int], said: list[int], *, channels: int = 1, side: int = 2) -> TestAnswers:
    count = len(labels)
    images = np.arange(count * channels * side * side, dtype=np.uint8).reshape(count, channels, side, side)
    return TestAnswers(np.array(labels), images, (Answered("a", 3, np.array(said)),))


def test_a_cell_has_its_count_and_the_first_of_its_images() -> None:
    data = mistake_images(answered([0] * 20 + [1, 1], [0] * 17 + [1, 1, 1] + [0, 1]))
    (arm,) = data["arms"]
    assert arm["seed"] == 3
    numbers = {cell: [data["numbers"][place] for place in found["places"]] for cell, found in arm["cells"].items()}
    assert numbers == {"0,0": list(range(12)), "0,1": [17, 18, 19], "1,0": [20], "1,1": [21]}
    assert {cell: found["count"] for cell, found in arm["cells"].items()} == {"0,0": 17, "0,1": 3, "1,0": 1, "1,1": 1}


@pytest.mark.parametrize("channels", [1, 3])
def test_the_picture_holds_each_image_where_the_page_cuts_it(channels: int) -> None:
    tests = answered(list(range(40)), [0] * 40, channels=channels)
    data = mistake_images(tests)
    pixels = read_png(base64.b64decode(data["source"].partition(",")[2]), channels)
    for place, number in enumerate(data["numbers"]):
        top, left = place // data["columns"] * data["height"], place % data["columns"] * data["width"]
        cut = pixels[top : top + data["height"], left : left + data["width"]]
        assert np.array_equal(cut.transpose(2, 0, 1), tests.images[number])


def read_png(data: bytes, channels: int) -> np.ndarray:
    """[height, width, channels] by matplotlib's reader, which is not ours."""
    import io

    from matplotlib.image import imread

    read = np.round(imread(io.BytesIO(data), format="png") * 255).astype(np.uint8)
    return read.reshape(*read.shape[:2], -1)[:, :, :channels]


def test_a_tight_budget_shows_fewer_images_and_keeps_the_counts() -> None:
    draw = np.random.default_rng(0)
    images = draw.integers(0, 256, (400, 1, 28, 28), dtype=np.uint8)  # noise, which does not compress
    tests = TestAnswers(draw.integers(0, 10, 400), images, (Answered("a", 0, draw.integers(0, 10, 400)),))
    full, tight = mistake_images(tests), mistake_images(tests, budget=120_000)
    assert len(base64.b64decode(tight["source"].partition(",")[2])) <= 120_000
    assert len(tight["numbers"]) < len(full["numbers"])
    counts = [[cell["count"] for cell in data["arms"][0]["cells"].values()] for data in (full, tight)]
    assert counts[0] == counts[1]
    assert mistake_images(tests, budget=100)["source"] is None


def test_saved_tables_have_the_comparisons_numbers() -> None:
    comparison = make_comparison("diverged")
    tables = tables_data(comparison, report_view(comparison, "en"), "en")["tables"]
    (pair,) = comparison.pairs
    (row,) = tables["differences"]["rows"]
    assert len(row) == len(tables["differences"]["columns"])
    assert row[1] == pytest.approx(100 * (pair.difference or 0), abs=1e-4)
    found = dict(zip(comparison.seeds, row[6:], strict=True))
    assert {seed: value / 100 for seed, value in found.items() if value is not None} == pytest.approx(
        dict(zip(pair.seeds, pair.differences, strict=True)), abs=1e-6
    )
    assert len(tables["runs"]["rows"]) == 12
    assert [row[0] for row in tables["runs"]["rows"]] == [seed for seed in comparison.seeds for _ in range(2)]


@pytest.mark.parametrize("name", [name for name in CORPUS if "<" in name][:40])
def test_no_data_end_their_element(name: str) -> None:
    block = json_block("x-data", {"name": name, "list": [name, float("nan"), float("inf")]})
    assert block.count("<") == 2
    (text,) = re.findall(r'^<script type="application/json" id="x-data">(.*)</script>$', block)
    assert json.loads(text) == {"name": name, "list": [name, None, None]}
