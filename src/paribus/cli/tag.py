"""`paribus tag`: words beside a comparison, by which it is listed. Its own file stays as it is."""

from __future__ import annotations

import argparse

from paribus.cli.command_context import screen
from paribus.comparison.compare import load_comparison
from paribus.words.safe_text import one_line


def tag(options: argparse.Namespace) -> None:
    """Tag a comparison, or take tags away; say which it has."""
    found = load_comparison(options.name, options.out)
    name, store = found.comparison.id, found.store
    if options.tags:
        now = store.tag(name, **{"remove" if options.remove else "add": options.tags})
    else:
        now = store.tags(name)
    out = screen(options)
    none = out.words.text("{name} has no tag.", name=name)
    out.paragraph(out.words.text("{name}: {tags}", name=name, tags=[one_line(t, 40) for t in now]) if now else none)
