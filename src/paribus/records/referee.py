"""A loop of edits as its journal has it: what it committed to, its tries, and what each came to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from paribus.core.exit_codes import DISCARD, DONE, OPEN
from paribus.core.frozen import Frozen
from paribus.records.program import Fields, ProgramInfo

Outcome = Literal["keep", "discard", "open"]
KeepIf = Literal["better", "not_worse"]
EXIT_CODES: dict[Outcome, int] = {"keep": DONE, "discard": DISCARD, "open": OPEN}

JOURNAL_SCHEMA = 1


class Version(Frozen):
    """All files of the code at one moment. commit: by which it is checked out; tree: the digest of all files."""

    commit: str
    tree: str


class Guard(Frozen):
    """What must not get worse. what: `memory`, `time` or `cpu`. share: how much more is accepted, 0.05 for 5 %."""

    what: Literal["memory", "time", "cpu"]
    share: float

    @property
    def text(self) -> str:
        """As it is written on the command line."""
        return f"{self.what}+{100 * self.share:g}%"


class Terms(Frozen):
    """What somebody says at a start, and a loop then commits to.

    margin: in the metric's unit, the loss that `not_worse` accepts. budget, budget_per_try: in seconds; None for no
    bound. pairs: the most of one try. ruler: files that no edit may touch. sealed: figures that nobody is to see.
    """

    command: str = ""
    keep_if: KeepIf = "better"
    margin: float = 0.0
    error: float = 0.05
    tries: int | None = None
    pairs: int = 60
    budget: float | None = None
    budget_per_try: float | None = None
    workers: int = 1
    first_seed: int | None = None
    guards: tuple[Guard, ...] = ()
    ruler: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()


class Loop(Terms):
    """What a loop commits to before its first edit, and what its baseline's first runs gave.

    place: where the command is run, from the state's folder. key: what the seeds of tries are drawn from (hex).
    ruler: paths in the repository; data: further ones that the baseline's run was seen to read, None where that could
    not be seen. facts: what stands of the files outside the code, by path; digests: of those that are data, as far as
    they are not too large, by which one that was put back is known again. repeats: whether one seed gave the same
    figures twice; None where that was not tried. seconds: of the first runs.
    """

    kind: Literal["start"] = "start"
    schema_number: int = JOURNAL_SCHEMA
    created: str
    place: str = ""
    key: str
    program: ProgramInfo
    fields: Fields
    baseline: Version
    data: tuple[str, ...] | None = None
    facts: dict[str, str] = Field(default_factory=dict)
    digests: dict[str, str] = Field(default_factory=dict)
    repeats: bool | None = None
    seeds: tuple[int, ...]
    figures: tuple[float | None, ...]
    seconds: tuple[float, ...]


class Begun(Frozen):
    """A try that began. touched: files of the ruler that it changes, where that was allowed.

    facts, digests: what stands of the files outside the code from here on, as of a loop; None where they are as before.
    """

    kind: Literal["try"] = "try"
    number: int
    created: str
    message: str = ""
    candidate: Version
    baseline: Version
    touched: tuple[str, ...] = ()
    facts: dict[str, str] | None = None
    digests: dict[str, str] | None = None


class Pair(Frozen):
    """Both arms with one seed: figures, None of a run that gave none; and what is guarded, candidate over baseline."""

    seed: int
    baseline: float | None
    candidate: float | None
    ratios: dict[str, float | None] = Field(default_factory=dict)


class Ended(Frozen):
    """What a try came to.

    reason: a short id (`referee.words` says each). gain, low, high: how much better the candidate is, in the metric's
    unit, and its 95 % confidence sequence. tested, level: what it spent of the loop's error, see `error.Step`.
    used: pairs that decided. seconds: of its runs, all together; own_seconds: of the referee besides. why: what a run
    that failed said, as a message's JSON. guarded: of each guard, by its text, whether it held; None where that is
    open. files: in which the candidate differs from the baseline. holds: earlier tries that were not kept and whose
    edits are in it nevertheless.
    """

    kind: Literal["end"] = "end"
    number: int
    created: str
    outcome: Outcome
    reason: str
    pairs: tuple[Pair, ...] = ()
    used: int = 0
    tested: bool = False
    level: float | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    guarded: dict[str, bool | None] = Field(default_factory=dict)
    seconds: float = 0.0
    own_seconds: float = 0.0
    why: dict[str, object] | None = None
    tail: str = ""
    files: tuple[str, ...] = ()
    holds: tuple[int, ...] = ()


class Committed(Frozen):
    """A kept try that was committed to the user's branch."""

    kind: Literal["commit"] = "commit"
    number: int
    commit: str


class Told(Frozen):
    """The answer of a try was given out. Until then the same command gives it again."""

    kind: Literal["told"] = "told"
    number: int


class Unsealed(Frozen):
    """The sealed figures were read: the loop has ended."""

    kind: Literal["unseal"] = "unseal"
    created: str


Entry = Annotated[Loop | Begun | Ended | Committed | Told | Unsealed, Field(discriminator="kind")]
