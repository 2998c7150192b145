"""HTML and SVG elements from values: everything that is not `Markup` already is escaped, so names stay inert."""

from __future__ import annotations

from markupsafe import Markup, escape


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """`<tag attributes>children</tag>`. `class_` is `class`, `stroke_width` is `stroke-width`; None is left out."""
    words = [tag]
    for name, value in attributes.items():
        if value is not None:
            words.append(f'{name.rstrip("_").replace("_", "-")}="{escape(_written(value))}"')
    inside = "".join(escape(_written(child)) for child in children)
    return Markup(f"<{' '.join(words)}>{inside}</{tag}>")


def _written(value: object) -> object:
    """Coordinates to a hundredth of a px: more is bytes that nobody sees."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
