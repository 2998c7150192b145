"""What a plan of a command says beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from paribus.core.messages import Message, mark
from paribus.programs.command import versions
from paribus.programs.command.command_identity import VERSION, MadeFrom
from paribus.programs.earlier_code import anew, few
from paribus.runs.store import Store
from paribus.runs.task import Task

if TYPE_CHECKING:
    from paribus.records.design import Design


def notes(design: Design, new: Sequence[Task], store: Store, made_from: MadeFrom) -> tuple[Message, ...]:
    """Of values, of versions of the code, and of the files for which earlier runs do not count any more."""
    commits = made_from.info.source.get("versions")
    of_versions = _of_versions(design, commits, made_from) if commits and design.factor == VERSION else ()
    return (*_alike(design), *of_versions, *anew(new, store, made_from.files))


def _alike(design: Design) -> Iterator[Message]:
    """Two texts that are one number."""
    for one, other in combinations([arm.value for arm in design.arms], 2):
        try:
            same = float(one) == float(other)
        except (TypeError, ValueError):
            continue
        if same:
            yield Message(
                "{first} and {second} are one number, and two texts for the command.", first=str(one), second=str(other)
            )


def _of_versions(design: Design, commits: dict[str, str], made_from: MadeFrom) -> Iterator[Message]:
    place = made_from.place
    for one, other in pairwise(str(arm.value) for arm in design.arms):
        files = versions.differing(place, commits[one], commits[other])
        if files:
            said = mark("{first} ({one}) and {second} ({other}) differ in {files}.")
        else:
            said = mark("{first} ({one}) and {second} ({other}) have the same files.")
        short = {"one": commits[one][:9], "other": commits[other][:9]}
        yield Message(said, first=one, second=other, files=few(files), **short)
    links = [name.rstrip("/") for name in made_from.info.source.get("links", ())]
    if missing := [name for name in versions.ignored(place) if name.rstrip("/") not in links]:
        yield Message(
            "Each version runs in a clean checkout: what git ignores is not there, which is {files}. "
            "--link NAME brings it in.",
            files=few(missing),
        )
    if versions.is_dirty(place):
        yield Message("What is changed and not committed is in neither version.")
