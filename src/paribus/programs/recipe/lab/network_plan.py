"""The form of a network that the page can run, and the arrays that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from paribus.page.packing import Kind, pack_arrays
from paribus.programs.recipe.lab.lab_material import ArmMaterial, Weights
from paribus.programs.recipe.model_table import BUILT_IN_MODELS, Plan, Shapes
from paribus.programs.recipe.recipe import Recipe


def network_plan(recipe: Recipe, image: Sequence[int], classes: int) -> dict[str, Any]:
    """What `createNetwork` of network.js takes. image: channels, height, width."""
    channels, height, width = image
    plan = BUILT_IN_MODELS[recipe.model].plan(recipe, (channels, height, width), classes)
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
