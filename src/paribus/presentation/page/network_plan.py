"""The form of a network that the page can run, and the arrays that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from paribus.presentation.page.lab_material import ArmMaterial, Weights
from paribus.presentation.page.packing import Kind, pack_arrays
from paribus.values.recipe import Recipe

Shapes = dict[str, tuple[int, ...]]


def network_plan(recipe: Recipe, image: Sequence[int], classes: int) -> dict[str, Any]:
    """What `createNetwork` of network.js takes. image: channels, height, width."""
    return {
        "activation": recipe.activation,
        "pooling": recipe.pooling,
        "channels": image[0],
        "height": image[1],
        "width": image[2],
        "classes": classes,
        "conv_channels": list(recipe.conv_channels),
        "dense_widths": list(recipe.dense_widths),
        "batch_norm": recipe.batch_norm,
    }


def weight_shapes(plan: dict[str, Any]) -> Shapes:
    """The weights that a network of this form has, by the names of torch's `state_dict`."""
    first, second = plan["conv_channels"]
    height, width = ((side // 2 - 4) // 2 for side in (plan["height"], plan["width"]))
    widths = [second * height * width, *plan["dense_widths"], plan["classes"]]
    layers: Shapes = {"conv1": (first, plan["channels"], 5, 5), "conv2": (second, first, 5, 5)}
    layers |= {f"fc{i}": (widths[i], widths[i - 1]) for i in range(1, len(widths))}
    found: Shapes = {}
    for name, shape in layers.items():
        found |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    if plan["batch_norm"]:
        norms = {"bn1": first, "bn2": second} | {f"fc{i}_bn": w for i, w in enumerate(plan["dense_widths"], start=1)}
        parts = ("weight", "bias", "running_mean", "running_var")
        found |= {f"{name}.{part}": (units,) for name, units in norms.items() for part in parts}
    return found


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
        sizes = [0.0]
        for place in places:
            weight = np.asarray(arm.snapshots[place].weights[f"{name}.weight"], dtype=np.float64)
            shown = np.abs(weight.mean(axis=1))
            finite = shown[np.isfinite(shown)]
            sizes.append(float(np.quantile(finite, 0.98)) if finite.size else 0.0)
        found[name] = float(f"{max(sizes):.4g}")
    return found
