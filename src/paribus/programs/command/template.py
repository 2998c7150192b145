"""The words of a command, with places in them: `{seed}`, `{folder}`, `{device}`, and `{FIELD}` for each field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from paribus.core.errors import Fault, FaultsError
from paribus.core.messages import mark

GIVEN = ("seed", "folder", "device")  # what Paribus puts in; every other place is a field's
_PART = re.compile(r"\{\{|\}\}|\{(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\}|(?P<stray>[{}])")


def _same(text: str) -> str:
    return text


@dataclass(frozen=True)
class Template:
    """Words whose places are known to be written right."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, words: Sequence[str], subject: str = "the command") -> Template:
        """Checked. Raises FaultsError with every brace that is neither a place nor doubled."""
        rule = mark("a place is written {place}, and a brace that is meant as such {brace}")
        strays = [(word, match["stray"]) for word in words for match in _PART.finditer(word) if match["stray"]]
        if faults := [Fault(rule, word, place="{name}", brace=2 * stray) for word, stray in dict.fromkeys(strays)]:
            raise FaultsError(subject, faults)
        return cls(tuple(words))

    @property
    def names(self) -> tuple[str, ...]:
        """All places, each once, in the order in which they first stand."""
        found = (match["name"] for word in self.words for match in _PART.finditer(word))
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def fields(self) -> tuple[str, ...]:
        """The places that are fields."""
        return tuple(name for name in self.names if name not in GIVEN)

    def filled(self, values: Mapping[str, str], written: Callable[[str], str] = _same) -> tuple[str, ...]:
        """The words with values in their places. written: how a value stands in a word: quoted for a shell, say."""

        def put(match: re.Match[str]) -> str:
            return written(values[match["name"]]) if match["name"] else match[0][0]

        return tuple(_PART.sub(put, word) for word in self.words)


def escaped(text: str) -> str:
    """The text as a word that has no places."""
    return text.replace("{", "{{").replace("}", "}}")
