"""Files of predictions over one test set, one for each arm: which items each network got right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.records.given import Given, GivenArm
from paribus.records.program import Label, Metric
from paribus.tables.rows import opened

_ITEMS = ("item", "id", "index", "example", "image", "name")
_LABELS = ("label", "target", "true", "y", "y_true", "truth", "class")
_ANSWERS = ("prediction", "predicted", "pred", "y_pred", "output", "answer")
_CORRECT = {"1": True, "1.0": True, "true": True, "0": False, "0.0": False, "false": False}


def read_predictions(tables: Any) -> Given:
    """One training an arm, with its outcomes by item. Raises ParibusError where the files are not of one test set."""
    if isinstance(tables, Mapping):
        named = {str(name): table for name, table in tables.items()}
    else:
        listed = [tables] if isinstance(tables, str | Path) or not isinstance(tables, Sequence) else list(tables)
        named = dict(zip(_names(listed), listed, strict=True))
    if len(named) < 2:
        raise ParibusError("predictions are compared of two files or more", got=list(named))
    read = {name: _outcomes(table) for name, table in named.items()}
    (first, outcomes), *others = read.items()
    for name, other in others:
        _refuse_other_items(first, outcomes, name, other)
    items = list(outcomes)
    right = {name: np.array([found[item][0] for item in items]) for name, found in read.items()}
    metric = Metric(name="accuracy", direction="max", unit="share", label=Label(en="accuracy"))
    arms = {
        name: GivenArm(np.zeros(1, np.int64), {metric.name: np.array([values.mean()])}, (values,))
        for name, values in right.items()
    }
    return Given(arms=arms, metrics=(metric,), paired=True, source={"predictions": [str(t) for t in named]})


def _names(tables: Sequence[Any]) -> list[str]:
    """What the arms are called: the files' names, or the whole paths where these are alike."""
    stems = [
        Path(str(table)).stem if isinstance(table, str | Path) else f"arm {n}" for n, table in enumerate(tables, 1)
    ]
    found = stems if len(set(stems)) == len(stems) else [str(table) for table in tables]
    if len(set(found)) < len(found):
        raise ParibusError("each file of predictions is named once", got=found)
    return found


def _outcomes(table: Any) -> dict[str, tuple[bool, str]]:
    """For each item whether the answer was right, and its label where that is there."""
    found: dict[str, tuple[bool, str]] = {}
    lines: dict[str, int] = {}
    with opened(table) as rows:
        lowered = [column.lower() for column in rows.columns]

        def place(names: Sequence[str]) -> int | None:
            return next((lowered.index(name) for name in names if name in lowered), None)

        item, label, answer, correct = place(_ITEMS), place(_LABELS), place(_ANSWERS), place(("correct",))
        if item is None or (correct is None and (label is None or answer is None)):
            raise ParibusError(
                "{path}: predictions have the columns item, label and prediction, or item and correct; got {choices}",
                path=rows.name,
                choices=rows.columns,
            )
        for line, cells in rows.rows:
            name = cells[item].strip()
            if name in found:
                raise rows.wrong(
                    line, Message("item {name!q} is there already, in line {earlier}", name=name, earlier=lines[name])
                )
            true = cells[label].strip() if label is not None else ""
            if correct is not None:
                cell = cells[correct].strip().lower()
                if cell not in _CORRECT:
                    raise rows.wrong(line, Message("correct must be 0 or 1, true or false; got {cell!q}", cell=cell))
                right = _CORRECT[cell]
            else:
                right = _same(cells[answer or 0].strip(), true)
            found[name], lines[name] = (right, true), line
        if not found:
            raise rows.wrong(0, Message("there is a header, and no row below it"))
    return found


def _same(answer: str, label: str) -> bool:
    """Whether they name one class; as numbers too, since 7 may be written 7.0."""
    try:
        return answer == label or float(answer) == float(label)
    except ValueError:
        return False


def _refuse_other_items(
    first: str, ours: Mapping[str, tuple[bool, str]], name: str, theirs: Mapping[str, tuple[bool, str]]
) -> None:
    lacking = next((item for item in ours if item not in theirs), None)
    extra = next((item for item in theirs if item not in ours), None)
    if lacking is not None or extra is not None:
        raise ParibusError(
            "predictions are of one test set: item {item!q} is in {one} and not in {other}",
            item=lacking if lacking is not None else extra,
            one=first if lacking is not None else name,
            other=name if lacking is not None else first,
        )
    for item, (_, label) in ours.items():
        if label and theirs[item][1] and label != theirs[item][1]:
            raise ParibusError(
                "predictions are of one test set: item {item!q} has the label {label!q} in {one} and {other_label!q} "
                "in {other}",
                item=item,
                label=label,
                one=first,
                other_label=theirs[item][1],
                other=name,
            )
