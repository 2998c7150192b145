"""What an array is by its name: of training, testing or validation, and inputs or what is learned of them.

So `x_train`, `train_images`, `trainX` and `Train_Data` are one, and `X`, `data` or `features` are inputs of no part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from paribus.core.errors import DataError

_PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
_PARTS |= dict.fromkeys(("val", "valid", "validation"), "val")
_INPUTS = ("x", "data", "images", "image", "imgs", "features", "inputs")
_TARGETS = ("y", "labels", "label", "targets", "target")
_PART = "|".join(_PARTS)
_NAME = re.compile(rf"(({_PART})[-_. ]?)?({'|'.join((*_INPUTS, *_TARGETS))})([-_. ]?({_PART}))?")

Role = tuple[str, str]  # train, test, val or nothing; x or y


def role_of(name: str) -> Role | None:
    """The part and the kind that a name says; None where it says no kind, or two parts."""
    match = _NAME.fullmatch(name.lower())
    if match is None or (match[2] and match[5]):
        return None
    return _PARTS.get(match[2] or match[5] or "", ""), "x" if match[3] in _INPUTS else "y"


def four_of(names: Iterable[str], path: Path) -> tuple[str, ...] | None:
    """Of these names those of training inputs, training targets, and, where there are such, the same to test with.

    What is of no part is to train with where nothing else is, and what validates tests where nothing else does. None
    where the first two are not there. Raises DataError where two names say the same.
    """
    by_role: dict[Role, list[str]] = {}
    for name in sorted(names):
        if role := role_of(name):
            by_role.setdefault(role, []).append(name)
    train = next((part for part in ("train", "") if _both(by_role, part)), None)
    if train is None:
        return None
    parts = (train, *[part for part in ("test", "val") if _both(by_role, part)][:1])
    for one in (by_role[part, kind] for part in parts for kind in "xy"):
        if len(one) > 1:
            raise DataError("{path} holds {listed}, which by their names are the same.", path=path, listed=one)
    return tuple(by_role[part, kind][0] for part in parts for kind in "xy")


def _both(by_role: Mapping[Role, list[str]], part: str) -> bool:
    return (part, "x") in by_role and (part, "y") in by_role
