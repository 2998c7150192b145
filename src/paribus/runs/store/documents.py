"""JSON files as frozen values. Whatever is wrong with one is a StoreError that names the file.

A document's last field is `digest`, SHA-256 (hex) of all others: one that was changed since it was written is refused.
Those of schema 1 have none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from paribus.core.errors import RecipeError, StoreError
from paribus.core.frozen import Document
from paribus.core.messages import Message, mark
from paribus.runs.store.digests import changed, digest_of
from paribus.runs.store.files import check_size, read_bytes, write_whole
from paribus.runs.store.migrations import Json, migrated, newest
from paribus.runs.store.safe_names import safe_name

if TYPE_CHECKING:  # each is loaded by what reads it
    from paribus.records.comparison import Comparison
    from paribus.records.map import VerdictMap
    from paribus.records.run import RunRecord

DocumentT = TypeVar("DocumentT", bound=Document)
Named = TypeVar("Named", "RunRecord", "Comparison", "VerdictMap")

DIGESTS_SINCE = 2  # the schema number from which on every document has a digest
_FAULTS_SHOWN = 3
_OBJECT = TypeAdapter(Json)


def to_json(document: Document) -> bytes:
    """As JSON, indented for people; NaN and infinities are texts."""
    text = document.model_dump_json(indent=1)
    head, digest = text.removesuffix("\n}"), digest_of(from_json(text))
    return f'{head},\n "digest": "{digest}"\n}}\n'.encode()


def write_document(
    path: Path, document: Document, limit: int, write: Callable[[Path, bytes], None] = write_whole
) -> None:
    """In one step; nothing that `read_document` would refuse. Raises StoreError."""
    data = to_json(document)
    check_size(path, len(data), limit)
    write(path, data)


def read_document(path: Path, model: type[DocumentT], limit: int) -> DocumentT | None:
    """The file as a `model`, of whatever schema up to the model's own; None where there is no file."""
    data = read_bytes(path, limit)
    if data is None:
        return None
    try:
        content = _object(data)
        digest = content.pop("digest", None)
        differs = digest is not None and digest != digest_of(content)
        number = content.get("schema_number", 1)  # small documents had none at first
        if type(number) is int and not 1 <= number <= newest(model.kind):
            raise _other_schema(path, number, newest(model.kind))
        document = model.model_validate(migrated(model.kind, content))
    except (ValidationError, RecipeError) as error:
        raise _invalid(
            path, model.kind, error.message if isinstance(error, RecipeError) else faults_of(error)
        ) from None
    if differs or (digest is None and number >= DIGESTS_SINCE):
        raise changed(path)
    return document


def _object(data: bytes) -> Json:
    """A JSON object. Raises ValidationError where it is none."""
    with contextlib.suppress(ValueError):
        if isinstance(content := from_json(data), dict):
            return content
    return _OBJECT.validate_json(data)  # which takes twice as long, and says what is wrong


def read_of_folder(
    path: Path, model: type[Named], limit: int, missing: str, incoherent: Callable[[Named], Message | None]
) -> Named:
    """The document that its folder is named after, checked to be of this folder and to agree with itself.

    `missing`: the message for a file that is not there, with the place {path}. `incoherent`: what in a document
    contradicts the rest of it.
    """
    document = read_document(path, model, limit)
    if document is None:
        raise StoreError(missing, path=path)
    kind, name = model.kind, path.parent.name
    safe_name(document.id, kind)
    if document.id != name:
        raise StoreError(
            "{path}: its {kind} is {name}, which the folder's name must be; got {given!a}",
            path=path,
            kind=Message(kind),
            name=document.id,
            given=name,
        )
    if fault := incoherent(document):
        raise _invalid(path, kind, fault)
    return document


def _other_schema(path: Path, number: int, schema: int) -> StoreError:
    newer = mark(
        "{path}: schema_number must be {number}; got {given}. Perhaps a newer Paribus wrote it: upgrade to read it"
    )
    older = mark("{path}: schema_number must be {number}; got {given}. Perhaps this Paribus cannot read it")
    return StoreError(newer if number > schema else older, path=path, number=schema, given=number)


def _invalid(path: Path, kind: str, fault: str | Message) -> StoreError:
    title = Message("run record") if kind == "run" else Message(kind)
    return StoreError("{path}: not a valid {kind}: {fault}", path=path, kind=title, fault=fault)


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
