"""What the referee's commands do, for the command line and for whoever else calls them."""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.core.assignment import assigned
from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError, StoreError
from paribus.programs.resolve_program import ProgramOptions, program_named
from paribus.records.program import Fields, ProgramInfo
from paribus.records.referee import Begun, Committed, Ended, Terms, Told, Unsealed, Version
from paribus.referee import protected_files
from paribus.referee.journal import Journal, Outside, State
from paribus.referee.leftover_edits import Meanwhile, held_in
from paribus.referee.pairs import Arms, Listener, ignore
from paribus.referee.previous_loop import put_aside
from paribus.referee.starting import command_arms, facts_of, new_loop, start_command
from paribus.referee.trying import Attempt, load_rule
from paribus.referee.worktrees import Trees
from paribus.runs.environment import describe
from paribus.runs.single_run import now

if TYPE_CHECKING:
    from paribus.referee.audit import Line


@dataclass(frozen=True)
class Said:
    """What somebody says at a start. new: whether a loop that is there is put aside."""

    words: Sequence[str]
    program: ProgramOptions
    terms: Terms
    settings: Sequence[str] = ()
    new: bool = False


def start_loop(journal: Journal, said: Said, listener: Listener = ignore) -> State:
    """Commit to everything, and run the baseline. Raises ParibusError with all that is wrong at once."""
    if not said.words:
        raise ParibusError("a command follows --: {example}", example="paribus referee start ... -- python train.py")
    terms, errors = said.terms, ErrorCollector("the command")
    with errors:
        program = program_named(list(said.words), said.program)
        fields = _fields(said.settings, program.specifications)
        if missing := [name for name in program.specifications if name not in fields]:
            program.fields(fields)  # which says what is missing
            raise ParibusError("{place} has no value", place=missing[0])
    with errors:
        check(terms)
    errors.raise_all()
    place = Path.cwd()
    trees = Trees(journal.folder, place)
    with errors:
        terms = terms.model_copy(update={"ruler": protected_files.named(place.resolve(), trees.top, terms.ruler)})
    with errors:
        info = _sealing(program.info, terms.sealed)
    errors.raise_all()
    with put_aside(journal, said.new and not _this_start(journal, trees, terms)), journal.held():
        there = journal.state() if journal.exists else None
        trees.make()
        baseline = trees.working()
        if there is not None:
            if _same_start(there, terms, baseline):
                return there
            raise ParibusError(
                "a loop was started here already, in {path}: go on with it, or put it aside with --new",
                path=journal.folder,
            )
        beside = os.path.relpath(place.resolve(), journal.folder.resolve())
        loop = new_loop(journal, terms, info, fields, baseline, beside)
        return start_command(journal, loop, trees, listener)


def _this_start(journal: Journal, trees: Trees, terms: Terms) -> bool:
    """Whether this very command began the loop that is there: then another one is not put in its place."""
    with contextlib.suppress(ParibusError):  # a loop that cannot be read is put aside too
        if journal.exists and journal.state().loop.command == terms.command:
            trees.make()
            return _same_start(journal.state(), terms, trees.working())
    return False


def _same_start(there: State, terms: Terms, baseline: Version) -> bool:
    """Whether this very command began the loop, and nothing was tried: it may have been killed before it said so."""
    same = (there.loop.command, there.loop.baseline) == (terms.command, baseline)
    return same and bool(terms.command) and not there.tries


MOST = 1000  # pairs of a try: the chance of every sum of so many signs is counted


def check(terms: Terms) -> None:
    """Raise FaultsError for what no loop can be started with."""
    faults = []
    if not 0 < terms.error < 1:
        faults.append(Fault("{field} must be between 0 and 1", terms.error, field="error"))
    tries = 1 if terms.tries is None else terms.tries
    for name, value in (("tries", tries), ("pairs", terms.pairs), ("workers", terms.workers)):
        if value < 1:
            faults.append(Fault("{field} must be at least {limit}", value, field=name, limit=1))
    if terms.pairs > MOST:
        faults.append(Fault("{field} must be at most {limit}", terms.pairs, field="pairs", limit=MOST))
    if terms.first_seed is not None and terms.first_seed < 0:
        faults.append(Fault("{field} must be at least {limit}", terms.first_seed, field="first_seed", limit=0))
    if terms.keep_if == "not_worse" and not 0 < terms.margin < math.inf:
        faults.append(Fault("--keep-if not-worse needs the loss that is accepted: --margin SIZE"))
    if terms.keep_if == "better" and terms.margin:
        faults.append(Fault("--margin is the loss that --keep-if not-worse accepts"))
    if faults:
        raise FaultsError("the loop", faults)


def _fields(settings: Sequence[str], known: Any) -> Fields:
    found = {}
    for word in settings:
        name, values = assigned(word)
        found[name] = ",".join(values)
    return Fields(found)


def _sealing(info: ProgramInfo, sealed: Sequence[str]) -> ProgramInfo:
    """The program with what is measured of every run, and with what nobody is to see of it."""
    names = [metric.name for metric in info.metrics]
    if open_ := [name for name in sealed if name in names]:
        raise ParibusError("{name} is judged, and cannot be sealed", name=open_[0])
    more = {"measured": True} | ({"sealed": list(sealed)} if sealed else {})
    return info.model_copy(update={"source": {**info.source, **more}})


