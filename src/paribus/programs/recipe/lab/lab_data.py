"""The data of the page's lab: the trained networks, moments of their training, test images, what probes saw.

Pure: from a comparison and plain arrays to a dictionary that is JSON. `lab.js` shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from paribus.figures.arms import arm_names
from paribus.page.packing import Kind, pack_arrays
from paribus.programs.recipe.confusion import evidence_of
from paribus.programs.recipe.figures.disagreements import class_names_of
from paribus.programs.recipe.lab.training_moments import (
    Absence,
    ArmMaterial,
    LabMaterial,
    Moment,
    Snapshot,
    Weights,
    by_importance,
    moments_of,
    story,
    traced_moments,
)
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS, Plan, Shapes, is_drawn
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.records.comparison import Comparison
from paribus.words.safe_text import one_line
from paribus.words.translation import mark, translator

BUDGET = 3_400_000  # characters: what the report, of 5 MB in all, has room for
_DRAWN_CHANNELS = 1  # an image with one colour can be drawn

Packed = dict[str, Any]


def lab_data(comparison: Comparison, material: LabMaterial, lang: str, budget: int = BUDGET) -> dict[str, Any]:
    """What `lab.js` takes, in at most about `budget` characters of JSON.

    words; note: of which seed these networks are, in a sentence; absent: why there are no networks, in a sentence, or
    null. moments: epoch (epochs done, with fractions), label, mark (short), within (the first epoch). arms: name;
    story; and where networks are there, plan, table, final (packed float32), snapshots (packed float16; null for the
    final one), held (at which moments the run was over), scales, predicted. classes, image (channels, height, width),
    draws (whether one can draw), images (packed pixels, labels, places, disagree).
    """
    names = arm_names(comparison, lang)
    absent, plans = material.absent or _without_plan(comparison), []
    if absent is None:
        image, classes = material.images.shape[1:], len(class_names_of(comparison))
        plans = [network_plan(recipe_of(arm.fields), image, classes) for arm in comparison.arms]
        absent = None if all(map(fits, plans, material.arms)) else "misfit"
    finals: list[Packed] = []
    images: dict[str, Any] = {}
    if absent is None:
        pairs = zip(plans, material.arms, strict=True)
        finals = [packed_weights(plan, arm.snapshots[-1].weights, "float32") for plan, arm in pairs]
        images = _images(comparison, material)
        budget -= sum(len(packed["data"]) for packed in (*finals, images["packed"]))
        absent = "large" if budget < 0 else None
    if absent is not None:
        return _without_networks(names, material, absent, lang)
    moments, packed = _chosen(material.arms, plans, budget)
    return {
        **_frame(material, moments, lang),
        "note": seed_note(material.seed, material.typical, lang),
        "absent": None,
        "classes": [one_line(name, 24) for name in class_names_of(comparison)],
        "image": dict(zip(("channels", "height", "width"), material.images.shape[1:], strict=True)),
        "draws": material.images.shape[1] == _DRAWN_CHANNELS,
        "images": images,
        "arms": [
            {"name": names[i], "plan": plans[i], "final": finals[i], **_arm(arm, i, moments, packed[i])}
            for i, arm in enumerate(material.arms)
        ],
    }


def _arm(arm: ArmMaterial, number: int, moments: Sequence[Moment], packed: dict[int, Packed]) -> dict[str, Any]:
    """What an arm shows at each moment. number: its place among the arms."""
    places = [moment.places[number] for moment in moments if moment.places is not None]
    shown = [arm.snapshots[place] for place in places]
    return {
        "table": pack_arrays({"table": arm.table}, "float32"),
        "snapshots": [packed.get(place) for place in places],
        "held": [_over(snapshot, moment) for snapshot, moment in zip(shown, moments, strict=True)],
        "scales": filter_scales(arm, places),
        "predicted": list(arm.predicted),
        "story": story(arm, [snapshot.step for snapshot in shown]),
    }


def _without_plan(comparison: Comparison) -> Absence | None:
    return "own_model" if not all(is_drawn(arm.fields["model"]) for arm in comparison.arms) else None


def _without_networks(names: Sequence[str], material: LabMaterial, absent: Absence, lang: str) -> dict[str, Any]:
    """What the probes saw is shown all the same."""
    moments = traced_moments(material.arms)
    steps = [moment.step for moment in moments]
    told = [story(arm, steps) for arm in material.arms] or [None] * len(names)
    return {
        **_frame(material, moments, lang),
        "note": "",
        "absent": translator(lang).text(ABSENCES[absent]),
        "arms": [{"name": name, "plan": None, "story": one} for name, one in zip(names, told, strict=True)],
    }


def _frame(material: LabMaterial, moments: Sequence[Moment], lang: str) -> dict[str, Any]:
    return {
        "moments": [
            {
                "epoch": round(max(moment.epochs_done(arm) for arm in material.arms), 5),
                "label": moment_label(moment, lang),
                "mark": str(moment.step if moment.epoch is None else moment.epoch),
                "within": moment.epoch is None,
            }
            for moment in moments
        ],
    }


def _images(comparison: Comparison, material: LabMaterial) -> dict[str, Any]:
    evidence = evidence_of(comparison)
    disagree = set() if evidence is None else {found.index for found in evidence.disagreements}
    return {
        "packed": pack_arrays({"pixels": material.images}, "uint8"),
        "labels": list(material.labels),
        "places": list(material.places),
        "disagree": [place in disagree for place in material.places],
    }


def _chosen(
    arms: Sequence[ArmMaterial], plans: Sequence[dict[str, Any]], room: int
) -> tuple[list[Moment], list[dict[int, Packed]]]:
    """As many moments as there is room for, in order; and of each arm, by place, the packed weights that they need."""
    packed: list[dict[int, Packed]] = [{} for _ in arms]
    moments = moments_of(arms)
    chosen: list[Moment] = []
    for moment in by_importance(moments):
        new = {
            (i, place): packed_weights(plans[i], arm.snapshots[place].weights, "float16")
            for i, (arm, place) in enumerate(zip(arms, moment.places or (), strict=True))
            if place != len(arm.snapshots) - 1 and place not in packed[i]
        }
        room -= sum(len(entry["data"]) for entry in new.values())
        if room < 0:
            break
        chosen.append(moment)
        for (i, place), entry in new.items():
            packed[i][place] = entry
    return sorted(chosen, key=moments.index), packed


def _over(snapshot: Snapshot, moment: Moment) -> bool:
    return moment.epoch is not None and snapshot.epoch is not None and snapshot.epoch < moment.epoch


def network_plan(recipe: Recipe, image: Sequence[int], classes: int) -> dict[str, Any]:
    """What `createNetwork` of network.js takes. image: channels, height, width."""
    channels, height, width = image
    plan = BUILT_IN_MODELS[recipe.model].plan(recipe, (channels, height, width), classes)
    assert isinstance(plan, Plan)  # asked of networks that are drawn alone
    return {
        "activation": recipe.activation,
        "pooling": recipe.pooling,
        "channels": channels,
        "height": height,
        "width": width,
        "classes": classes,
        "conv_channels": list(plan.convolutions),
        "dense_widths": list(plan.hidden),
        "batch_norm": recipe.batch_norm,
    }


def weight_shapes(plan: dict[str, Any]) -> Shapes:
    """The weights that a network of this form has, by the names of torch's `state_dict`."""
    image = (plan["channels"], plan["height"], plan["width"])
    convolutions, hidden = tuple(plan["conv_channels"]), tuple(plan["dense_widths"])
    return Plan(image, convolutions, hidden, plan["classes"], plan["batch_norm"]).shapes()


