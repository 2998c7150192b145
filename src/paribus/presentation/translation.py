"""gettext: English message ids in the source, Korean in `locale/ko`.

`tools/compile_messages.py` collects the ids (`text`, `plural` and `mark` calls) and compiles the catalogue.
"""

from __future__ import annotations

import gettext
import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from paribus.presentation.korean import PARTICLES, particle
from paribus.values.errors import ParibusError, shown
from paribus.values.messages import mark

Lang = Literal["en", "ko"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)

__all__ = ["LANGUAGES", "Lang", "Words", "language_from_locale", "mark", "translator"]

_DOMAIN = "paribus"
_LOCALE = Path(__file__).with_name("locale")


class _Formatter(string.Formatter):
    """`str.format`, and for Korean `{word:은}`: the word followed by the particle that suits its ending."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        if format_spec in PARTICLES:
            return f"{value}{particle(str(value), format_spec)}"
        return super().format_field(value, format_spec)

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]


_FORMAT = _Formatter()


class Words:
    """Messages in one language. `lang` is `en` or `ko`."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang
        self._catalogue = (
            gettext.NullTranslations() if lang == "en" else gettext.translation(_DOMAIN, _LOCALE, languages=[lang])
        )

    def text(self, msgid: str, /, **values: object) -> str:
        """The message in this language with its `{placeholders}` filled in."""
        message = self._catalogue.gettext(msgid)
        return _FORMAT.vformat(message, (), values) if values else message

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The message for `n` things; `{n}` is given."""
        return _FORMAT.vformat(self._catalogue.ngettext(one, many, n), (), {"n": n, **values})

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
    raise ParibusError(f"lang must be one of {', '.join(LANGUAGES)}; got {shown(lang)}")


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
    return "en"
