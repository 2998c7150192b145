"""Whose code may run: what the command itself names, and what this user's own commands wrote; else only by `--trust`.

A recipe's model may be code (`package.module:factory`), and a store, or a file of one, may come from anybody.
"""

from __future__ import annotations

from pathlib import Path

from paribus.core.errors import ParibusError
from paribus.programs.recipe.recipes import recipe as recipe_for
from paribus.results import ComparisonResult, Run
from paribus.runs.registry import code_of, default_program
from paribus.runs.store.seal import code_sealed_in


def refuse_code(what: object, trust: bool) -> None:
    """Raise ParibusError where running this would run code that no command of this user's on this machine named.

    A comparison or a run of a store is proven by its seal, and so is a recipe file that lies beside one. What else
    the user gives, a recipe or a file of it elsewhere, is their own command.
    """
    if trust:
        return
    if isinstance(what, ComparisonResult):
        name, folder, program = what.comparison.id, what.folder, what.comparison.program
        named = [code_of(program, arm.fields) for arm in what.comparison.arms]
    elif isinstance(what, Run):
        name, folder = what.record.id, what.folder.path
        named = [code_of(what.record.program, what.record.fields)]
    elif isinstance(what, str | Path) and _is_in_store(Path(what)):
        name, folder = str(what), Path(what).absolute().parent
        named = [default_program().code(recipe_for(what).as_fields())]
    else:
        return
    code = {one for each in named for one in each}
    if code and (foreign := sorted(code - code_sealed_in(folder))):
        raise ParibusError(
            "{name} names the model {what!q}, which is code: it is run only where a command of yours on this machine "
            "wrote that. Where you trust it: --trust (in Python trust=True)",
            name=name,
            what=foreign[0],
        )


def _is_in_store(path: Path) -> bool:
    """Whether it is a recipe file of the kind that Paribus writes beside its comparisons and into its runs."""
    beside = (path.absolute().parent / name for name in ("comparison.json", "record.json"))
    return path.suffix == ".toml" and any(document.exists() for document in beside)
