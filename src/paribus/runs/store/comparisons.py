"""Comparisons on disk, and how often each one's data have been looked at."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from filelock import FileLock

from paribus.core import atomic
from paribus.core.errors import ParibusError, StoreError
from paribus.core.field_text import fields_to_toml
from paribus.core.frozen import Document
from paribus.core.messages import Message, mark
from paribus.runs.registry import code_of
from paribus.runs.store import files, looks
from paribus.runs.store.authorship import write_sealed
from paribus.runs.store.documents import read_document, read_of_folder, write_document
from paribus.runs.store.safe_names import recipe_file, safe_name

if TYPE_CHECKING:  # each is loaded by what reads it
    from paribus.records.comparison import ArmView, Comparison
    from paribus.records.explanation import Explanation
    from paribus.records.tuned import Tuned

COMPARISON, PLAN, EXPLANATION = "comparison.json", "plan.json", "explanation.json"
TUNED, TAGS = "tuned.json", "tags.json"

LARGEST_COMPARISON = 1 << 28  # bytes
LARGEST_PLAN = 1 << 24
LARGEST_TAGS = 1 << 16
MOST_TAGS = 20
_TAG = re.compile(r"[\w.-]{1,40}")

PLAN_SCHEMA = 2
TAGS_SCHEMA = 2


class Planned(Document):
    """The ids of the runs that a comparison needs, noted as it begins: until it ends nothing else names them.

    `arms`: a digest of what is compared, whatever the seeds; empty where it was not noted, as in 0.1.0.
    """

    kind: ClassVar[str] = "plan"
    schema_number: int = PLAN_SCHEMA
    runs: tuple[str, ...]
    arms: str = ""


class Tagged(Document):
    """The tags of a comparison, in order."""

    kind: ClassVar[str] = "tags"
    schema_number: int = TAGS_SCHEMA
    tags: tuple[str, ...]


class Comparisons(files.Folders):
    """The comparisons of a store."""

    def comparison_folder(self, comparison_id: str) -> Path:
        """Where a comparison lies, or will lie."""
        return self.below("comparisons") / safe_name(comparison_id, "comparison")

    def save_comparison(self, comparison: Comparison) -> Path:
        """Write comparison.json in one step, in place of an earlier one of the same id. Returns the file."""
        folder = self.comparison_folder(comparison.id)
        files.make_folder(folder)
        code = any(code_of(comparison.program, arm.fields) for arm in comparison.arms)
        write = write_sealed if code else files.write_whole
        write_document(folder / COMPARISON, comparison, LARGEST_COMPARISON, write)
        return folder / COMPARISON

    def save_recipes(self, comparison: Comparison) -> None:
        """Write each arm's fields beside the comparison, as TOML: what makes it again."""
        folder = self.comparison_folder(comparison.id)
        for arm in comparison.arms:
            files.write_whole(folder / recipe_file(arm.name), fields_to_toml(arm.fields).encode())

    def comparisons(self) -> tuple[Comparison, ...]:
        """All comparisons that can be read, in the order in which they were made."""
        return self.comparison_survey()[0]

    def comparison_survey(self) -> tuple[tuple[Comparison, ...], tuple[StoreError, ...]]:
        """All comparisons that were ended: those that can be read, and what is wrong with each of the others."""

        def read(name: str) -> Comparison | None:
            there = os.path.lexists(self.root / "comparisons" / name / COMPARISON)
            return load(self.comparison_folder(name)) if there else None

        return self.survey_of("comparisons", read, lambda c: (c.created, c.id))

    def save_explanation(self, comparison_id: str, explanation: Explanation) -> Path:
        """Keep why beside the comparison, in place of what was found earlier. Returns the file."""
        path = self.comparison_folder(comparison_id) / EXPLANATION
        write_document(path, explanation, LARGEST_COMPARISON)
        return path

    def explanation(self, comparison_id: str) -> Explanation | None:
        """Why, as it was last found for this comparison; None where nobody asked."""
        folder = self.comparison_folder(comparison_id)
        files.check_folder(folder)
        from paribus.records.explanation import Explanation

        return read_document(folder / EXPLANATION, Explanation, LARGEST_COMPARISON)

    def save_tuned(self, comparison_id: str, tuned: Tuned) -> Path:
        """Keep what came of tuning the arms beside the comparison of the same settings. Returns the file."""
        path = self.comparison_folder(comparison_id) / TUNED
        write_document(path, tuned, LARGEST_COMPARISON)
        return path

    def tuned(self, comparison_id: str) -> Tuned | None:
        """What last came of tuning the arms of this comparison; None where nobody did.

        Raises StoreError where the file is damaged, or tells of other arms.
        """
        folder = self.comparison_folder(comparison_id)
        files.check_folder(folder)
        from paribus.records.tuned import Tuned

        found = read_document(folder / TUNED, Tuned, LARGEST_COMPARISON)
        if found is not None and (fault := _incoherent(found.comparison) or _strange(found)):
            raise StoreError("{path}: not a valid {kind}: {fault}", path=folder / TUNED, kind="tuned", fault=fault)
        return found

    def tags(self, comparison_id: str) -> tuple[str, ...]:
        """What somebody has tagged this comparison with, in order; none where nobody did."""
        found = read_document(self.comparison_folder(comparison_id) / TAGS, Tagged, LARGEST_TAGS)
        return () if found is None else found.tags

    def save_tags(self, comparison_id: str, tags: Iterable[str]) -> None:
        """Keep tags beside a comparison, in place of those that it had. Its own file stays as it is."""
        tagged = Tagged(tags=tuple(sorted(set(tags))))
        write_document(self.comparison_folder(comparison_id) / TAGS, tagged, LARGEST_TAGS)

    def tag(self, comparison_id: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> tuple[str, ...]:
        """Tag a comparison, or take tags away; its own file stays as it is. Returns which it has then.

        Raises ParibusError where one is no tag, or they become too many.
        """
        added, removed = set(add), set(remove)
        for one in sorted(added | removed):
            if not _TAG.fullmatch(one):
                raise ParibusError(
                    "a tag is a word of at most 40 letters, digits, hyphens, underscores and dots", got=one
                )
        folder = self.comparison_folder(comparison_id)
        lock = self.root / "locks" / f"tags-{folder.name}.lock"
        files.make_folder(lock.parent)
        with files.writing(lock), FileLock(lock):  # two tabs, or a tab and a command, lose no tag to each other
            had = self.tags(comparison_id)
            now = tuple(sorted((added | set(had)) - removed))
            if len(now) > max(MOST_TAGS, len(had)):
                raise ParibusError("a comparison has at most {most} tags", most=MOST_TAGS, got=len(now))
            if now != had:
                self.save_tags(comparison_id, now)
        return now

    def record_plan(self, comparison_id: str, run_ids: Iterable[str], arms: str = "") -> None:
        """Remember which runs a comparison that begins will need: `prune` keeps them. `arms`: `arms_digest`."""
        save_plan(self.comparison_folder(comparison_id), run_ids, arms)

    def comparisons_of(self, arms: str) -> tuple[str, ...]:
        """The names of comparisons of these arms, by their digest, and of those that do not say what they are of."""
        below, found = self.below("comparisons"), []
        for name in files.subfolders(below):
            with contextlib.suppress(StoreError):  # damaged: prune says so
                if load_plan(below / name).arms in (arms, ""):
                    found.append(name)
        return tuple(found)

    def looks(self, comparison_id: str) -> tuple[int, ...]:
        """The numbers of seeds at which these arms were compared before, in order."""
        return tuple(look.seeds for look in looks.recorded(self.comparison_folder(comparison_id)))

    def record_look(self, comparison_id: str, seeds: int, margin: float) -> int:
        """Which look at these arms this is, from 1, and remember it.

        With seeds and a margin seen together before it is that look again. Any other number of seeds, also a smaller
        one than was seen already, is a further look, and is added to the history. So is another margin for the same
        seeds: whoever has seen the differences can choose one that they fit.
        """
        folder = self.comparison_folder(comparison_id)
        lock = self.root / "locks" / f"looks-{folder.name}.lock"
        return looks.record(folder, lock, looks.Look(seeds=seeds, margin=margin))


def load(folder: Path) -> Comparison:
    """The comparison, checked to be of this folder and to agree with itself."""
    from paribus.records.comparison import Comparison

    files.check_folder(folder)
    missing = mark("{path}: missing; the comparison was begun and not ended. The same command goes on with it")
    return read_of_folder(folder / COMPARISON, Comparison, LARGEST_COMPARISON, missing, _incoherent)


def save_plan(folder: Path, runs: Iterable[str], arms: str = "") -> None:
    """Note in one step which runs the comparison needs, in place of those that it needed when it last began."""
    files.make_folder(folder)
    for place in (folder, folder.parent.parent):  # what killed commands left, of the report too, and of the queue
        atomic.sweep(place)
    write_document(folder / PLAN, Planned(runs=tuple(runs), arms=arms), LARGEST_PLAN)


def load_plan(folder: Path) -> Planned:
    """What the comparison needs; no runs where nothing was noted."""
    return read_document(folder / PLAN, Planned, LARGEST_PLAN) or Planned(runs=())


def _incoherent(c: Comparison) -> Message | None:
    """What in a comparison refers to something that is not in it, or None: figures and tables rely on that."""
    names = [arm.name for arm in c.arms]
    seeds = list(c.seeds)
    if len(names) < 2 or len(set(names)) < len(names) or not seeds:
        return Message("it must have at least two arms, each with a name of its own, and a seed")
    if any([run.seed for run in arm.runs] != _expected(seeds, arm, c) for arm in c.arms):
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
    if any(low is not None and high is not None and low > high for low, high in _intervals(c)):
        return Message("an interval's lower end must not be above its upper end")
    if any(len(set(map(len, run.curves.values()))) > 1 for arm in c.arms for run in arm.runs):
        return Message("a run's curves must be of one length")
    return None


def _intervals(c: Comparison) -> Iterator[tuple[float | None, float | None]]:
    """Both ends of each interval that is drawn. Those of looks after every pair are cut with each other."""
    for arm in c.arms:
        yield arm.trained_low, arm.trained_high
        yield from ((estimate.low, estimate.high) for estimate in arm.figures.values())
    for pair in (*c.pairs, *c.other_pairs):
        if not pair.anytime:
            yield pair.low, pair.high
            yield pair.items_low, pair.items_high


def _strange(tuned: Tuned) -> Message | None:
    """What in a search refers to something that is not in it, or None."""
    names, fields = [arm.name for arm in tuned.comparison.arms], {field.name for field in tuned.fields}
    if [arm.arm for arm in tuned.arms] != names:
        return Message("it must have a search for each of its arms")
    for arm in tuned.arms:
        known = set(arm.fields) <= fields and {edge.field for edge in arm.edges} <= fields
        if not (known and 0 <= arm.best < len(arm.tries) and all(set(t.values) == set(arm.fields) for t in arm.tries)):
            return Message("tries must be of the fields that are tuned, and one of them the best")
    return None


def _expected(seeds: list[int], arm: ArmView, c: Comparison) -> list[int]:
    """The seeds that an arm must have runs of: all, or of a comparison that grew the first ones."""
    return seeds[: len(arm.runs) or 1] if any(pair.anytime for pair in c.pairs) else seeds
