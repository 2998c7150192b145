"""A command as a program: its places are its fields, its files are its identity, what it prints are its figures."""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError, nearest
from paribus.core.field_text import quoted, unquoted
from paribus.core.fields import FieldSpec
from paribus.core.messages import Message, mark
from paribus.programs import metrics as measuring
from paribus.programs.command import check_words, read_files, sources, versions
from paribus.programs.command.command_environment import gpus
from paribus.programs.command.command_identity import VERSION, MadeFrom
from paribus.programs.command.plan_notes import notes
from paribus.programs.command.running import Running
from paribus.programs.command.template import GIVEN, Template
from paribus.records.program import Fields, Metric, ProgramInfo
from paribus.runs.device_choice import DEVICES
from paribus.runs.program_protocol import Outcome, Program
from paribus.runs.store import RunWriter, Store
from paribus.runs.store.safe_names import slug
from paribus.runs.task import How, Task
from paribus.runs.time_limit import TIME_LIMIT, check_time_limit
from paribus.runs.worker_count import usable_cores

if TYPE_CHECKING:
    from paribus.records.design import Design


def command_program(
    words: Sequence[str],
    *,
    metrics: Sequence[Metric],
    steers: str = "",
    metrics_from: str = "",
    patterns: Mapping[str, str] | None = None,
    depends: Sequence[str | Path] = (),
    time_limit: float | None = None,
    unpaired: bool = False,
    at: str = "last",
    shell: bool = False,
    trained: str = "",
    versions_of: Mapping[str, str] | None = None,
    links: Sequence[str] = (),
) -> Program:
    """A command of any language as a program.

    Args:
        words: the command and its arguments, with places: `{seed}`, `{folder}`, `{device}`, and `{FIELD}`.
        metrics: its figures; the first is judged.
        steers: the name of the metric that epochs are chosen by; the judged one where it is empty.
        metrics_from: a file that has the figures, with places; empty where they are printed.
        patterns: regular expressions that find a metric in what is printed, by its name.
        depends: files and folders that the figures depend on besides.
        time_limit: seconds that a run may take.
        unpaired: whether it draws its own luck, and takes no seed.
        at: whether a run's figure is the `last` of its curve or that of the `best` epoch.
        shell: whether the words are one line for a shell.
        trained: when a run counts as trained, like `val_acc>0.2`.
        versions_of: git revisions by the names of arms: the field `version` is then which of them runs.
        links: with versions, paths that git ignores and that they need.

    Raises:
        ParibusError: with everything that is wrong with it at once.
    """
    place, patterns, versions_of = Path.cwd(), dict(patterns or {}), dict(versions_of or {})
    errors = ErrorCollector("the command")
    with errors:
        check_words.check_words(words, metrics_from, unpaired, bool(versions_of))
    with errors:
        check_words.check_patterns(patterns)
    with errors:
        check_words.check_files(place, [*map(str, depends), *links])
    with errors:
        check_time_limit(time_limit)
    commits: dict[str, str] = {}
    with errors:
        commits = check_words.commits_of(place, versions_of)
    with errors:
        if trained:
            measuring.condition(trained)
    source: dict[str, Any] = {
        "words": list(words),
        "place": str(place),
        "metrics_from": metrics_from,
        "patterns": patterns,
        "depends": list(map(str, depends)),
        "unpaired": unpaired,
        "shell": shell,
        "trained": trained,
        "versions": commits,
        "links": list(links),
        TIME_LIMIT: time_limit,
    }
    kept = {name: value for name, value in source.items() if value}
    with errors:
        info = measuring.measured("command", shlex.join(words), metrics, steers, at, kept, "")
    errors.raise_all()
    return CommandProgram(info)


