"""HTML and SVG elements from values: everything that is not `Markup` already is escaped, so names stay inert."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup, escape


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """`<tag attributes>children</tag>`. `class_` is `class`, `stroke_width` is `stroke-width`; None is left out."""
    words = [tag, *(f'{_named(name)}="{_written(value)}"' for name, value in attributes.items() if value is not None)]
    return Markup(f"<{' '.join(words)}>{''.join(map(_written, children))}</{tag}>")


@cache
def _named(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _written(value: object) -> str:
    """Coordinates to a hundredth of a px: more is bytes that nobody sees."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(value)
