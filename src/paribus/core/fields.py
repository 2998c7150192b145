"""Field specifications: what a program's setting is, said once. No torch and no recipe here.

A program declares its fields as a pydantic model. What pydantic knows of a field (type, limits, default, description)
stands there in pydantic's own words; what people are told besides stands next to it, as `About` and `OneOf` in the
field's `Annotated`. `specifications` reads both into one `FieldSpec` a field, from which come the form of the page,
`paribus recipes`, the documents, labels in figures, and hints in errors.

Labels and help are English message ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Literal, Protocol, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from paribus.core.errors import BrokenRule
from paribus.core.messages import Message

Kind = Literal["switch", "whole", "number", "text", "list", "choice"]


@dataclass(frozen=True, kw_only=True)
class About:
    """What people are told of a field, beside what pydantic knows of it.

    Args:
        label: what the field is called inside a sentence.
        group: the part of the form that it stands in.
        unit: of its values; empty for a plain number.
        names: values that have a name of their own; of a switch `true` and `false`.
        spellings: other names under which it is accepted.
        written: how its values are written, where kind, limits and choices do not say it.
        used_with: another field and the values of it under which this one does something; None where it always does.
        factor: whether it may be what a comparison changes.
    """

    label: str = ""
    group: str = ""
    unit: str = ""
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    spellings: tuple[str, ...] = ()
    written: str = ""
    used_with: tuple[str, tuple[str, ...]] | None = None
    factor: bool = True


class Labelled(Protocol):
    """A record of a table whose keys are values of a field."""

    @property
    def label(self) -> str:
        """What people call the value."""


class Labels(Mapping[str, str]):
    """The labels of a table of records, by its keys: of whatever the table holds now."""

    def __init__(self, records: Mapping[str, Labelled]) -> None:
        self._records = records

    def __getitem__(self, value: str) -> str:
        return self._records[value].label

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


@dataclass(frozen=True)
class OneOf:
    """A text that must be one of these values, each with its label. Stands in a field's `Annotated`."""

    labels: Mapping[str, str] = field(hash=False)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of the text, checked."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: str) -> str:
        if value not in self.labels:
            raise BrokenRule("{field} must be one of {choices}", choices=tuple(self.labels))
        return value


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """One field of a program.

    Args:
        name: as recipes and commands write it.
        kind: what its values are; a `choice` is one of `choices` and nothing else.
        default: its value where none is given; None where one must be (`required`).
        limits: `at_least`, `above`, `at_most`, `below`, where there are such; numbers in the field's unit.
        choices: values that have names, with their labels; of kinds other than `choice` there are other values too.
        help: what it is for, in a few words.
        about: the rest of what people are told.
    """

    name: str
    kind: Kind
    default: Any = field(default=None, hash=False)
    required: bool = False
    limits: Mapping[str, float] = field(default_factory=dict, hash=False)
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    help: str = ""
    about: About = About()

    @property
    def label(self) -> str:
        """What people call the field: a message id."""
        return self.about.label or self.name

    def meant(self, value: Any) -> Any:
        """The choice whose name or label is written, whatever its capitals: `ReLU` is relu. Else the value itself."""
        if self.kind == "switch" or not isinstance(value, str) or value in self.choices:
            return value
        written = value.casefold()
        return next((name for name, label in self.choices.items() if written in (name, label.casefold())), value)

    def inert(self, values: Mapping[str, Any]) -> Message | None:
        """Why the field does nothing beside these values of the others; None where it does something."""
        if self.about.used_with is None:
            return None
        other, needed = self.about.used_with
        if values[other] in needed:
            return None
        if len(needed) == 1:
            return Message("only {other_field} {value} uses it", other_field=other, value=needed[0])
        return Message(
            "only {other_field} {first} and {second} use it", other_field=other, first=needed[:-1], second=needed[-1]
        )


def specifications(model: type[BaseModel]) -> dict[str, FieldSpec]:
    """The specification of every field of a pydantic model, in its order."""
    return {name: _specification(name, info) for name, info in model.model_fields.items()}


def _specification(name: str, info: FieldInfo) -> FieldSpec:
    about = next((m for m in info.metadata if isinstance(m, About)), About())
    closed = next((m.labels for m in info.metadata if isinstance(m, OneOf)), None)
    kind, words = _kind(info.annotation)
    if closed is None and kind == "choice":
        closed = {word: about.names.get(word, word) for word in words}
    required = info.is_required()
    return FieldSpec(
        name=name,
        kind=kind if closed is None else "choice",
        default=None if required else info.get_default(call_default_factory=True),  # type: ignore[call-arg, unused-ignore]
        required=required,
        limits=_limits(info.metadata),
        choices=about.names if closed is None else closed,
        help=info.description or "",
        about=about,
    )


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    """What values of a type are, and the words among them that the type names itself."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin is Literal:
        return "choice", tuple(str(word) for word in get_args(annotation))
    if origin in (Union, UnionType):  # a number, or a word instead of one
        kinds = [_kind(part)[0] for part in get_args(annotation)]
        return next((kind for kind in kinds if kind != "choice"), "choice"), ()
    if origin in (tuple, list):
        return "list", ()
    plain: dict[Any, Kind] = {bool: "switch", int: "whole", float: "number"}
    return plain.get(annotation, "text"), ()


def _limits(metadata: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for limit in metadata:
        match limit:
            case Ge(least):
                found["at_least"] = least
            case Gt(bound):
                found["above"] = bound
            case Le(most):
                found["at_most"] = most
            case Lt(bound):
                found["below"] = bound
    return found