class CommandProgram(Program):
    """A command. Making one runs nothing and looks at no file."""

    first_alone = True

    def __init__(self, info: ProgramInfo) -> None:
        source = info.source
        self.info = info
        self.paired = self.repeat_check = not source.get("unpaired", False)
        self._template = Template(tuple(source.get("words", ())))
        self._file = Template((source.get("metrics_from", ""),))
        self._place = Path(source.get("place", "."))
        self._versions: Mapping[str, str] = source.get("versions", {})
        self._made_from = MadeFrom(info, self._template)
        self.own_factor = (VERSION, tuple(self._versions)) if self._versions else None
        self._wanted = ""  # the commit of the next run, of which a checkout is to be made
        self._ready: dict[str, versions.Ready] = {}

    def threads(self, workers: int) -> int:
        """A run's share of the cores."""
        return max(1, usable_cores() // workers)

    # Fields

    @property
    def specifications(self) -> Mapping[str, FieldSpec]:
        """Every place that is not given, and which version of the code."""
        names = dict.fromkeys((*self._template.fields, *self._file.fields))
        found = {name: FieldSpec(name=name, kind="text", required=True) for name in names}
        if self._versions:
            choices = {name: name for name in self._versions}
            found[VERSION] = FieldSpec(name=VERSION, kind="choice", required=True, choices=choices)
        return found

    def fields(self, values: Mapping[str, Any]) -> Fields:
        """All of them, as text: a command knows nothing else."""
        known, faults = self.specifications, []
        unknown = [name for name in values if name not in known]
        others = Message("the fields are {choices}", choices=tuple(known)) if known else None
        for name in unknown:
            faults.append(Fault("unknown field {name!q}", name=name, hint=nearest(name, known, others)))
        for name in (name for name in known if name not in values):
            rule = mark("{place} has no value: name it as the factor, or with --set {name}=VALUE")
            faults.append(Fault(rule, place=f"{{{name}}}", name=name, hint=nearest(name, [*GIVEN, *unknown])))
        version = values.get(VERSION)
        if self._versions and version is not None and version not in self._versions:
            choices = tuple(self._versions)
            hint = nearest(version, choices)
            faults.append(Fault("{field} must be one of {choices}", version, field=VERSION, choices=choices, hint=hint))
        if faults:
            raise FaultsError("the command", faults)
        return Fields({name: as_text(values[name]) for name in known})

    def _must_be_given(self, field: str) -> bool:
        """Every field, and one that is none: `fields` knows the nearest."""
        return True

    def value(self, field: str, text: str) -> str:
        """A text, whatever it looks like; what stands in quotes, without them."""
        return unquoted(text)

    def word(self, field: str, value: Any) -> str:
        """A text, in quotes where it would be read as several or as another."""
        return quoted(str(value))

    def start_words(self, fields: Fields, free: Collection[str]) -> list[str]:
        """`--set` for each but the version, which naming the command says."""
        return super().start_words(fields, {VERSION, *free})

    def telling(self, fields: Fields) -> Mapping[str, Any]:
        """The command, by what it is judged, and its fields."""
        told = {"metric": self.info.judging.text, **self.telling_runs(fields)}
        return {**told, "commit": self._versions[fields[VERSION]]} if self._versions else told

    def telling_runs(self, fields: Fields) -> Mapping[str, Any]:
        """The command and its fields."""
        return {"command": self._template.words, "fields": dict(fields)}

    def run_name(self, fields: Fields) -> str:
        """After the script, and the values."""
        files = [Path(word).stem for word in self._template.words[1:] if Path(word).suffix and "{" not in word]
        script = files[0] if files else Path(self._template.words[0]).name
        return slug("-".join([script, *fields.values()]), 48) or "command"

    # What makes two runs the same run

    def identity(self, fields: Fields, how: How) -> str:
        """Of how it is read, and of every file that it may depend on."""
        return self._made_from.identity(fields, how)

    def check_code(self, task: Task) -> None:
        """Raise StoreError, naming the file, where one was changed since the plan was made."""
        if not self._made_from.still(task):
            super().check_code(task)

    # Planning

    def how(self, arms: Sequence[Fields], device: str, kernel: str, probes: str) -> How:
        """The device is told to the command; there is no kernel and no probe."""
        if device not in DEVICES:
            raise ParibusError("{field} must be one of {choices}", field="device", choices=DEVICES, got=device)
        chosen = device if device != "auto" else "cuda" if gpus() else "cpu"
        return How(device=chosen, device_name=platform.machine(), probes="off")

    def check(self, design: Design, device: str = "cpu") -> None:
        """Raise ParibusError where the command cannot be started."""
        for arm in design.arms:
            word = self._made_from.words(arm.fields)[0]
            known = self.info.source.get("shell") or (self._versions and os.sep in word)
            if not known and sources.executable(self._place, word) is None:
                raise ParibusError("{name!q} is no command that can be executed here", name=word)

    def notes(self, design: Design, new: Sequence[Task], store: Store) -> tuple[Message, ...]:
        """What to know beforehand: of values, of versions, and which file makes earlier runs be made anew."""
        return notes(design, new, store, self._made_from)

    # Runs

    def run(self, fields: Fields, seed: int, folder: RunWriter, how: How) -> Outcome:
        """Run it; what it leaves beside its own files is noted as written by it."""
        command, begun = Running(self.info, self._template, self._file), time.monotonic()
        try:
            with self._checkout(fields) as (place, temporary):
                looked = read_files.mark(Path(temporary)) if self.info.source.get("reads") else None
                outcome = command.run(fields, seed, folder, how, place, temporary)
                if looked is not None:
                    read_files.note(folder.path, looked, Path(temporary))
                return outcome
        finally:
            self._made_from.note_written(folder, fields, time.monotonic() - begun)

    def get_ready(self, fields: Fields) -> None:
        """The checkout, of a version in a repository of ours."""
        self._wanted = self._versions.get(fields.get(VERSION, ""), "") if "code" in self.info.source else ""

    def let_go(self) -> None:
        """Remove checkouts that were made in vain."""
        self._wanted = ""
        while self._ready:
            self._ready.popitem()[1].remove()

    @contextlib.contextmanager
    def _checkout(self, fields: Fields) -> Iterator[tuple[Path, str]]:
        if not self._versions:
            yield self._place, ""
            return
        commit, links = self._versions[fields[VERSION]], self.info.source.get("links", ())
        code = self.info.source.get("code", {})
        ready = self._ready.pop(commit, None)
        with versions.checked_out(self._place, commit, links, code, ready) as (place, temporary):
            if (wanted := self._wanted) and wanted not in self._ready:
                self._wanted, self._ready[wanted] = "", versions.Ready(Path(code["git"]), wanted)
            yield place, str(temporary)

    def trained(self, figures: Mapping[str, float]) -> bool | None:
        """As the user said."""
        return measuring.trained(self.info, figures)


def as_text(value: Any) -> str:
    """A value as a word of a command."""
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def program(info: ProgramInfo) -> Program:
    """The factory that the registry calls."""
    return CommandProgram(info)
