"""Whose code may run: what the command itself names, and what this user's own commands wrote; else only by `--trust`.

A recipe's model may be code (`package.module:factory`), and a store, or a file of one, may come from anybody.
"""

from __future__ import annotations

from pathlib import Path

from paribus.api.recipes import recipe as recipe_for
from paribus.api.results import ComparisonResult, Run
from paribus.experiment.store.seal import code_sealed_in
from paribus.values.errors import ParibusError
from paribus.values.models import is_code
from paribus.values.recipe import recipe_of


def refuse_code(what: object, trust: bool) -> None:
    """Raise ParibusError where running this would run code that no command of this user's on this machine named.

    A comparison or a run of a store is proven by its seal, and so is a recipe file that lies beside one. What else
    the user gives, a recipe or a file of it elsewhere, is their own command.
    """
    if trust:
        return
    if isinstance(what, ComparisonResult):
        name, folder, recipes = what.comparison.id, what.folder, [recipe_of(a.fields) for a in what.comparison.arms]
    elif isinstance(what, Run):
        name, folder, recipes = what.record.id, what.folder.path, [what.recipe]
    elif isinstance(what, str | Path) and _is_in_store(Path(what)):
        name, folder, recipes = str(what), Path(what).absolute().parent, [recipe_for(what)]
    else:
        return
    code = {recipe.model for recipe in recipes if is_code(recipe.model)}
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
