"""A loop of edits in Python: candidates are functions, or other values of a function's parameters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from paribus.core.errors import ErrorCollector, ParibusError
from paribus.programs.resolve_program import ProgramOptions, program_named
from paribus.records.program import Fields, Metric
from paribus.records.referee import Begun, Ended, KeepIf, Loop, Terms, Version
from paribus.referee.commands import check
from paribus.referee.journal import Journal, State
from paribus.referee.pairs import BASELINE, CANDIDATE, Arms, ignore
from paribus.referee.starting import baseline_runs, new_loop, started
from paribus.referee.trying import Attempt
from paribus.runs.planning import store_at
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store
from paribus.runs.store.documents import faults_of
from paribus.runs.store.safe_names import slug

Candidate = Callable[..., Any] | Mapping[str, Any]


@dataclass(frozen=True)
class RefereeAnswer:
    """What a try came to. `outcome`: keep, discard or open; `str` says it in words."""

    state: State
    begun: Begun
    ended: Ended

    @property
    def outcome(self) -> str:
        """`keep`, `discard` or `open`."""
        return self.ended.outcome

    @property
    def reason(self) -> str:
        """Why, in a word: `docs/json.md` has them."""
        return self.ended.reason

    @property
    def kept(self) -> bool:
        """Whether the candidate stands from now on."""
        return self.ended.outcome == "keep"

    @property
    def gain(self) -> float | None:
        """How much better the candidate is, in the metric's unit; None where no pair has figures."""
        return self.ended.gain

    @property
    def low(self) -> float | None:
        """The lower end of the gain's 95 % interval; None where so few pairs bound nothing."""
        return self.ended.low

    @property
    def high(self) -> float | None:
        """Its upper end."""
        return self.ended.high

    def to_dict(self) -> dict[str, Any]:
        """The object of docs/json.md, as `paribus referee try --json` prints it."""
        from paribus.referee.json_view import try_json

        return try_json(self.state, self.begun, self.ended)

    def __str__(self) -> str:
        from paribus.referee.words.answers import answer_words

        return answer_words(self.state.loop, self.begun, self.ended, "en")


class Referee:
    """Decides for a loop of edits what is kept: `pb.Referee(train, metric="loss:min").try_({"lr": 0.1})`.

    A program that is run again from its beginning finds what it did: the same tries in the same order have the same
    answers, and what was killed goes on.

    Args:
        train: a function of your own, `seed` and its parameters; what stands at first.
        metric: the figure that is judged, `NAME:min` or `NAME:max`.
        start: values of parameters that are not at their defaults.
        keep_if, margin, error, tries, pairs, budget, budget_per_try: as `paribus referee start` has them; budgets in
            seconds.
        key: the loop's name in the store `out`; the function's name where it is empty.
        options: what else is said of a function (`ProgramOptions`).

    Raises:
        ParibusError: where something of this cannot be, or the first run fails.
    """

    def __init__(
        self,
        train: Callable[..., Any],
        metric: str | Metric,
        *,
        start: Mapping[str, Any] | None = None,
        keep_if: KeepIf = "better",
        margin: float | None = None,
        error: float = 0.05,
        tries: int | None = None,
        pairs: int = 60,
        budget: float | None = None,
        budget_per_try: float | None = None,
        key: str = "",
        out: str | Path | None = None,
        **options: Any,
    ) -> None:
        self._options: ProgramOptions = {"metric": metric, **options}  # type: ignore[typeddict-item]
        errors = ErrorCollector("the loop")
        with errors:
            terms = _terms(
                keep_if=keep_if,
                margin=margin or 0.0,
                error=error,
                tries=tries,
                pairs=pairs,
                budget=budget,
                budget_per_try=budget_per_try,
            )
            check(terms)
        with errors:
            self._standing = self._arm(train, start or {})
        errors.raise_all()
        program, fields = self._standing
        name = slug(key or program.info.name.rpartition(":")[2], 48) or "loop"
        self._journal = Journal(store_at(out) / "referee-python" / name)
        self._asked = 0
        version = _version(program, fields)
        with self._journal.held():
            if self._journal.exists:
                if self._journal.state().loop.baseline != version:
                    raise self._other_way()
                return
            loop = new_loop(self._journal, terms, program.info, fields, version)
            self._start(loop)

    def _start(self, loop: Loop) -> None:
        first = baseline_runs(loop, {BASELINE: self._standing}, Store(self._journal.folder), ignore)
        started(self._journal, loop, first)

    def _arm(self, train: Callable[..., Any], values: Mapping[str, Any]) -> tuple[Program, Fields]:
        program = program_named(train, self._options)
        return program, program.fields(dict(values))

    def _other_way(self) -> ParibusError:
        return ParibusError(
            "{path} has a loop that went another way: give this one another key=, or remove that folder",
            path=self._journal.folder,
        )

    def try_(self, candidate: Candidate, message: str = "") -> RefereeAnswer:
        """Try another function, or other values of the parameters of what stands. What is kept stands from then on.

        Raises ParibusError where the candidate cannot be made a program, or the loop's budget is spent.
        """
        program, fields = self._standing
        tried = self._arm(candidate, {}) if callable(candidate) else (program, program.fields({**fields, **candidate}))
        with self._journal.held():
            state = self._journal.state()
            version, self._asked = _version(*tried), self._asked + 1
            if self._asked <= len(state.ended):
                begun, ended = state.ended[self._asked - 1]
                if begun.candidate != version:
                    raise self._other_way()
            else:
                attempt = Attempt(self._journal, state, version, lambda *_: self._arms(tried), message)
                begun, ended = attempt.run()
                state = attempt.state
        if ended.outcome == "keep":
            self._standing = tried
        return RefereeAnswer(state, begun, ended)

    def _arms(self, tried: tuple[Program, Fields]) -> Arms:
        return {BASELINE: self._standing, CANDIDATE: tried}

    @property
    def answers(self) -> Sequence[RefereeAnswer]:
        """All tries so far."""
        state = self._journal.state()
        return [RefereeAnswer(state, begun, ended) for begun, ended in state.ended]


def _terms(**said: Any) -> Terms:
    try:
        return Terms(**said)
    except ValidationError as error:
        raise ParibusError("the loop: {fault}", fault=faults_of(error)) from None


def _version(program: Program, fields: Fields) -> Version:
    how = program.how([fields], "auto", "auto", "off")
    told = f"{program.info.name}\n{program.identity(fields, how)}\n{fields.digest()}"
    return Version(commit="", tree=hashlib.sha256(told.encode()).hexdigest())
