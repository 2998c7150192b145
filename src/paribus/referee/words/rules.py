"""A page for the instructions of an agent that edits in a loop, in each language a file beside this one."""

from __future__ import annotations

from pathlib import Path

from paribus.words.translation import Lang


def rules_page(lang: Lang) -> str:
    """The page in Markdown."""
    return Path(__file__).with_name(f"rules.{lang}.md").read_text(encoding="utf-8")
