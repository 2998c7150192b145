"""Classes and functions as values of a field: `pb.compare("model", [Model_1, Model_2], program=run)`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from paribus.core.errors import ComparisonError


@dataclass(frozen=True)
class Choosing:
    """A function one of whose parameters takes classes or functions: it is given their names in their place."""

    function: Callable[..., Any]
    parameter: str
    choices: Mapping[str, Any]

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """Call the function with what the name stands for."""
        return self.function(*positional, **{**named, self.parameter: self.choices[named[self.parameter]]})

    @property
    def __signature__(self) -> inspect.Signature:
        """The function's, with the names as the parameter's choices."""
        signature = inspect.signature(self.function, eval_str=True)
        names: Any = Literal[tuple(self.choices)]
        usual = {id(value): name for name, value in self.choices.items()}
        changed = [
            parameter.replace(annotation=names, default=usual.get(id(parameter.default), parameter.empty))
            if parameter.name == self.parameter
            else parameter
            for parameter in signature.parameters.values()
        ]
        return signature.replace(parameters=changed)


def by_name(program: Any, factor: Any, values: Sequence[Any] | None) -> tuple[Any, Sequence[Any] | None]:
    """A function and its values, with classes and functions among these called by their names.

    Anything else comes back as it is. Raises ComparisonError where two have one name.
    """
    if not (callable(program) and isinstance(factor, str) and values and all(callable(value) for value in values)):
        return program, values
    names = [str(getattr(value, "__name__", type(value).__name__)) for value in values]
    if len(set(names)) < len(names):
        raise ComparisonError("values of {factor} need different names", factor=factor, got=", ".join(names))
    return Choosing(program, factor, dict(zip(names, values, strict=True))), names
