"""What makes two runs the same run, and the name that says so: fields, seed, data, and what can change the figures.

What that last part is a program says itself (`Program.identities`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paribus.records.program import Fields

if TYPE_CHECKING:
    from paribus.runs.program_protocol import Program
    from paribus.runs.task import How


@dataclass(frozen=True)
class Naming:
    """How the runs with some fields are named. codes: their identity, and former ones that stand for the same bits."""

    name: str
    fields_digest: str
    data_digest: str
    codes: tuple[str, ...]

    def known(self, seed: int, is_there: Callable[[str], bool]) -> tuple[str, str]:
        """The id of the run with this seed that is there and the identity that it has; of a new one, where none is."""
        ids = [run_id(self.name, self.fields_digest, seed, code, self.data_digest) for code in self.codes]
        return next(
            ((found, code) for found, code in zip(ids, self.codes, strict=True) if is_there(found)),
            (ids[0], self.codes[0]),
        )


def naming(program: Program, fields: Fields, how: How) -> Naming:
    """How runs with these fields are named where they are made so."""
    codes = program.identities(fields, how)
    return Naming(program.run_name(fields), program.digest(fields), program.data_digest(fields), codes)


def run_id(name: str, fields_digest: str, seed: int, code: str, data_digest: str) -> str:
    """A name for the run, the same for the same run: `NAME-1a2b3c4d5e-s0`. `name`: how it begins."""
    whole = hashlib.sha256(json.dumps([fields_digest, code, data_digest]).encode()).hexdigest()
    return f"{name}-{whole[:10]}-s{seed}"
