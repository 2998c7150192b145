"""What everything knows of a program: its name, its metrics, and the values of its fields. No code of the program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from paribus.core.frozen import Frozen

Direction = Literal["min", "max"]


def settled(value: Any) -> Any:
    """The value as it is after a round trip through JSON: lists are tuples, all the way down."""
    if isinstance(value, list | tuple):
        return tuple(settled(part) for part in value)
    return value


# A field's value. Lists of widths are tuples in a recipe, and lists in JSON: here they are tuples again.
FieldValue = Annotated[Any, BeforeValidator(settled)]


class Fields(Mapping[str, Any]):
    """The values of a program's fields, by name: immutable, hashable, written as a plain JSON object.

    It knows no types and checks nothing: what a field may be is the program's to say. The order of the names is kept
    for display; it does not count in comparisons, hashes and digests.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        self._values = {**(values or {}), **more}
        for name, value in self._values.items():
            if isinstance(value, list | tuple):  # few are
                self._values[name] = settled(value)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return self._values == other._values if isinstance(other, Fields) else super().__eq__(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"Fields({self._values!r})"

    def replace(self, **changes: Any) -> Fields:
        """The same with some fields changed, in the same order. Nothing is checked."""
        return Fields({**self._values, **changes})

    def differences(self, other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Field by field where two differ: `{field: (mine, theirs)}`; None where one lacks the field."""
        names = [*self, *(name for name in other if name not in self)]
        return {name: (self.get(name), other.get(name)) for name in names if self.get(name) != other.get(name)}

    def digest(self) -> str:
        """SHA-256 (hex) over every field: canonical JSON with the names in order."""
        text = json.dumps(self._values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        names = core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.union_schema([core_schema.no_info_plain_validator_function(_plain), names]),
            serialization=core_schema.plain_serializer_function_ser_schema(dict),
        )


def _plain(value: Any) -> dict[str, Any]:
    if isinstance(value, Fields):
        return dict(value)
    raise ValueError("not the fields of a program")


class Label(Frozen):
    """What a thing is called on the screen, in whichever languages there is a word for it, by their codes."""

    en: str
    ko: str = ""

    def text(self, lang: str) -> str:
        """In the language `lang`, or in English."""
        return getattr(self, lang, "") or self.en


class Metric(Frozen):
    """A figure that a program gives.

    direction: whether less or more is better. unit: `share` (a fraction; shown as per cent, differences in percentage
    points), `nats`, `seconds`, `` (a bare number) or whatever the program names. resolution: the least step that the
    figure can show, in its unit; None where that is unknown. items: how many items a share is of.
    """

    name: str
    direction: Direction
    unit: str = ""
    resolution: float | None = None
    items: int | None = None
    label: Label

    @property
    def text(self) -> str:
        """As it is written on the command line and in JSON: `loss:min`."""
        return f"{self.name}:{self.direction}"

    def gain(self, before: float, after: float) -> float:
        """How much better `after` is than `before`, in the metric's unit: positive is better."""
        return after - before if self.direction == "max" else before - after

    def better(self, a: float, b: float) -> bool:
        """Whether `a` is better than `b`."""
        return self.gain(b, a) > 0

    @property
    def scale(self) -> float:
        """What differences are multiplied by where people give or read them: shares are in percentage points."""
        return 100.0 if self.unit == "share" else 1.0

    @property
    def worst(self) -> float:
        """What is worse than every figure."""
        return float("-inf") if self.direction == "max" else float("inf")

    def of_items(self, items: int | None) -> Metric:
        """The same metric where it is a share of so many items: one of them is then its resolution."""
        return self if items is None else self.model_copy(update={"items": items, "resolution": 1 / items})


class ProgramInfo(Frozen):
    """What records, comparisons and JSON carry of a program: opening them imports no code of it.

    kind: `recipe` for the built-in program, or who else runs it. identity: digest of what can change its figures
    besides fields, seed and data; empty where it depends on fields and device (a run's `code_identity` has it then).
    source: what its code is made again from, as plain JSON: where a function is, the words of a command.
    steers: the name of the metric by which is screened, mapped and tuned. judged: that of the one that is read once a
    run, and on which the verdict is; the same one where the program has only one. length: the field that says how long
    a run is; None where there is none.
    """

    kind: str
    name: str
    identity: str = ""
    metrics: tuple[Metric, ...]
    steers: str
    judged: str
    length: str | None = None
    source: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _coherent(self) -> ProgramInfo:
        names = [metric.name for metric in self.metrics]
        if len(set(names)) != len(names) or not {self.steers, self.judged} <= set(names):
            raise ValueError("a program's metrics must have different names, and two of them steer and are judged")
        return self

    def metric(self, name: str) -> Metric:
        """The metric of that name. Raises KeyError where the program has none."""
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise KeyError(name)

    @property
    def steering(self) -> Metric:
        """The metric that is steered by."""
        return self.metric(self.steers)

    @property
    def judging(self) -> Metric:
        """The metric that is judged."""
        return self.metric(self.judged)

    @property
    def origin(self) -> str:
        """Where its code comes from, as one text: what it is made again from, else its name."""
        return origin_text(self.source) if self.source else self.name

    @property
    def at_best(self) -> bool:
        """Whether a run's figures are those of its best epoch by what steers, and not its last ones."""
        return self.source.get("at_epoch") == "best"

    def with_length(self, fields: Fields, length: int) -> Fields:
        """The fields of a run of that length; as they are where the program has none."""
        return fields.replace(**{self.length: length}) if self.length else fields

    def length_of(self, fields: Mapping[str, Any]) -> int:
        """How long a run with these fields is, in units of its length; 1 where the program has none."""
        return int(fields[self.length]) if self.length else 1


def origin_text(source: Mapping[str, Any]) -> str:
    """What a program is made again from, as one text."""
    return json.dumps(source, sort_keys=True, ensure_ascii=False)


class Epoch(Frozen):
    """The figures of one unit of a run's length, counted from 1 (a program without a length has one).

    figures: whatever the program gives by epoch; those that are metrics have the metric's name. NaN and infinities are
    kept as they are. seconds: how long it took.
    """

    epoch: int
    figures: dict[str, float]
    seconds: float

    if not TYPE_CHECKING:  # for people who read a run: `run.metrics[-1].val_loss`

        def __getattr__(self, name: str) -> Any:
            """A figure by its name."""
            figures = self.__dict__.get("figures", {})
            return figures[name] if name in figures else super().__getattr__(name)
