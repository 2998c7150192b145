"""What can go wrong, said so that the user can mend it.

Every error that a user can cause is a `ParibusError`: the CLI prints its message and exits with 2, without a
traceback. A message states the rule, the value received and the valid choices; faults are reported together.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass


class ParibusError(Exception):
    """A user's mistake, or a circumstance the user can mend. The message is complete in itself."""

    exit_code = 2  # of the command line


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `rule` is a sentence, `got` the offending value (None where there is none).

    `meant`: the valid value that is nearest to it, where one is near.
    """

    rule: str
    got: object = None
    has_value: bool = True
    meant: str = ""

    def __str__(self) -> str:
        said = f"{self.rule}; got {shown(self.got)}" if self.has_value else self.rule
        return f"{said}; did you mean {self.meant}?" if self.meant else said


class FaultsError(ParibusError):
    """Several faults of one thing, all reported at once."""

    def __init__(self, subject: str, faults: Iterable[Fault]) -> None:
        self.subject = subject
        self.faults = tuple(faults)
        super().__init__(subject, self.faults)

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return f"{self.subject}: {self.faults[0]}"
        return f"{self.subject} has {len(self.faults)} faults:\n" + "\n".join(f"  - {f}" for f in self.faults)


class Gathering:
    """Gathers what several checks find wrong, so that a user hears all of it at once.

    `with gathering: check(...)` for each of them, then `settle()`, which raises what was found, if anything was.
    """

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._found: list[ParibusError] = []

    def __enter__(self) -> None:
        """A check begins."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        """Keep what it raised, if that is a user's mistake."""
        if not isinstance(error, ParibusError):
            return False
        self._found.append(error)
        return True

    def settle(self) -> None:
        """Raise the one error there is as it is, or all faults of several as one FaultsError."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            said = {str(fault): fault for error in self._found for fault in _faults_of(error)}
            raise FaultsError(self._subject, said.values())


def _faults_of(error: ParibusError) -> tuple[Fault, ...]:
    return error.faults if isinstance(error, FaultsError) else (Fault(str(error), has_value=False),)


class RecipeError(FaultsError):
    """A recipe that cannot be built."""


class ComparisonError(ParibusError):
    """A comparison that would not be fair, or cannot be planned."""


class DataError(ParibusError):
    """A data set that is missing, damaged or not what it claims to be. Names the file."""


class StoreError(ParibusError):
    """A store, run or comparison on disk that cannot be read or written. Names the file."""


def shown(value: object) -> str:
    """A value as a user would write it: TOML-like, cut to one short line."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def nearest(name: str, choices: Iterable[str]) -> str:
    """`; did you mean X?` for the closest choice, or nothing where none is close."""
    close = closest(name, choices)
    return f"; did you mean {close}?" if close else ""


def closest(name: str, choices: Iterable[str]) -> str:
    """The choice that is spelled most like `name`; empty where none is close."""
    return next(iter(difflib.get_close_matches(name, list(choices), n=1, cutoff=0.6)), "")
