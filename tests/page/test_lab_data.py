"""The data of the page's lab: moments, what a page has room for, what is left out and why."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import pytest

from paribus.page.packing import pack_arrays
from paribus.programs.recipe.lab.lab_data import lab_data, network_plan, weight_shapes
from paribus.programs.recipe.lab.training_moments import (
    FIGURES,
    ArmMaterial,
    LabMaterial,
    Snapshot,
    by_importance,
    moments_of,
    nothing,
    story,
)
from paribus.programs.recipe.recipe import LESSON
from paribus.records.comparison import Comparison
from paribus.records.trace import LayerTrace, StepTrace
from tests.factories import make_comparison, with_evidence

PLAN = network_plan(LESSON, (1, 28, 28), 10)


def weights(size: float = 1.0) -> dict[str, Any]:
    return {name: np.full(shape, size, np.float32) for name, shape in weight_shapes(PLAN).items()}


def arm(per_epoch: int, epochs: int, early: tuple[int, ...] = (1, 2, 5, 10), noise: bool = False) -> ArmMaterial:
    """A run with these moments; its weights tell how many steps were made, or are noise that no deflate makes less."""
    draws = np.random.default_rng(0)
    found = []
    for step, epoch in [*((s, None) for s in early), *((e * per_epoch, e) for e in range(1, epochs + 1))]:
        own = weights(float(step))
        if noise:
            own = {name: draws.normal(size=array.shape).astype(np.float32) for name, array in own.items()}
        found.append(Snapshot(step, epoch, own))
    layer = LayerTrace(weight_norm=1.0, gradient_norm=0.5, decay_pull=0.25)
    trace = tuple(StepTrace(step=s, layers={"conv1": layer}) for s in (0, *(s.step for s in found)))
    return ArmMaterial(per_epoch, trace, tuple(found), np.zeros(256, np.float32), (0, 1))


def material(*arms: ArmMaterial, **changed: Any) -> LabMaterial:
    images = np.zeros((2, 1, 28, 28), np.uint8)
    return LabMaterial(
        **{"seed": 3, "typical": True, "arms": arms, "images": images, "labels": (0, 1), "places": (7, 9)} | changed
    )


def labels(lab: dict[str, Any]) -> list[str]:
    return [moment["label"] for moment in lab["moments"]]


def test_packed_numbers_come_back() -> None:
    arrays = {"a": np.array([[1.5, -2.0], [0.1, 70000.0]]), "b": np.array([3.0])}
    packed = pack_arrays(arrays, "float16")
    planes = np.frombuffer(zlib.decompress(base64.b64decode(packed["data"])), np.uint8)
    numbers = np.ascontiguousarray(planes.reshape(2, 5).T).view("<f2").ravel()
    assert packed["shapes"] == {"a": [2, 2], "b": [1]}
    np.testing.assert_array_equal(numbers, np.float16([1.5, -2.0, 0.1, np.inf, 3.0]))


def test_moments_are_those_at_which_every_arm_has_weights() -> None:
    found = moments_of([arm(100, 3), arm(100, 3, early=(1, 5))])
    assert [(m.step, m.epoch) for m in found] == [(1, None), (5, None), (100, 1), (200, 2), (300, 3)]


def test_a_run_that_has_ended_stays_as_it_ended() -> None:
    short, long = arm(100, 1), arm(50, 3)
    found = moments_of([short, long])
    ends = [
        (m.epoch, short.snapshots[m.places[0]].step, long.snapshots[m.places[1]].step)
        for m in found
        if m.epoch and m.places
    ]
    assert ends == [(1, 100, 50), (2, 100, 100), (3, 100, 150)]


def test_the_ends_come_first_and_then_the_widest_gaps() -> None:
    order = list(by_importance(moments_of([arm(1000, 4)])))
    assert [(m.step, m.epoch) for m in order[:3]] == [(4000, 4), (1, None), (1000, 1)]
    # log(1 + step / 10) of 1, 10, 1000, 2000, 4000 is 0.10, 0.69, 4.62, 5.30, 5.99
    assert [m.step for m in order[3:5]] == [2000, 10]
    assert len(order) == len(set(order)) == 8


def test_what_there_is_room_for_is_chosen_by_importance() -> None:
    comparison, given = make_comparison("lesson"), material(arm(1000, 4, noise=True), arm(1000, 4, noise=True))
    whole = lab_data(comparison, given, "en")
    assert labels(whole) == [
        "after 1 step", "after 2 steps", "after 5 steps", "after 10 steps",
        "after epoch 1", "after epoch 2", "after epoch 3", "after epoch 4",
    ]  # fmt: skip
    finals = sum(len(one["final"]["data"]) for one in whole["arms"])
    less = lab_data(comparison, given, "en", finals + 2 * 2 * 170_000)
    assert labels(less) == ["after 1 step", "after epoch 1", "after epoch 4"]
    assert len(json.dumps(less)) < finals + 2 * 2 * 170_000 + 20_000
    none = lab_data(comparison, given, "en", finals - 1)
    assert none["absent"] == "The networks of this comparison are too large to lie in a page."
    assert [one["plan"] for one in none["arms"]] == [None, None]


def test_the_last_moment_is_kept_in_full_and_the_others_in_half() -> None:
    lab = lab_data(make_comparison("lesson"), material(arm(100, 2), arm(100, 2)), "en")
    for one in lab["arms"]:
        assert one["final"]["kind"] == "float32"
        assert [packed and packed["kind"] for packed in one["snapshots"]] == ["float16"] * 5 + [None]
        assert one["scales"]["conv1"] == 200, "the largest weights of all moments"
    assert [moment["epoch"] for moment in lab["moments"]] == [0.01, 0.02, 0.05, 0.1, 1, 2]
    assert lab["note"].startswith("These are the networks from seed 3, a typical one")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_without_networks_what_the_probes_saw_is_there(lang: str) -> None:
    comparison = make_comparison("lesson")
    lab = lab_data(comparison, nothing(0, "damaged", (arm(100, 2), arm(100, 2))), lang)
    assert lab["absent"]
    assert [moment["epoch"] for moment in lab["moments"]] == [0, 0.01, 0.02, 0.05, 0.1, 1, 2]
    assert lab["arms"][0]["story"]["moments"][0]["layers"]["conv1"][:3] == [1.0, 0.5, 0.25]
    bare = lab_data(comparison, nothing(0, "none_finished"), lang)
    assert (bare["moments"], [one["story"] for one in bare["arms"]]) == ([], [None, None])


def test_weights_that_are_not_the_recipes_are_refused() -> None:
    wrong = arm(100, 1)
    wrong.snapshots[0].weights["fc1.weight"] = np.zeros((3, 3), np.float32)  # type: ignore[index]
    lab = lab_data(make_comparison("lesson"), material(wrong, arm(100, 1)), "en")
    assert lab["absent"] == "The stored weights do not fit the recipe's network."


def test_a_model_of_ones_own_is_said_to_be_none_of_the_pages() -> None:
    comparison = make_comparison("lesson")
    own = tuple(one.model_copy(update={"fields": one.fields.replace(model="mine:net")}) for one in comparison.arms)
    lab = lab_data(comparison.model_copy(update={"arms": own}), nothing(0, "own_model"), "en")
    assert (
        lab["absent"]
        == "The page has no forward pass of its own for the network of this comparison, and cannot run it."
    )


def test_a_story_tells_the_look_nearest_to_each_moment() -> None:
    layer = LayerTrace(weight_norm=1.0, gradient_norm=float("nan"))
    trace = tuple(
        StepTrace(step=s, layers={"fc1": layer.model_copy(update={"weight_norm": float(s)})}) for s in (0, 1, 4, 99)
    )
    told = story(ArmMaterial(50, trace), [1, 5, 100])
    assert told is not None
    norm = FIGURES.index("weight_norm")
    assert [moment["layers"]["fc1"][norm] for moment in told["moments"]] == [1, 4, 99]
    assert [moment["done"] for moment in told["moments"]] == [0.02, 0.08, 1.98]
    assert told["course"]["layers"]["fc1"]["gradient_norm"] == [None] * 4, "no axis shows what is no number"
    assert story(ArmMaterial(50), [1]) is None


def test_everything_is_json_and_names_stay_letters() -> None:
    comparison: Comparison = with_evidence(
        make_comparison("lesson"),
        class_names=("</script><script>alert(1)</script>", *(str(i) for i in range(1, 10))),
    )
    lab = lab_data(comparison, material(arm(100, 2), arm(100, 2)), "ko")
    text = json.dumps(lab, allow_nan=False)
    assert json.loads(text) == lab
    assert len(lab["classes"][0]) <= 24
