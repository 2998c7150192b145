"""The base of all values that are written down."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: immutable. Fields that it does not know, a newer version's, are kept, and written out again."""

    # How it is checked and written is made out where it is first needed: most commands need few of all these values.
    model_config = ConfigDict(frozen=True, extra="allow", ser_json_inf_nan="strings", defer_build=True)


class Document(Frozen):
    """A value that has a file of its own.

    kind: what it is called, in errors and by its migrations. schema_number: of the form that it is written in; it
    rises when a field goes away, or changes its name, type, unit or meaning, and a migration makes new of old.
    """

    kind: ClassVar[str]
    schema_number: int
