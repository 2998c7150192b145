"""What can go wrong, said so that the user can mend it.

Every error that a user can cause is a `ParibusError`: the CLI prints its message and exits with 2, without a
traceback. It holds no text but a message id with values, which is said in any language; `str` is its English. A
message states the rule, the value received and the valid choices; faults of one thing are reported together:

    raise StoreError("{path}: cannot be read: {reason}", path=path, reason=reason)
    raise ParibusError("kind must be one of {choices}", choices=KINDS, got=kind, hint=nearest(kind, KINDS))
"""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paribus.core.exit_codes import MISTAKE
from paribus.core.messages import Message, Value
from paribus.core.messages import shown as shown


@dataclass(frozen=True, init=False)
class Fault:
    """One thing that is wrong.

    `rule`: what should be so. `got`: the offending value; `...` where there is none. `hint`: what may be meant, or
    what else there is to say.
    """

    rule: Message
    got: object = ...
    hint: Message | None = None

    def __init__(
        self, rule: str | Message, /, got: object = ..., *, hint: Message | None = None, **values: Value
    ) -> None:
        object.__setattr__(self, "rule", Message(rule, **values) if isinstance(rule, str) else rule)
        object.__setattr__(self, "got", got)
        object.__setattr__(self, "hint", hint)

    @property
    def has_value(self) -> bool:
        """Whether there is an offending value."""
        return self.got is not ...

    @property
    def field(self) -> str | None:
        """The field that it is about, if it is about one."""
        named = self.rule.values.get("field")
        return named if isinstance(named, str) else None

    @property
    def choices(self) -> Sequence[str]:
        """The valid values, where they can be listed."""
        listed: Sequence[str] = self.rule.values.get("choices", ())
        return listed

    @property
    def message(self) -> Message:
        """All of it in one sentence."""
        said = self.rule
        if self.has_value:
            # As text already: a value may be anything, and a message is written down.
            said = Message("{rule}; got {value}", rule=said, value=shown(self.got))
        return said if self.hint is None else Message("{rule}; {hint}", rule=said, hint=self.hint)

    def __str__(self) -> str:
        return str(self.message)


class ParibusError(Exception):
    """A user's mistake, or a circumstance the user can mend. The message is complete in itself."""

    exit_code = MISTAKE  # of the command line
    message: Message
    faults: tuple[Fault, ...]

    def __init__(
        self, rule: str | Message, /, *, got: object = ..., hint: Message | None = None, **values: Value
    ) -> None:
        self.faults = (Fault(rule, got, hint=hint, **values),)
        self.message = self.faults[0].message
        super().__init__(rule)

    def __str__(self) -> str:
        return str(self.message)


class FaultsError(ParibusError):
    """Several faults of one thing, all reported at once."""

    def __init__(self, subject: str | Message, faults: Iterable[Fault], /, **values: Value) -> None:
        self.subject = Message(subject, **values) if isinstance(subject, str) else subject
        self.faults = tuple(faults)
        listed = [fault.message for fault in self.faults]
        if len(listed) == 1:
            self.message = Message("{subject}: {fault}", subject=self.subject, fault=listed[0])
        else:
            self.message = Message(
                "{subject} has {n} faults:\n{faults:lines}", subject=self.subject, n=len(listed), faults=listed
            )
        Exception.__init__(self, subject, self.faults)  # by which it is pickled


class BrokenRule(ValueError):
    """What a field's own check says. `{field}` is filled in by who knows which field it was."""

    def __init__(self, rule: str, /, **values: Value) -> None:
        self.rule = Message(rule, **values)
        super().__init__(rule)


class ErrorCollector:
    """Collects what several checks find wrong, so that a user hears all of it at once.

    `with errors: check(...)` for each of them, then `raise_all()`, which raises what was found, if anything was.
    """

    def __init__(self, subject: str | Message, /, **values: Value) -> None:
        self._subject = Message(subject, **values) if isinstance(subject, str) else subject
        self._found: list[ParibusError] = []

    def __enter__(self) -> None:
        """A check begins."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        """Keep what it raised, if that is a user's mistake."""
        if not isinstance(error, ParibusError):
            return False
        self._found.append(error)
        return True

    def raise_all(self) -> None:
        """Raise the one error there is as it is, or all faults of several as one FaultsError."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            said: dict[str, Fault] = {}
            for fault in (fault for error in self._found for fault in error.faults):
                said.setdefault(str(Fault(fault.rule, fault.got)), fault)  # once, whatever hints it comes with
            raise FaultsError(self._subject, said.values())


class RecipeError(FaultsError):
    """A recipe that cannot be built."""


class ComparisonError(ParibusError):
    """A comparison that would not be fair, or cannot be planned."""


class DataError(ParibusError):
    """A data set that is missing, damaged or not what it claims to be. Names the file."""


class StoreError(ParibusError):
    """A store, run or comparison on disk that cannot be read or written. Names the file."""


def nearest(name: object, choices: Iterable[str], otherwise: Message | None = None) -> Message | None:
    """The hint `did you mean X?` for the closest choice; `otherwise` where none is close."""
    close = closest(name, choices)
    return did_you_mean(close) if close else otherwise


def did_you_mean(name: str) -> Message:
    """The hint for a name that is meant."""
    return Message("did you mean {nearest}?", nearest=name)


def closest(name: object, choices: Iterable[str]) -> str:
    """The choice that is spelled most like `name`; empty where none is close."""
    return (
        next(iter(difflib.get_close_matches(name, list(choices), n=1, cutoff=0.6)), "") if isinstance(name, str) else ""
    )


_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE, errno.ENFILE)


def refused_by_system(error: BaseException, of: Value = None) -> ParibusError | None:
    """What to tell where the system refused a file, in whatever call; None of every other error.

    of: the file, where the error does not name it, as those of a descriptor do not.
    """
    if not isinstance(error, OSError) or (error.filename is None and error.errno not in (*_DISK, errno.ENOENT)):
        return None
    path = of if error.filename is None else os.fsdecode(error.filename)
    if path is None:
        return ParibusError(reason_of(error))
    return ParibusError("{path}: {fault}", path=path, fault=reason_of(error))


def reason_of(error: BaseException) -> Message:
    """What the operating system says is wrong, to be translated where it is known; else the error's own text."""
    said = error.strerror if isinstance(error, OSError) else None
    return Message(said or str(error))
