"""Whose code may run: what the command itself names, and what this user's own commands wrote; else only by `--trust`.

A function, a command, or a recipe's model (`package.module:factory`) is code, and a store, or a file of one, may come
from anybody.
"""

from __future__ import annotations

from pathlib import Path

from paribus.core.errors import ParibusError
from paribus.records.program import Fields, ProgramInfo
from paribus.results import ComparisonResult, Run
from paribus.runs.program import Program
from paribus.runs.registry import code_of
from paribus.runs.store.seal import code_sealed_in


def refuse_code(what: object, trust: bool, program: Program | None = None) -> None:
    """Raise ParibusError where running this would run code that no command of this user's on this machine named.

    A comparison or a run of a store is proven by its seal, and so is a file of fields that lies beside one. What else
    the user gives, a recipe or a file of it elsewhere, is their own command, and so is `program`: what they named.
    """
    if trust:
        return
    if isinstance(what, ComparisonResult):
        name, folder = what.comparison.id, what.folder
        named = [_code(what.comparison.program, arm.fields, program) for arm in what.comparison.arms]
    elif isinstance(what, Run):
        name, folder = what.record.id, what.folder.path
        named = [_code(what.record.program, what.record.fields, program)]
    elif isinstance(what, str | Path) and program is not None and _is_in_store(Path(what)):
        name, folder = str(what), Path(what).absolute().parent
        named = [_code(program.info, program.start(what, {})[0], program)]
    else:
        return
    code = {one for each in named for one in each}
    if code and (foreign := sorted(code - code_sealed_in(folder))):
        raise ParibusError(
            "{name} names {what!q}, which is code: it is run only where a command of yours on this machine "
            "wrote that. Where you trust it: --trust (in Python trust=True)",
            name=name,
            what=foreign[0],
        )


def _code(info: ProgramInfo, fields: Fields, named: Program | None) -> set[str]:
    """The code that a document names and the user did not."""
    return set(code_of(info, fields)) if named is None else set(named.code(fields)) - {named.info.origin}


def _is_in_store(path: Path) -> bool:
    """Whether it is a recipe file of the kind that Paribus writes beside its comparisons and into its runs."""
    beside = (path.absolute().parent / name for name in ("comparison.json", "record.json"))
    return path.suffix == ".toml" and any(document.exists() for document in beside)
