"""Comparisons on disk, and how often each one's data have been looked at."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from filelock import FileLock
from pydantic import ValidationError

from paribus.core.errors import StoreError
from paribus.core.frozen import Document, Frozen
from paribus.core.messages import Message, mark
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.runs.registry import code_of
from paribus.runs.store import files, lines
from paribus.runs.store.documents import faults_of, read_document, read_of_folder, to_json
from paribus.runs.store.seal import write_sealed

COMPARISON, LOOKS, PLAN, EXPLANATION = "comparison.json", "looks.jsonl", "plan.json", "explanation.json"

LARGEST_COMPARISON = 1 << 28  # bytes
LARGEST_LOOKS = 1 << 20
LARGEST_PLAN = 1 << 24

PLAN_SCHEMA = 2


class Look(Frozen):
    """One look at a comparison's data: with so many seeds an arm, and the margin (a fraction) of the verdict."""

    seeds: int
    margin: float = 0.001  # of lines from before margins were noted


class Planned(Document):
    """The ids of the runs that a comparison needs, noted as it begins: until it ends nothing else names them.

    `arms`: a digest of what is compared, whatever the seeds; empty where it was not noted, as in 0.1.0.
    """

    kind: ClassVar[str] = "plan"
    schema_number: int = PLAN_SCHEMA
    runs: tuple[str, ...]
    arms: str = ""


def save(folder: Path, comparison: Comparison) -> Path:
    """Write the comparison in one step; an earlier one of the same id is replaced. Returns the file."""
    files.make_folder(folder)
    path = folder / COMPARISON
    code = any(code_of(comparison.program, arm.fields) for arm in comparison.arms)
    write = write_sealed if code else files.write_whole
    write(path, to_json(comparison))
    return path


def load(folder: Path) -> Comparison:
    """The comparison, checked to be of this folder and to agree with itself."""
    files.check_folder(folder)
    missing = mark("{path}: missing; the comparison was begun and not ended. The same command goes on with it")
    path = folder / COMPARISON
    return read_of_folder(path, Comparison, LARGEST_COMPARISON, missing, _incoherent)


def save_explanation(folder: Path, explanation: Explanation) -> Path:
    """Write why, beside the comparison or run that is explained; an earlier one is replaced. Returns the file."""
    path = folder / EXPLANATION
    files.write_whole(path, to_json(explanation))
    return path


def load_explanation(folder: Path) -> Explanation | None:
    """Why, as it was last found; None where nobody asked."""
    files.check_folder(folder)
    return read_document(folder / EXPLANATION, Explanation, LARGEST_COMPARISON)


def save_plan(folder: Path, runs: Iterable[str], arms: str = "") -> None:
    """Note in one step which runs the comparison needs, in place of those that it needed when it last began."""
    files.make_folder(folder)
    files.write_whole(folder / PLAN, to_json(Planned(runs=tuple(runs), arms=arms)))


def load_plan(folder: Path) -> Planned:
    """What the comparison needs; no runs where nothing was noted."""
    return read_document(folder / PLAN, Planned, LARGEST_PLAN) or Planned(runs=())


def _incoherent(c: Comparison) -> Message | None:
    """What in a comparison refers to something that is not in it, or None: figures and tables rely on that."""
    names = [arm.name for arm in c.arms]
    seeds = list(c.seeds)
    if len(names) < 2 or len(set(names)) < len(names) or not seeds:
        return Message("it must have at least two arms, each with a name of its own, and a seed")
    if any([run.seed for run in arm.runs] != seeds for arm in c.arms):
        return Message("every arm must have a run of every seed")
    if any(len(of_each) != len(names) for of_each in c.differences.values()):
        return Message("a field that differs must have a value for each arm")
    pairs = (*c.pairs, *c.other_pairs)
    if any(pair.a not in names or pair.b not in names or not set(pair.seeds) <= set(seeds) for pair in pairs):
        return Message("pairs must be of its arms and seeds")
    if any(len(pair.seeds) != len(pair.differences) for pair in pairs):
        return Message("a pair must have a difference for each of its seeds")
    if {pair.metric for pair in c.pairs} - {c.metric.name} or c.program.judged != c.metric.name:
        return Message("pairs must be judged by the metric of the program that is")
    if any(len(set(map(len, run.curves.values()))) > 1 for arm in c.arms for run in arm.runs):
        return Message("a run's curves must be of one length")
    return None


def looks(folder: Path) -> tuple[Look, ...]:
    """How the data were looked at, in order; none where nobody has looked."""
    path = folder / LOOKS
    found = []
    read = lines.read(path, LARGEST_LOOKS)
    for number, line in enumerate(read.bodies, start=1):
        try:
            found.append(Look.model_validate_json(line))
        except ValidationError as error:
            raise StoreError(
                "{path}: line {number} is not a look: {fault}", path=path, number=number, fault=faults_of(error)
            ) from None
    if read.fault:
        raise read.fault
    return tuple(found)


def record_look(folder: Path, look: Look, lock: Path) -> int:
    """Which look at these arms this is, from 1. With seeds and a margin seen together before it is that look again.

    Any other number of seeds, also a smaller one than was seen already, is a further look, and is added to the
    history. So is another margin for the same seeds: whoever has seen the differences can choose one that they fit.
    """
    files.make_folder(folder)
    files.make_folder(lock.parent)
    with files.writing(lock), FileLock(lock):
        earlier = looks(folder)
        if look not in earlier:
            before = lines.read(folder / LOOKS, LARGEST_LOOKS).digest
            lines.append(folder / LOOKS, look.model_dump_json().encode(), before, durable=True)
            earlier = (*earlier, look)
        return earlier.index(look) + 1