def fits(plan: dict[str, Any], arm: ArmMaterial) -> bool:
    """Whether all of an arm's weights are of such a network: they may come from anybody's folder."""
    expected = weight_shapes(plan)
    found = ({name: s.weights[name].shape for name in expected if name in s.weights} for s in arm.snapshots)
    return all(shapes == expected for shapes in found)


def packed_weights(plan: dict[str, Any], weights: Weights, kind: Kind) -> dict[str, Any]:
    """The arrays that the page's network needs, packed."""
    return pack_arrays({name: weights[name] for name in weight_shapes(plan)}, kind)


def filter_scales(arm: ArmMaterial, places: Sequence[int]) -> dict[str, float]:
    """Which size of a filter's weight is drawn in full colour: one for all moments, so that one sees weights fade.

    A filter is shown as its mean over its inputs; of a grey image there is one.
    """
    found = {}
    for name in ("conv1", "conv2"):
        if f"{name}.weight" not in arm.snapshots[-1].weights:
            continue
        sizes = [0.0]
        for place in places:
            weight = np.asarray(arm.snapshots[place].weights[f"{name}.weight"], dtype=np.float64)
            shown = np.abs(weight.mean(axis=1))
            finite = shown[np.isfinite(shown)]
            sizes.append(float(np.quantile(finite, 0.98)) if finite.size else 0.0)
        found[name] = float(f"{max(sizes):.4g}")
    return found


# Why there are no networks.
ABSENCES: dict[Absence, str] = {
    "none_finished": mark("There is no seed with which every arm has a finished run: no network to show yet."),
    "damaged": mark("The stored networks of this comparison cannot be read, or are not those that were trained."),
    "data": mark("The data set is not on this machine as it was in training: the networks have no image to answer to."),
    "several_data": mark("The arms learned different data sets: no image is the same question to all of them."),
    "own_model": mark("The page has no forward pass of its own for the network of this comparison, and cannot run it."),
    "misfit": mark("The stored weights do not fit the recipe's network."),
    "large": mark("The networks of this comparison are too large to lie in a page."),
}


def seed_note(seed: int, typical: bool, lang: str) -> str:
    """Which networks these are."""
    text = translator(lang).text
    if typical:
        return text(
            "These are the networks from seed {seed}, a typical one: every arm did what it did in most runs.", seed=seed
        )
    return text("These are the networks of seed {seed}.", seed=seed)


def moment_label(moment: Moment, lang: str) -> str:
    """A moment in words: `after 20 steps`, `after epoch 2`."""
    words = translator(lang)
    if moment.epoch is not None:
        return words.text("after epoch {epoch}", epoch=moment.epoch)
    return words.plural("after {n} step", "after {n} steps", moment.step)
