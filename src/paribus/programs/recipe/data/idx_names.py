"""Four IDX files under other names than MNIST's: EMNIST's own, and whatever says train or test, images or labels.

EMNIST's images lie transposed in its files (G. Cohen et al., "EMNIST: an extension of MNIST to handwritten letters",
2017, made them with MATLAB, which writes column by column): they are turned upright. Its letters' labels run from 1;
its mapping file says which character each label is. QMNIST's files of labels have eight columns, of which the first is
the class (C. Yadav and L. Bottou, "Cold case: the lost MNIST digits", 2019; its README's "extended labels").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from paribus.core.errors import DataError, reason_of
from paribus.core.messages import Message
from paribus.programs.recipe.data.folders import several
from paribus.programs.recipe.data.idx import read_idx
from paribus.programs.recipe.data.known import STANDARD_NAMES
from paribus.programs.recipe.data.raw import RawSet, Values, regular

_ROLES = ("train images", "train labels", "test images", "test labels")
_NAME = re.compile(
    r"(?P<stem>.*?)(?P<part>train|test|t10k)[-_. ]?(?P<kind>images|labels)"
    r"([-_.]idx\d?)?([-_.](u?byte|short|int|float|double))?(\.gz)?"
)
_MAPPING_BYTES = 1 << 16
UPRIGHT = Message("The images lie transposed in their files and were turned upright.")
EXTENDED = Message("Of the eight columns of labels the first was read, the class.")
_COLUMNS = 8  # columns of QMNIST's labels: the class, the hand, the writer, and where the image is from


def idx_files(place: Path) -> dict[str, Path] | None:
    """The four files by role, and the mapping where there is one: of a folder, or of FOLDER/STEM, as emnist-letters.

    None where there are no such four, or they are those of MNIST's names. Raises DataError where a folder has several.
    """
    folder, wanted = (place, None) if place.is_dir() else (place.parent, place.name.lower())
    if not folder.is_dir():
        return None
    sets: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.iterdir(), reverse=True):  # a plain file comes after its gzipped twin, and stays
        if (match := _NAME.fullmatch(path.name.lower())) and path.is_file():
            part = "train" if match["part"] == "train" else "test"
            sets.setdefault(match["stem"].strip("-_. "), {})[f"{part} {match['kind']}"] = path
    whole = {stem: files for stem, files in sets.items() if len(files) == len(_ROLES)}
    if wanted is not None:
        return _with_mapping(whole[wanted], folder, wanted) if whole.get(wanted) and wanted else None
    if all(any((folder / f"{name}{end}").exists() for end in ("", ".gz")) for name in STANDARD_NAMES):
        return None
    if len(whole) > 1:
        raise several(folder, [folder / stem for stem in sorted(whole)])
    return next((_with_mapping(files, folder, stem) for stem, files in whole.items()), None)


def read_named_idx(files: Mapping[str, Path]) -> RawSet:
    """The data set of these files. Raises DataError, naming the file."""
    upright = "emnist" in files["train images"].name.lower()
    one, two, three, four = (read_idx(files[role]) for role in _ROLES)
    train_labels, test_labels = class_column(two), class_column(four)
    notes = [UPRIGHT] if upright else []
    notes += [EXTENDED] if train_labels is not two else []
    if upright:
        one, three = (transposed(part) for part in (one, three))
    first, second, third, fourth = (str(files[role]) for role in _ROLES)
    names = _characters(files["mapping"]) if "mapping" in files else None
    return RawSet(
        "emnist" if upright else "idx",
        one,
        train_labels,
        three,
        test_labels,
        called=(first, second, third, fourth),
        class_names=names,
        notes=tuple(notes),
    )


def transposed(images: Values) -> Values:
    """EMNIST's images as they are read: rows of what lies in the file column by column."""
    return np.ascontiguousarray(images.swapaxes(-1, -2)) if images.ndim > 2 else images


def class_column(labels: Values) -> Values:
    """Labels [N]: of QMNIST's extended ones, whole numbers [N, 8], the first column; others as they are."""
    extended = labels.ndim == 2 and labels.shape[1] == _COLUMNS and labels.dtype.kind == "i"
    return labels[:, 0] if extended else labels


def _with_mapping(files: Mapping[str, Path], folder: Path, stem: str) -> dict[str, Path]:
    mapping = folder / f"{stem}-mapping.txt"
    return {role: files[role] for role in _ROLES} | ({"mapping": mapping} if mapping.is_file() else {})


def _characters(path: Path) -> dict[int, str]:
    """By label the character: a line is a label and the codes of its characters. Other lines say nothing."""
    try:
        if regular(path) > _MAPPING_BYTES:
            return {}
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None
    found = [re.fullmatch(r"(\d{1,3}) (\d{2,3})(?: \d{2,3})*", line.strip()) for line in lines]
    return {int(match[1]): chr(int(match[2])) for match in found if match and int(match[2]) > 32}
