"""JSON files as frozen values. Whatever is wrong with one is a StoreError that names the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from paribus.experiment.store.files import read_bytes
from paribus.values.errors import StoreError
from paribus.values.records import Frozen

Document = TypeVar("Document", bound=Frozen)

_FAULTS_SHOWN = 3


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
    return {"RunRecord": "run record", "Comparison": "comparison"}.get(model.__name__, model.__name__)


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
