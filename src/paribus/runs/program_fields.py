"""The fields of a program: what they are, what a user starts from, and the words that say them again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from paribus.core.errors import Fault, FaultsError
from paribus.core.field_text import parse_value, value_word
from paribus.core.messages import Message
from paribus.records.program import Fields, ProgramInfo, settled

if TYPE_CHECKING:
    from paribus.core.fields import FieldSpec


class ProgramFields(ABC):
    """What a program says of its fields. What has a body here may be left as it is."""

    info: ProgramInfo

    @property
    @abstractmethod
    def specifications(self) -> Mapping[str, FieldSpec]:
        """What each field is, by its name, in the order in which they are told."""

    @abstractmethod
    def fields(self, values: Mapping[str, Any]) -> Fields:
        """All fields, checked, those that are not in `values` at their defaults.

        Raises ParibusError with all faults at once.
        """

    def specifications_of(self, fields: Fields) -> Mapping[str, FieldSpec]:
        """The same beside these values, where what fields there are depends on them."""
        return self.specifications

    def with_field(self, fields: Fields, name: str, value: Any) -> Fields:
        """These fields with one of them changed, checked. Raises ParibusError with all faults at once."""
        return self.fields({**fields, name: value})

    def inert(self, name: str, fields: Fields) -> Message | None:
        """Why the field `name` changes nothing beside the others as they are; None where it may."""
        return self.specifications[name].inert(fields)

    def may_vary(self, name: str) -> Message | None:
        """Why the arms of a comparison may not differ in the field `name`; None where they may."""
        if self.specifications[name].about.factor:
            return None
        return Message("all arms must have the same {field}", field=name)

    def own_name(self, name: str, value: Any) -> tuple[str, Any]:
        """A field under its own name, with its value, from whatever other spelling is accepted."""
        return name, value

    def start(
        self, start: Any, settings: Mapping[str, Any], varied: Mapping[str, Any] | None = None
    ) -> tuple[Fields, str]:
        """The fields that a user starts from, and what they are called: `mine, lr=0.1`.

        Args:
            start: None for the defaults; a TOML file of fields; or fields themselves.
            settings: what is changed of it.
            varied: values for fields that must be given, where neither start nor settings do: a comparison varies them.

        Raises ParibusError with all faults at once.
        """
        from paribus.runs.base_fields import changes_words, start_values

        begun, name = start_values(start, self.info.name)
        named = dict(self.own_name(field, value) for field, value in settings.items())
        needed = {field: value for field, value in (varied or {}).items() if self._must_be_given(field)}
        fields = self.fields({**needed, **begun, **settings})
        return fields, name + changes_words({field: fields[field] for field in named if field in fields})

    def _must_be_given(self, field: str) -> bool:
        return field in self.specifications and self.specifications[field].required

    def value(self, field: str, text: str) -> Any:
        """The value of a field from a word of a command line."""
        return parse_value(text)

    def word(self, field: str, value: Any) -> str:
        """A value as `value` reads it back, also among others between commas."""
        return value_word(value)

    def start_words(self, fields: Fields, free: Collection[str]) -> list[str]:
        """The options that start a command from these fields; `free`: those that it varies."""
        usual = {name: settled(spec.default) for name, spec in self.specifications.items() if not spec.required}
        changed = {name: value for name, value in fields.items() if name not in free and usual.get(name) != value}
        return [f"--set={name}={self.word(name, value)}" for name, value in changed.items()]

    def command(self, verb: str, words: Sequence[str]) -> list[str]:
        """The command line that does `verb` with this program and these words; empty where none can name it."""
        said = self.info.source.get("said")
        if said is None:
            return []
        return [
            "paribus",
            verb,
            *said["first"],
            *words,
            *said["options"],
            *(["--", *said["last"]] * bool(said["last"])),
        ]

    def code(self, fields: Fields) -> tuple[str, ...]:
        """The code that runs with these fields run: what the fields name, and the program itself if it is not ours."""
        return (self.info.origin,)

    def measured_by(self, metrics: Sequence[str], steer: str) -> Self:
        """The same, judged by the first of these metrics, where it is a program that can be told that.

        Raises FaultsError where it says itself what it measures, and these are others.
        """
        own = self.info.judging
        ways = Message("a command follows --, and a function is named first, MODULE:FUNCTION")
        faults = [
            Fault("{program} is judged by {metric}", word, hint=ways, program=self.info.name, metric=own.text)
            for word in metrics
            if word not in (own.name, own.text)
        ]
        if steer:
            faults.append(Fault("{option} is of functions and commands", option="--steer"))
        if faults:
            raise FaultsError("the program", faults)
        return self
