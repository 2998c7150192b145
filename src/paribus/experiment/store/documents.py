"""JSON files as frozen values. Whatever is wrong with one is a StoreError that names the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from paribus.experiment.store.files import read_bytes
from paribus.experiment.store.names import safe_name
from paribus.values.comparison import Comparison
from paribus.values.errors import StoreError
from paribus.values.frozen import Frozen
from paribus.values.map import VerdictMap
from paribus.values.records import RunRecord

Document = TypeVar("Document", bound=Frozen)
Named = TypeVar("Named", RunRecord, Comparison, VerdictMap)

_FAULTS_SHOWN = 3
_KINDS: dict[type[Frozen], str] = {RunRecord: "run", Comparison: "comparison", VerdictMap: "map"}


class _Schema(BaseModel):
    model_config = ConfigDict(strict=True)

    schema_number: int


def to_json(document: Frozen) -> bytes:
    """As JSON, indented for people; NaN and infinities are texts."""
    return document.model_dump_json(indent=1).encode() + b"\n"


def read_document(path: Path, model: type[Document], schema: int, limit: int) -> Document | None:
    """The file as a `model`, or None where there is no file. `schema`: the newest schema number that we know."""
    data = read_bytes(path, limit)
    if data is None:
        return None
    try:
        document = model.model_validate_json(data)
    except ValidationError as error:
        _refuse_newer(path, data, schema)
        raise StoreError(f"{path}: not a valid {_title(model)}: {faults_of(error)}") from None
    if (number := getattr(document, "schema_number", schema)) != schema:
        raise _other_schema(path, number, schema)
    return document


def read_of_folder(
    path: Path, model: type[Named], schema: int, limit: int, missing: str, incoherent: Callable[[Named], str | None]
) -> Named:
    """The document that its folder is named after, checked to be of this folder and to agree with itself.

    `missing`: what it means that there is no such file. `incoherent`: what in a document contradicts the rest of it.
    """
    document = read_document(path, model, schema, limit)
    if document is None:
        raise StoreError(f"{path}: {missing}")
    kind, name = _KINDS[model], path.parent.name
    safe_name(document.id, kind)
    if document.id != name:
        raise StoreError(f"{path}: its {kind} is {document.id}, which the folder's name must be; got {name!a}")
    if fault := incoherent(document):
        raise StoreError(f"{path}: not a valid {_title(model)}: {fault}")
    return document


def _refuse_newer(path: Path, data: bytes, schema: int) -> None:
    try:
        number = _Schema.model_validate_json(data).schema_number
    except ValidationError:
        return
    if number != schema:
        raise _other_schema(path, number, schema) from None


def _other_schema(path: Path, number: int, schema: int) -> StoreError:
    age = "a newer Paribus wrote it: upgrade to read it" if number > schema else "this Paribus cannot read it"
    return StoreError(f"{path}: schema_number must be {schema}; got {number}. Perhaps {age}")


def _title(model: type[Any]) -> str:
    return "run record" if model is RunRecord else _KINDS.get(model, model.__name__)


def faults_of(error: ValidationError) -> str:
    """The first faults, without the values: the file may be of any size and hold anything, control codes too."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    listed = [f"{_place(d['loc'])}{d['msg'].splitlines()[0][:200]}" for d in details[:_FAULTS_SHOWN]]
    more = len(details) - len(listed)
    text = "; ".join(listed) + (f"; and {more} more" if more else "")
    return text.encode("ascii", "backslashreplace").decode()


def _place(location: tuple[int | str, ...]) -> str:
    place = ".".join(str(part) for part in location)[:80]
    return f"{place.encode('unicode_escape').decode()}: " if place else ""
