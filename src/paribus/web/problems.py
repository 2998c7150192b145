"""What is wrong, as it is kept in the queue, sent between processes and answered to the page."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

from paribus.core.errors import Fault, ParibusError, shown
from paribus.core.frozen import Frozen
from paribus.core.messages import Message, message_of
from paribus.programs.recipe.recipe import FIELDS
from paribus.words.errors import message_words
from paribus.words.translation import LANGUAGES


def _message(value: Any) -> Message:
    if isinstance(value, str):  # as queues of 0.1.0 have it: the English sentence
        return Message(value)
    return value if isinstance(value, Message) else message_of(value)


Said = Annotated[Message, PlainValidator(_message), PlainSerializer(lambda message: message.json())]


class Refusal(ParibusError):
    """A request that is not done; `status` is that of the answer."""

    status = 400


class Missing(Refusal):
    """There is no such thing here."""

    status = 404


class Problem(Frozen):
    """A fault: its rule, the value received, as text, and what else there is to say."""

    rule: Said
    received: str | None = None
    hint: Said | None = None

    @classmethod
    def of(cls, fault: Fault) -> Problem:
        """The fault, with its value as text."""
        return cls(rule=fault.rule, received=shown(fault.got) if fault.has_value else None, hint=fault.hint)

    def answer(self) -> dict[str, Any]:
        """As the page gets it: words, the value received, the valid choices, and the recipe field it is about."""
        fault = Fault(self.rule, hint=self.hint)
        return {
            "rule": {lang: message_words(fault.message, lang) for lang in LANGUAGES},
            "received": self.received,
            "choices": [str(choice) for choice in fault.choices],
            "field": fault.field if fault.field in FIELDS else None,
            **self.rule.json(),
        }


def problems_of(error: ParibusError) -> list[Problem]:
    """Each fault of an error."""
    return [Problem.of(fault) for fault in error.faults]
