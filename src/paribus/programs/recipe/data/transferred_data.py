"""A data set on its way to a machine that has not got it, and there: in the cache, by its digest."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from paribus.core.errors import DataError
from paribus.programs.recipe.data.cache import Content, entry, entry_folder
from paribus.programs.recipe.data.check import assemble
from paribus.programs.recipe.data.dataset import DataSet, open_dataset
from paribus.programs.recipe.data.known import STANDARD_NAMES
from paribus.programs.recipe.data.raw import Values

_LAYOUT = 1
_ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")
_FACTS = "facts"


def packed(dataset: DataSet) -> bytes:
    """Its arrays, bytes where their values are, and its classes' names: plain data, no pickle."""
    out = io.BytesIO()
    facts = np.frombuffer(json.dumps({"class_names": dataset.class_names}).encode(), np.uint8)
    arrays = {name: _small(np.asarray(getattr(dataset, name))) for name in _ARRAYS}
    np.savez(out, allow_pickle=False, facts=facts, **arrays)
    return out.getvalue()


def _small(array: Values) -> Values:
    """Labels of few classes take a byte each, not eight; floats stay."""
    byte = array.dtype.kind == "i" and bool(array.max() < 1 << 8)
    return array.astype(np.uint8) if byte else array


def take(data: bytes, digest: str) -> None:
    """Keep a set that came, unpacked in the cache. Raises DataError unless it is the one with this digest."""
    entry(*_place(digest), lambda: _content(data, digest))


def open_planned(name: str, digest: str) -> DataSet:
    """The set that a plan was made with: as it lies here, else as it came. Raises DataError where neither is there.

    Where another one lies here and none came, it is that one: whoever asked sees that its digest is another.
    """
    came = entry_folder(*_place(digest)).exists()
    try:
        here = open_dataset(name)
    except DataError:
        if not came:
            raise
    else:
        if here.digest == digest or not came:
            return here
    kept = entry(*_place(digest), lambda: _lost(name))
    facts = kept.facts
    held: dict[str, Any] = {**kept.arrays, **{one: facts[one] for one in ("classes", "mean", "std", "digest")}}
    return DataSet(name=name, class_names=tuple(facts["class_names"]), **held)


def _lost(name: str) -> Content:
    raise DataError("{name}: the copy of it that came to this machine is damaged", name=name)


def is_here(name: str, digest: str) -> bool:
    """Whether runs can be made with it on this machine."""
    try:
        return open_planned(name, digest).digest == digest
    except DataError:
        return False


def _place(digest: str) -> tuple[str, str]:
    return f"carried-{digest[:16]}", f"{_LAYOUT}-{digest}"


def _content(data: bytes, digest: str) -> Content:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            arrays = {name: found[name] for name in _ARRAYS}
            class_names = json.loads(found[_FACTS].tobytes())["class_names"]
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise DataError("a data set that came is refused: {reason}", reason=str(error)) from None
    grey = {name: np.ascontiguousarray(a[:, 0]) if a.ndim == 4 and a.shape[1] == 1 else a for name, a in arrays.items()}
    for given in (grey, arrays):  # the digest is that of the files, which have channels or have not
        idx = dict(zip(STANDARD_NAMES, (given[one] for one in _ARRAYS), strict=True))
        content = assemble(idx, dict.fromkeys(STANDARD_NAMES, "what came"))
        if content.facts["digest"] == digest:
            return Content(content.arrays, {**content.facts, "class_names": [str(name) for name in class_names]})
    raise DataError("a data set that came is refused: its digest must be {digest}", digest=digest)