@dataclass(frozen=True)
class Done:
    """A try that has ended. state: as it was when it ended. commit: of the user's branch; empty where none was made.

    again: it was kept before, and is what stands: nothing was run for this answer.
    """

    state: State
    begun: Begun
    ended: Ended
    commit: str = ""
    again: bool = False


def try_candidate(
    journal: Journal,
    message: str = "",
    candidate: str | None = None,
    *,
    commit: bool = False,
    allow_ruler: bool = False,
    listener: Listener = ignore,
    tell: Callable[[Done], None] = lambda done: None,
    meanwhile: Callable[[], object] = load_rule,
    clock: float | None = None,
) -> Done:
    """Try the working tree, or a revision. Raises ParibusError, with nothing run, where that is a user's mistake.

    tell: hands the answer out. As long as it has not, the same command with the same files gives the same answer.
    """
    if commit and candidate is not None:
        raise ParibusError("--commit is of the working tree; {name} is a revision already", name=candidate)
    if not journal.folder.is_dir():
        journal.state()  # which says that there is none
    with journal.held():
        state = journal.state()
        _check_open(state)
        threading.Thread(target=describe, args=("cpu", "", "", 1)).start()  # what it finds is kept: git takes as long
        trees = Trees(journal.folder, journal.folder / state.loop.place)
        trees.make()
        if commit:
            trees.check_committer()
        version = trees.working() if candidate is None else trees.revision(candidate)
        if (done := _not_told(state, version) or _kept_already(state, version)) is None:
            done = _tried(journal, state, trees, version, message, allow_ruler, listener, meanwhile, clock)
        trees.keep(f"try-{done.begun.number}", version)
        if commit and done.ended.outcome == "keep" and not done.commit:
            done = replace(done, commit=_commit(journal, trees, done.begun))
        tell(done)
        if done.again:
            return done
        with contextlib.suppress(StoreError):  # then the same command gives the same answer again
            journal.add(Told(number=done.begun.number))
        return done


def _not_told(state: State, version: Version) -> Done | None:
    """The last try, where it is of these files, has ended, and was stopped before it said so."""
    last = state.tries[-1] if state.tries else None
    if last is None or last.ended is None or last.told or last.begun.candidate != version:
        return None
    return Done(state, last.begun, last.ended, last.commit)


def _kept_already(state: State, version: Version) -> Done | None:
    """The try that was kept and is what stands, where these are its files: its answer may have been lost."""
    if not state.kept or version != state.baseline:
        return None
    begun, ended = state.kept[-1]
    commit = next(one.commit for one in state.tries if one.begun.number == begun.number)
    return Done(state, begun, ended, commit, again=True)


def _tried(
    journal: Journal,
    state: State,
    trees: Trees,
    version: Version,
    message: str,
    allow_ruler: bool,
    listener: Listener,
    meanwhile: Callable[[], object],
    clock: float | None,
) -> Done:
    loop = state.loop
    differing = trees.differing(state.baseline, version) if loop.ruler or loop.data else []
    facts, before = facts_of(loop, trees), state.outside
    outside = protected_files.changed_outside(trees.place, before, facts)
    if not allow_ruler:
        protected_files.refuse_touched(loop, differing)
        protected_files.refuse_changed(outside)

    def arms(baseline: Version, tried: Version) -> Arms:
        return command_arms(loop, trees, baseline, tried)

    touched = (*protected_files.touched(loop, differing), *outside)
    now_outside = None
    if outside:
        same = {name: digest for name, digest in before.digests.items() if name not in outside}
        now_outside = Outside(facts, protected_files.digests_of(trees.place, facts, same))
    held = Meanwhile(lambda: held_in(trees, state, version))
    attempt = Attempt(
        journal,
        state,
        version,
        arms,
        message,
        touched,
        now_outside,
        listener,
        meanwhile,
        held,
        clock or time.perf_counter(),
    )
    begun, ended = attempt.run()
    return Done(attempt.state, begun, ended)


def _commit(journal: Journal, trees: Trees, begun: Begun) -> str:
    """Commit what was kept, as long as the working tree still has it."""
    if trees.working() != begun.candidate:
        raise ParibusError(
            "the edit is kept, but the working tree was changed while it was tried, so it was not committed; the kept "
            "files are {commit} in {path}",
            commit=f"try-{begun.number}",
            path=trees.git,
        )
    made = trees.commit(
        trees.differing(begun.baseline, begun.candidate), begun.message or f"referee: try {begun.number}"
    )
    journal.add(Committed(number=begun.number, commit=made))
    return made


def report_on(
    journal: Journal, *, audit_too: bool, unseal: bool, listener: Listener = ignore
) -> tuple[State, list[Line] | None]:
    """The loop as it stands; with its audit where that is asked for. unseal: ends it, and needs the audit's runs."""
    if not (audit_too or unseal):
        return journal.state(), None
    from paribus.referee.audit import audit

    with journal.held():
        state = journal.state()
        if unseal and not state.loop.sealed:
            raise ParibusError("nothing is sealed in this loop: name it at the start, with --sealed NAME")
        trees = Trees(journal.folder, journal.folder / state.loop.place)
        trees.make()
        found = audit(journal, state, trees, unseal, listener)
        if unseal and not state.unsealed:
            journal.add(Unsealed(created=now()))
        return state, found


def _check_open(state: State) -> None:
    if state.unsealed:
        raise ParibusError("the sealed figures of this loop were read, which ended it: start another, with --new")
