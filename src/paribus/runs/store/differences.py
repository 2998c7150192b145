"""In what two runs differ: what `paribus diff` shows."""

from __future__ import annotations

from typing import Any

from paribus.records.run import RunRecord

Differing = dict[str, tuple[Any, Any]]

_VERSIONS = ("paribus", "python", "torch", "numpy", "git_revision", "git_dirty")
_MACHINE = ("platform", "processor", "device", "device_name", "kernel", "threads")


def differences(a: RunRecord, b: RunRecord) -> dict[str, Differing]:
    """`{field: (in a, in b)}` for every field in which two runs differ, by what it is of.

    recipe: what was chosen. identity: the seed, and digests of the data and of the code that trains; the latter of runs
    with equal fields alone, for other fields go through other code. versions: of the software. machine: facts about the
    computer. Runs that differ in nothing should have equal weights.
    """
    fields = a.fields.differences(b.fields)
    identity = ("seed", "data_digest") if fields else ("seed", "data_digest", "code_identity")
    return {
        "recipe": fields,
        "identity": _differing(a, b, identity),
        "versions": _differing(a.environment, b.environment, _VERSIONS),
        "machine": _differing(a.environment, b.environment, _MACHINE),
    }


def _differing(a: object, b: object, fields: tuple[str, ...]) -> Differing:
    pairs = {field: (getattr(a, field), getattr(b, field)) for field in fields}
    return {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
