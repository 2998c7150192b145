"""The plain page for who has no cookie: it says where the address with the token is."""

from __future__ import annotations

from html import escape

from paribus.presentation.words import translator


def gate_page(lang: str, entering: bool = False) -> str:
    """A whole page without style or script. `entering`: for who had the token, and is led on."""
    words = translator(lang)
    title = words.text("Paribus needs its token")
    text = words.text(
        "Open the address that paribus serve printed in its terminal: it ends in ?token= and a long word. This browser "
        "then remembers it until it is closed."
    )
    if entering:
        title, text = "Paribus", words.text("One moment.")
    onward = f'<p><a href="/">{escape(words.text("Go on"))}</a></p>' if entering else ""
    return (
        f'<!doctype html><html lang="{words.lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{onward}</main></body></html>\n"
    )
