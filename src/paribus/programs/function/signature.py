"""A function's signature as the fields of a program: a pydantic model made of its keyword parameters."""

from __future__ import annotations

import inspect
import json
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Optional, Union, get_args, get_origin

from annotated_types import Unit
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic_core import to_jsonable_python

from paribus.core.errors import Fault, FaultsError
from paribus.core.field_faults import faults_of
from paribus.core.fields import About, FieldSpec, specifications
from paribus.core.messages import Message
from paribus.records.program import Fields, settled

SEED, STATE = "seed", "state"  # parameters that are no fields
NOTHING = "none"  # how a command line says None
_NOTHING = (NOTHING, "None", "null")
_NO_FIELD = (PydanticUserError, TypeError, NameError, ValueError)  # of types that pydantic cannot check
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class Signature:
    """What a function takes. seed, state: whether it takes these. model: of its fields.

    kept: parameters that are no fields, since their defaults are no plain values (a class, a device, infinity).
    """

    seed: bool
    state: bool
    seed_by_position: bool
    kept: tuple[str, ...]
    model: type[BaseModel]

    @cached_property
    def specifications(self) -> dict[str, FieldSpec]:
        """What each field is."""
        return {name: self._settled(spec) for name, spec in specifications(self.model).items()}

    def is_text(self, name: str) -> bool:
        """Whether values of a field are texts and nothing else, but for nothing at all."""
        spec = self.specifications.get(name)
        return (
            spec is not None
            and spec.kind in ("text", "choice")
            and _takes_texts(self.model.model_fields[name].annotation)
        )

    def _settled(self, spec: FieldSpec) -> FieldSpec:
        members = self.model.model_fields[spec.name].annotation
        if isinstance(members, type) and issubclass(members, Enum):
            spec = replace(spec, kind="choice", choices={str(member.value): member.name for member in members})
        return replace(spec, default=settled(spec.default))

    def fields(self, values: Mapping[str, Any]) -> Fields:
        """All fields as plain values, checked. Raises FaultsError with all faults at once."""
        return Fields(self._checked(values).model_dump(mode="json"))

    def arguments(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as the function takes them: a path is a Path, a member of an Enum is itself."""
        checked = self._checked(fields)
        return {name: getattr(checked, name) for name in self.model.model_fields}

    def _checked(self, values: Mapping[str, Any]) -> BaseModel:
        plain = {name: self._plain(name, value) for name, value in values.items()}
        faults = [
            Fault("{field} keeps its default, which is no plain value: give it another, and it is a field", field=name)
            for name in plain
            if name in self.kept
        ]
        known = {name: spec.default for name, spec in self.specifications.items() if not spec.required}
        known |= {name: value for name, value in plain.items() if name not in self.kept}
        try:  # as JSON, in which a tuple is a list, and a path a text
            checked = self.model.model_validate_json(json.dumps(known), strict=True)
        except ValidationError as error:
            faults += faults_of(error, self.specifications)
        if faults:
            raise FaultsError("the function", faults)
        return checked

    def _plain(self, name: str, value: Any) -> Any:
        """A value as JSON has it; what a command line calls nothing is None where the field may be that."""
        if isinstance(value, str) and value in _NOTHING and name in self.model.model_fields:
            annotation = self.model.model_fields[name].annotation
            return None if _may_be_none(annotation) else value
        try:
            item = value.item() if hasattr(value, "item") and not getattr(value, "shape", ()) else value
            return to_jsonable_python(item)
        except Exception:
            return repr(value)  # what it is, for the message that refuses it


def signature_of(function: Callable[..., Any], name: str) -> Signature:
    """The fields of a function. Raises FaultsError with everything about its parameters that cannot be used."""
    try:
        parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise FaultsError("{name}", [Fault("its signature cannot be read: {fault}", fault=said)], name=name) from None
    return signature_from(parameters, name)


def signature_from(parameters: Sequence[inspect.Parameter], name: str) -> Signature:
    """The fields that these parameters are. Raises FaultsError with everything about them that cannot be used."""
    faults: list[Fault] = []
    fields: dict[str, Any] = {}
    kept = []
    for parameter in parameters:
        if parameter.name in (SEED, STATE) or parameter.kind is parameter.VAR_KEYWORD:
            continue
        if parameter.kind not in _NAMED:
            told = "*" * (parameter.kind is parameter.VAR_POSITIONAL) + parameter.name
            faults.append(Fault("{parameter}: only parameters that are given by name can be fields", parameter=told))
        elif parameter.default is not parameter.empty and not _is_plain(parameter.default):
            kept.append(parameter.name)
        elif parameter.name.startswith("_"):
            faults.append(Fault("{parameter}: the name of a field must not begin with _", parameter=parameter.name))
        else:
            fields[parameter.name] = _field(parameter)
    names = {parameter.name: parameter for parameter in parameters}
    seed = names.get(SEED)
    by_position = seed is not None and seed.kind is seed.POSITIONAL_ONLY
    try:
        model = _model(fields)
    except _NO_FIELD:
        for unusable, fault in _unusable(fields).items():
            if fields.pop(unusable)[1] is ...:
                faults.append(fault)
            else:  # whatever that is, its default is what the function is called with
                kept.append(unusable)
        model = _model(fields)
    if faults:
        raise FaultsError("{name}", faults, name=name)
    return Signature(seed is not None, STATE in names, by_position, tuple(kept), model)


def _model(fields: Mapping[str, Any]) -> type[BaseModel]:
    config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), allow_inf_nan=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a field may be called `copy` or `json`
        return create_model("Fields", __config__=config, **fields)


def _unusable(fields: Mapping[str, Any]) -> dict[str, Fault]:
    """Parameters whose types no field can have."""
    found = {}
    for name, definition in fields.items():
        try:
            _model({name: definition})
        except _NO_FIELD as error:
            said = str(error).splitlines()[0]
            found[name] = Fault("{parameter} cannot be a field: {fault}", parameter=name, fault=said)
    return found


def _field(parameter: inspect.Parameter) -> tuple[Any, Any]:
    """Type and default, as pydantic takes them; where no type is given, that of the default."""
    required, default = parameter.default is parameter.empty, parameter.default
    annotation = parameter.annotation
    if annotation is parameter.empty:
        annotation = Any if required or default is None or isinstance(default, list | tuple) else type(default)
    elif not required and default is None and not _may_be_none(annotation):
        annotation = Optional[annotation]  # noqa: UP045 - it may be any expression
    return _with_unit(annotation), ... if required else to_jsonable_python(default)


def _with_unit(annotation: Any) -> Any:
    """Its unit where people are told of it."""
    if get_origin(annotation) is not Annotated:
        return annotation
    of, *told = get_args(annotation)
    units = [one.unit for one in told if isinstance(one, Unit)]
    return Annotated[(of, *told, About(unit=units[0]))] if units else annotation


def _may_be_none(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _may_be_none(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return any(_may_be_none(part) for part in get_args(annotation))
    return annotation in (None, NoneType, Any) or (get_origin(annotation) is Literal and None in get_args(annotation))


def _takes_texts(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _takes_texts(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return all(part is NoneType or _takes_texts(part) for part in get_args(annotation))
    if get_origin(annotation) is Literal:
        return all(isinstance(part, str | None) for part in get_args(annotation))
    return isinstance(annotation, type) and issubclass(annotation, str | Path | Enum)


def _is_plain(value: Any) -> bool:
    """Whether it can be a field's value: a number, a text, nothing, a list of such, or what is written as a text."""
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, float) and not isinstance(value, Enum):
        return math.isfinite(value)
    return (
        value is None
        or isinstance(value, bool | int | str | Path)
        or (isinstance(value, Enum) and isinstance(value.value, int | str))
    )


def seedless(name: str) -> Message:
    """Why a function without a seed is refused."""
    return Message(
        "{name} takes no seed, so runs with one seed have nothing in common: give it a parameter called seed, or say "
        "--unpaired (in Python unpaired=True) if it draws its own luck",
        name=name,
    )
