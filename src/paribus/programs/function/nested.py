"""Nested lists and mappings with arrays in them as flat arrays and JSON: data, which nobody's code can hide in."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import ParibusError
from paribus.core.messages import shown

Arrays = dict[str, NDArray[Any]]


def flattened(value: Any) -> tuple[Arrays, str]:
    """The arrays of a tree by name, copied, and the tree itself as JSON. Raises ParibusError for what is no data."""
    arrays: Arrays = {}
    tree = _plain(value, arrays)
    return arrays, json.dumps(tree)


def rebuilt(arrays: Mapping[str, NDArray[Any]], text: str) -> Any:
    """The tree that `flattened` took apart."""
    return _value(json.loads(text), arrays)


def _plain(value: Any, arrays: Arrays) -> Any:
    """A node is its value, or a list with what it is called and its parts."""
    torch = sys.modules.get("torch")
    if isinstance(value, np.number | np.bool):
        return ["scalar", _kept(np.asarray(value), arrays)]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if value is None:
        return None
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return ["array", _kept(value, arrays)]
    if torch is not None and isinstance(value, torch.Tensor):
        plain = value.detach().cpu()
        bits = plain.view(torch.int16) if plain.dtype is torch.bfloat16 else plain
        return ["tensor", _kept(bits.numpy(), arrays), str(plain.dtype).removeprefix("torch.")]
    if isinstance(value, list | tuple):
        return ["tuple" if isinstance(value, tuple) else "list", [_plain(part, arrays) for part in value]]
    if isinstance(value, Mapping):
        return ["dict", [[_plain(key, arrays), _plain(part, arrays)] for key, part in value.items()]]
    raise ParibusError(
        "a state is made of numbers, texts, arrays, tensors, lists and mappings (an object's state_dict(), say)",
        got=f"{type(value).__name__} {shown(value)}",
    )


def _kept(array: NDArray[Any], arrays: Arrays) -> str:
    name = f"a{len(arrays)}"
    arrays[name] = np.array(array, order="C")
    return name


def _value(node: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    if not isinstance(node, list):
        return node
    match node:
        case ["scalar", name]:
            return arrays[name][()]
        case ["array", name]:
            return arrays[name].copy()
        case ["tensor", name, dtype]:
            import torch

            made = torch.from_numpy(arrays[name].copy())
            return made.view(torch.bfloat16) if dtype == "bfloat16" else made
        case ["list", parts]:
            return [_value(part, arrays) for part in parts]
        case ["tuple", parts]:
            return tuple(_value(part, arrays) for part in parts)
        case ["dict", parts]:
            return {_value(key, arrays): _value(part, arrays) for key, part in parts}
    raise ValueError("not a state")
