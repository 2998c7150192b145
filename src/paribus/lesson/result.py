"""What a check found, as it shows itself to a student, to a grader and to a program."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from paribus.core.messages import Message
from paribus.words.translation import translator

GREEN, RED = "#1a7f37", "#b42318"  # on white and on the dark pages of notebooks alike: as borders, not as text


@dataclass(frozen=True)
class Check:
    """The result of one step's check. `messages`: what is wrong, the one that matters most first."""

    step: str
    messages: tuple[Message, ...]
    lang: str = "en"

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.messages

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, a sentence each, the one that matters most first."""
        words = translator(self.lang)
        return tuple(words.say(message) for message in self.messages)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        words = translator(self.lang)
        if self.ok:
            return words.text("{step}: right.", step=self.step)
        return words.text("{step}: not yet. {fault}", step=self.step, fault=self.faults[0])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour, sign = (GREEN, "✓") if self.ok else (RED, "✗")
        style = f"border-left:4px solid {colour};padding:.3em .8em;margin:.3em 0"
        return f'<div lang="{self.lang}" style="{style}">{sign} {escape(str(self))}</div>'
