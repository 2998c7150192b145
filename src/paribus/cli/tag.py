"""`paribus tag`: words beside a comparison, by which it is listed. Its own file stays as it is."""

from __future__ import annotations

import argparse
import re

from paribus.cli.command_context import screen
from paribus.comparison.compare import load_comparison
from paribus.core.errors import ParibusError
from paribus.words.safe_text import one_line

_TAG = re.compile(r"[\w.-]{1,40}")


def tag(options: argparse.Namespace) -> None:
    """Tag a comparison, or take tags away; say which it has."""
    found = load_comparison(options.name, options.out)
    name, store = found.comparison.id, found.store
    for one in options.tags:
        if not _TAG.fullmatch(one):
            raise ParibusError("a tag is a word of at most 40 letters, digits, hyphens, underscores and dots", got=one)
    had = store.tags(name)
    now = sorted(set(had) - set(options.tags) if options.remove else {*had, *options.tags})
    if tuple(now) != had:
        store.save_tags(name, now)
    out = screen(options)
    none = out.words.text("{name} has no tag.", name=name)
    out.paragraph(out.words.text("{name}: {tags}", name=name, tags=[one_line(t, 40) for t in now]) if now else none)
