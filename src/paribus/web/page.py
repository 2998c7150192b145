"""The page itself: one document, which loads its parts from this server and nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import paribus
from paribus.page.blocks import json_block
from paribus.page.bundling import HERE
from paribus.page.words import page_words
from paribus.web.server_state import lab_of
from paribus.words.translation import LANGUAGES, SOURCE, translator

SCRIPTS = tuple(sorted([*(Path(__file__).parent / "static").glob("*.js"), *HERE.glob("*.js")]))
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: Request) -> Response:
    """The document, in the language that the command was given, else the browser's; the page itself changes that."""
    words = translator(lab_of(request).lang or browser_language(request))
    content = _TEMPLATES.get_template("page.html.j2").render(
        lang=words.lang,
        version=paribus.__version__,
        asset=lambda name: f"/assets/{name}",
        text=words.text,
        words=json_block("words", page_words(SCRIPTS, LANGUAGES)),
    )
    return HTMLResponse(content, headers={"cache-control": "no-store"})


def browser_language(request: Request) -> str:
    """The first of a browser's languages that there are messages in; English where there is none."""
    wanted = request.headers.get("accept-language", "").lower().split(",")
    known = (lang for each in wanted for lang in LANGUAGES if re.match(rf"{lang}\b", each.strip()))
    return next(known, SOURCE)


def gate_page(lang: str, entering: bool = False) -> str:
    """A plain page for who has no cookie: where the address with the token is. `entering`: for who had it, and is led
    on.
    """
    text = translator(lang).text
    title = text("Paribus needs its token")
    said = text(
        "Open the address that paribus serve printed in its terminal: it ends in ?token= and a long word. This browser "
        "then remembers it until it is closed."
    )
    if entering:
        title, said = "Paribus", text("One moment.")
    gate = _TEMPLATES.get_template("gate.html.j2")
    return gate.render(lang=lang, title=title, said=said, onward=text("Go on"), entering=entering)
