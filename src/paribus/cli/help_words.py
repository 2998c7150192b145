"""`--help` in the user's language. Loads the catalogue only where that is not English."""

from __future__ import annotations

import argparse
import gettext
import textwrap
from collections.abc import Callable, Iterator

from paribus.terminal.cell_width import wrapped
from paribus.words.languages import DOMAIN, LOCALE

Words = Callable[[str], str]


def sentences(parser: argparse.ArgumentParser) -> Iterator[str]:
    """All that the parser and its commands say: the messages of the catalogue."""
    yield "usage: "
    seen: list[str] = []

    def note(sentence: str) -> str:
        seen.append(sentence)
        return sentence

    _say(parser, note)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from sentences(command)
    yield from seen


def say(parser: argparse.ArgumentParser, lang: str) -> None:
    """Put the parser's words into a language, and let lines break by the width of its letters."""
    words = gettext.translation(DOMAIN, LOCALE, languages=[lang]).gettext
    _say(parser, words)
    raw = parser.formatter_class is argparse.RawDescriptionHelpFormatter

    class Formatter(_Wide):
        """Of this language."""

        usage, keeps_lines = words("usage: "), raw

    parser.formatter_class = Formatter


def _say(parser: argparse.ArgumentParser, words: Words) -> None:
    parser.description = parser.description and words(parser.description)
    parser.epilog = parser.epilog and "\n".join(map(_line(words), parser.epilog.split("\n")))
    for group in parser._action_groups:
        group.title = group.title and words(group.title)
        group.description = group.description and words(group.description)
    for action in parser._actions:
        commands = action._choices_actions if isinstance(action, argparse._SubParsersAction) else []
        for said in (action, *commands):
            if said.help != argparse.SUPPRESS:
                said.help = said.help and words(said.help)


def _line(words: Words) -> Words:
    """Of an epilog: examples are indented, and are the same in every language."""
    return lambda line: line if not line.strip() or line.startswith("  ") else words(line)


class _Wide(argparse.HelpFormatter):
    """Hangul letters are two columns wide, which textwrap does not know."""

    usage, keeps_lines = "", False

    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        """With the language's own word for it."""
        super().add_usage(usage, actions, groups, self.usage if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = text.splitlines() if self.keeps_lines else [" ".join(text.split())]
        narrow = [line for part in lines for line in ([part] if part.startswith("  ") else wrapped(part, width))]
        return textwrap.indent("\n".join(narrow), indent)
