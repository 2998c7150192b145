"""gettext: English message ids in the source, Korean in `locale/ko`.

`tools/compile_messages.py` collects the ids (`text`, `plural` and `mark` calls) and compiles the catalogue.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from paribus.presentation.korean import PARTICLES, particle
from paribus.values.errors import ParibusError
from paribus.values.messages import Message, Phrasing, mark

__all__ = ["LANGUAGES", "Lang", "Words", "in_each_language", "language_from_locale", "mark", "translator"]

_DOMAIN = "paribus"
_LOCALE = Path(__file__).with_name("locale")

Lang = str  # the code of a language, as in its catalogue's folder
SOURCE: Lang = "en"  # of the message ids, which need no catalogue
# The table of languages: that of the ids, and those with a catalogue.
LANGUAGES: tuple[Lang, ...] = (SOURCE, *sorted(path.parents[1].name for path in _LOCALE.glob(f"*/*/{_DOMAIN}.mo")))


class Words(Phrasing):
    """Messages in one language, and what else differs from language to language, which are messages as well.

    Besides what messages may ask for, a Korean one asks for `{word:은}`: the word with the particle that suits it.
    """

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang
        self._catalogue = (
            gettext.NullTranslations() if lang == SOURCE else gettext.translation(_DOMAIN, _LOCALE, languages=[lang])
        )

    def say(self, message: Message) -> str:
        """A message in this language; in English where there is no translation."""
        return self.filled(self._catalogue.gettext(message.id), message.values)

    def text(self, msgid: str, /, **values: object) -> str:
        """The message in this language with its `{placeholders}` filled in."""
        return self.filled(self._catalogue.gettext(msgid), values)

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The message for `n` things; `{n}` is given."""
        return self.filled(self._catalogue.ngettext(one, many, n), {"n": n, **values})

    def format_field(self, value: Any, format_spec: str) -> str:
        """A place, and after it the particle that its format asks for: `{count:,이}`."""
        asked = next((form for form in PARTICLES if format_spec.endswith(form)), None)
        if asked is None:
            return super().format_field(value, format_spec)
        text = super().format_field(value, format_spec.removesuffix(asked))
        return text + particle(text, asked)

    def join(self, names: Sequence[str]) -> str:
        """A list in a sentence: `a, b and c`."""
        if len(names) < 2:
            return "".join(names)
        return self.text("{most} and {last}", most=", ".join(names[:-1]), last=names[-1])


@cache
def translator(lang: str) -> Words:
    """The words of one language. Raises ParibusError for a language that there are no messages in."""
    for known in LANGUAGES:
        if lang == known:
            return Words(known)
    raise ParibusError("{field} must be one of {choices}", field="lang", choices=LANGUAGES, got=lang)


def in_each_language(say: Callable[[Lang], str]) -> dict[Lang, str]:
    """The same words in every language, by its code: as JSON has them."""
    return {lang: say(lang) for lang in LANGUAGES}


def language_from_locale(env: Mapping[str, str]) -> Lang:
    """The user's language as gettext finds it: LANGUAGE (a list), then LC_ALL, LC_MESSAGES, LANG; else English.

    LANGUAGE counts only where the locale is not C, as GNU gettext has it.
    """
    locale = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    base = locale.partition(".")[0].partition("@")[0]
    wishes = [] if base in ("", "C", "POSIX") else [*env.get("LANGUAGE", "").split(":"), base]
    for wish in wishes:
        language = wish.partition(".")[0].partition("_")[0].lower()
        for known in LANGUAGES:
            if language == known:
                return known
    return SOURCE
