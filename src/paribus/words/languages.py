"""The table of languages: that of the message ids, and those that have a catalogue. Loads nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DOMAIN = "paribus"  # of gettext: what the catalogues are called
LOCALE = Path(__file__).with_name("locale")

Lang = str  # the code of a language, as in its catalogue's folder
SOURCE: Lang = "en"  # of the message ids, which need no catalogue
LANGUAGES: tuple[Lang, ...] = (SOURCE, *sorted(path.parents[1].name for path in LOCALE.glob(f"*/*/{DOMAIN}.mo")))


def language_from_locale(env: Mapping[str, str]) -> Lang:
    """The user's language as gettext finds it: LANGUAGE (a list), then LC_ALL, LC_MESSAGES, LANG; else English.

    LANGUAGE counts only where the locale is not C, as GNU gettext has it.
    """
    locale = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    base = locale.partition(".")[0].partition("@")[0]
    options = [] if base in ("", "C", "POSIX") else [*env.get("LANGUAGE", "").split(":"), base]
    for wish in options:
        language = wish.partition(".")[0].partition("_")[0].lower()
        for known in LANGUAGES:
            if language == known:
                return known
    return SOURCE
