"""What makes two runs of a command the same run: how it is read, and every file that it may depend on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from paribus.core.errors import StoreError
from paribus.programs import earlier_code
from paribus.programs.command import sources, versions
from paribus.programs.command.template import GIVEN, Template
from paribus.programs.command.written_files import note_written, written
from paribus.records.program import Fields, ProgramInfo
from paribus.runs.store import RunWriter, Store
from paribus.runs.task import How, Task

VERSION = "version"  # the field of two versions of the code
_SHELL = "/bin/sh"
_SHORT = 0.5  # seconds


class MadeFrom:
    """The files of one command, in the folder in which it is run."""

    def __init__(self, info: ProgramInfo, template: Template) -> None:
        self.info, self._template, self._source = info, template, info.source
        self.place = Path(self._source.get("place", "."))

    def identity(self, fields: Fields, how: How) -> str:
        """SHA-256 (hex) over all that may change a run's figures, but for its fields and its seed."""
        return self._identity(how, self.files(fields))

    def _identity(self, how: How, files: earlier_code.Digests) -> str:
        device = how.device if "device" in self._template.names else ""
        parts = [self._source.get(name) for name in ("metrics_from", "patterns", "shell")]
        parts += [*self._source.get("sealed", ())]  # which a run keeps in another place
        parts += [self.info.judging.text, self.info.steering.text] if self.info.at_best else []
        return hashlib.sha256(json.dumps([parts, device, sources.whole(files)]).encode()).hexdigest()

    def files(self, fields: Fields) -> dict[str, str]:
        """All of them, with their digests, less those that runs wrote, as long as they are as these left them.

        Of a version of the code its tree stands for them, under no name.
        """
        found = sources.digests(self.place, self._names(fields))
        if commits := self._source.get("versions"):
            linked = [name for link in self._source.get("links", ()) for name in sources.below(self.place, link)]
            facts = {name: sources.facts_of(self.place / name) for name in linked}
            return {**facts, **found, "": self._tree(commits[fields[VERSION]])}
        return dict(found.items() - written(self.place).items())

    def _tree(self, commit: str) -> str:
        """The digest of all files of a version: git's, where whoever names the version has not said it."""
        known: str | None = self._source.get("trees", {}).get(commit)
        return known or versions.tree_of(Path(self._source.get("code", {}).get("git") or self.place), commit)

    def _names(self, fields: Fields) -> list[str]:
        words = self.words(fields)
        found = [name for path in self._source.get("depends", ()) for name in sources.below(self.place, path)]
        versioned = bool(self._source.get("versions"))
        program = sources.executable(self.place, words[0])
        if program is not None and not (versioned and os.sep in words[0] and not Path(words[0]).is_absolute()):
            found.append(str(program))
        return found if versioned else [*found, *self._beside(sources.listed(self.place), words)]

    def _beside(self, listed: Sequence[str], words: Sequence[str]) -> list[str]:
        """The files of the folder: those that git knows, and those among the words with what they may import."""
        named = [*sources.named(self.place, words)]
        return [*named, *(listed or sources.beside(self.place, named))]

    def words(self, fields: Fields) -> Sequence[str]:
        """The words, for a look at the files among them: what is only known in a run is empty."""
        filled = self._template.filled({**fields, **dict.fromkeys(GIVEN, "")})
        if not self._source.get("shell"):
            return filled
        with contextlib.suppress(ValueError):
            return shlex.split(" ".join(filled)) or [_SHELL]
        return [_SHELL]

    def still(self, task: Task) -> bool:
        """Whether they are what the run was planned with; noted in the store, so that later plans can tell a change.

        Raises StoreError, naming the file, where one was changed since runs of the same plan were begun.
        """
        store = Store(Path(task.store))
        known = earlier_code.remembered(store, task.code_identity)
        if known is None:
            known = self.files(task.fields)
            if self._identity(task.how, known) == task.code_identity:
                earlier_code.remember(store, task.code_identity, known)
        elif changed := earlier_code.changed(known, sources.now(self.place, known)):
            raise StoreError(
                "{files} changed while runs were being made, so that they would not be runs of one and the same: give "
                "the command again. What a command writes itself belongs in {place}, or in what git ignores",
                files=changed[:5],
                place="{folder}",
            )
        return self._identity(task.how, known) == task.code_identity

    def note_written(self, folder: RunWriter, fields: Fields, seconds: float) -> None:
        """After a run, which took so long: files that were not there before it are its own.

        A short one is looked at less closely: a new file in a folder that had none may be missed.
        """
        if self._source.get("versions"):
            return
        names = sources.listed_again(self.place) if seconds < _SHORT else sources.listed(self.place)
        known = earlier_code.remembered(Store(folder.path.parent.parent), folder.record().code_identity)
        if known is not None:
            note_written(self.place, self._beside(names, self.words(fields)), known)
