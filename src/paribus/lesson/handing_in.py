"""A hand-in: what a student leaves, as one file of plain data. It is read, never run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from paribus.core.atomic import write_whole
from paribus.core.bounded_read import read_file
from paribus.core.errors import ParibusError, reason_of
from paribus.lesson.predicting import Prediction, outcome
from paribus.lesson.result import Check
from paribus.results import ComparisonResult
from paribus.runs.environment import package_version
from paribus.words.translation import translator

FORMAT = "paribus-hand-in-1"
LARGEST = 1 << 20  # bytes
PARTS: dict[str, type] = {
    "lesson": str,
    "student": str,
    "answers": dict,
    "predictions": dict,
    "checks": dict,
    "results": dict,
    "versions": dict,
}


@dataclass(frozen=True)
class HandIn:
    """One hand-in. checks: whether each step was right. results: each comparison's outcome, verdict and runs.

    scores: the Brier score of each prediction whose outcome is known. whole: whether the file is as it was written;
    that notices accidents, and nobody who means to deceive.
    """

    lesson: str
    student: str
    answers: Mapping[str, str]
    predictions: Mapping[str, Any]
    checks: Mapping[str, bool]
    results: Mapping[str, Any]
    versions: Mapping[str, str]
    path: str = ""
    whole: bool = True
    lang: str = "en"

    @property
    def scores(self) -> dict[str, float]:
        """The Brier score of each prediction, as far as what it foretold came to an end."""
        found = {}
        for name, one in self.predictions.items():
            chances, came = one.get("chances", {}), one.get("outcome")
            if came in chances:
                found[name] = Prediction(chances).brier(came)
        return found

    @property
    def right(self) -> int:
        """How many steps were right when it was written."""
        return sum(self.checks.values())

    def __str__(self) -> str:
        return translator(self.lang).text(
            "{path}: {right} of {n} steps are right, {answers} of {of} questions are answered.",
            path=self.path, right=self.right, n=len(self.checks),
            answers=sum(bool(answer.strip()) for answer in self.answers.values()), of=len(self.answers),
        )  # fmt: skip

    __repr__ = __str__


def hand_in(
    path: str | Path,
    *,
    lesson: str,
    student: str,
    answers: Mapping[str, Any],
    predictions: Mapping[str, Prediction],
    outcomes: Mapping[str, str | None],
    checks: Sequence[Check],
    results: Mapping[str, ComparisonResult],
    lang: str = "en",
) -> HandIn:
    """Write what is to be handed in, as one JSON file; nothing is sent.

    Args:
        path: of the file.
        lesson: which lesson.
        student: whose it is.
        answers: to the questions, by question.
        predictions: by a name of your own.
        outcomes: what came out of each prediction; None where nothing has yet.
        checks: of the steps.
        results: the comparisons.
        lang: `en` or `ko`.
    """
    told: dict[str, Any] = {
        "lesson": lesson,
        "student": student,
        "answers": {question: answer if isinstance(answer, str) else "" for question, answer in answers.items()},
        "predictions": {name: {**asdict(made), "outcome": outcomes.get(name)} for name, made in predictions.items()},
        "checks": {check.step: check.ok for check in checks},
        "results": {name: _result(result) for name, result in results.items()},
        "versions": {name: package_version(name) for name in ("paribus", "torch", "numpy")},
    }
    whole = {"format": FORMAT, **told, "digest": _digest(told)}
    write_whole(Path(path), json.dumps(whole, ensure_ascii=False, indent=1).encode())
    return HandIn(**told, path=str(path), lang=lang)


def read(path: Path) -> HandIn:
    """A hand-in, as data: nothing in it is run. Raises ParibusError where it is none."""
    try:
        if (held := read_file(path, LARGEST)) is None:  # a pipe, which nobody would end, or a device without an end
            raise ParibusError("{path}: not a file", path=path)
        if len(held) > LARGEST:
            raise ParibusError("{path}: a hand-in has at most {n:,} bytes", path=path, n=LARGEST)
        data = json.loads(held)
    except (OSError, ValueError, RecursionError) as error:
        raise ParibusError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not _is_sound(data):
        raise ParibusError("{path}: is no hand-in, which pb.lesson.hand_in writes", path=path)
    told = {name: data[name] for name in PARTS}
    return HandIn(**told, path=str(path), whole=data.get("digest") == _digest(told))


def _is_sound(data: Mapping[str, Any]) -> bool:
    """Whether every part is what it is read as."""
    if not all(isinstance(data.get(name), kind) for name, kind in PARTS.items()):
        return False
    texts = all(isinstance(text, str) for name in ("answers", "versions") for text in data[name].values())
    checks = all(isinstance(ok, bool) for ok in data["checks"].values())
    results = all(isinstance(one, dict) and isinstance(one.get("outcome"), str) for one in data["results"].values())
    return texts and checks and results and all(map(_is_prediction, data["predictions"].values()))


def _is_prediction(one: Any) -> bool:
    chances = one.get("chances") if isinstance(one, dict) else None
    return (
        isinstance(chances, dict)
        and all(isinstance(chance, int | float) and 0 <= chance <= 1 for chance in chances.values())
        and isinstance(one.get("outcome"), str | None)
    )


def _result(result: ComparisonResult) -> dict[str, Any]:
    comparison = result.comparison
    name = comparison.metric.name
    return {
        "id": comparison.id,
        "outcome": outcome(result),
        "verdict": result.in_language("en").verdict,
        "runs": {arm.name: [run.figures.get(name) for run in arm.runs] for arm in comparison.arms},
    }


def _digest(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
