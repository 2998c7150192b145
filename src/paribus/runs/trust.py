"""Whose code may run: what the command itself names, and what this user's own commands wrote; else only by `--trust`.

A function, a command, or a recipe's model (`package.module:factory`) is code, and a store, or a file of one, may come
from anybody.
"""

from __future__ import annotations

from pathlib import Path

from paribus.core.errors import ParibusError
from paribus.records.program import Fields
from paribus.results import ComparisonResult, Run
from paribus.runs.base_fields import start_values
from paribus.runs.program_protocol import Program
from paribus.runs.registry import code_of
from paribus.runs.store.authorship import code_sealed_in


def refuse_code(what: object, trust: bool, program: Program | None = None) -> None:
    """Raise ParibusError where running this would run code that no command of this user's on this machine named.

    A comparison or a run of a store is proven by its seal, and so is a file of fields that lies beside one. What else
    the user gives, a recipe or a file of it elsewhere, is their own command, and so is `program`: what they named.
    """
    if trust:
        return
    if isinstance(what, ComparisonResult):
        info, name, folder = what.comparison.program, what.comparison.id, what.folder
        arms = [arm.fields for arm in what.comparison.arms]
    elif isinstance(what, Run):
        info, name, folder, arms = what.record.program, what.record.id, what.folder.path, [what.record.fields]
    elif isinstance(what, str | Path) and program is not None and _is_in_store(Path(what)):
        info, name, folder = program.info, str(what), Path(what).absolute().parent
        arms = [Fields(start_values(what, "")[0])]  # as it stands there: to check it may be to load code
    else:
        return
    code = {one for fields in arms for one in (code_of(info, fields) if program is None else program.code(fields))}
    if program is not None:
        code -= {program.info.origin, *program.code(Fields())}
    if code and (foreign := sorted(code - code_sealed_in(folder))):
        raise ParibusError(
            "{name} names {what!q}, which is code: it is run only where a command of yours on this machine "
            "wrote that. Where you trust it: --trust (in Python trust=True)",
            name=name,
            what=info.name if foreign[0] == info.origin else foreign[0],
        )


def _is_in_store(path: Path) -> bool:
    """Whether it is a recipe file of the kind that Paribus writes beside its comparisons and into its runs."""
    beside = (path.absolute().parent / name for name in ("comparison.json", "record.json"))
    return path.suffix == ".toml" and any(document.exists() for document in beside)
