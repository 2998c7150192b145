"""What every SVG chart here is made of: the canvas, text, and the frame with its ticks.

A chart carries the light theme's colours in plain attributes, so that it can stand alone (a notebook on the web
strips styles), and class names by which a page's style sheet puts its own in their place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from paribus.presentation.figures.markup import element
from paribus.presentation.figures.palette import arm_colour, arm_dash

INK = "#3f4652"
RULE = "#d9d6cd"
FONT = 12.0


@dataclass(frozen=True)
class Box:
    """The plot's rectangle inside the canvas, in px."""

    left: float
    top: float
    right: float
    bottom: float

    def x(self, share: float) -> float:
        """From the left: 0 is the left edge, 1 the right one."""
        return self.left + share * (self.right - self.left)

    def y(self, share: float) -> float:
        """From the bottom: 0 is the bottom edge, 1 the top."""
        return self.bottom - share * (self.bottom - self.top)


def canvas(width: float, height: float, uid: str, title: str, description: str, *children: Markup) -> Markup:
    """The `svg` element for a page: an image with a name and a description. `uid` must be unique on the page.

    Inside HTML it needs no namespace, and the file stays free of addresses.
    """
    return element(
        "svg",
        element("title", title, id=f"{uid}-title"),
        element("desc", description, id=f"{uid}-desc"),
        *children,
        viewBox=f"0 0 {width:g} {height:g}",
        class_="chart",
        role="img",
        aria_labelledby=f"{uid}-title {uid}-desc",
        font_size=FONT,
        font_family="inherit",
    )


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "tick") -> Markup:
    """A line of text; `kind` is its class."""
    return element("text", words, x=x, y=y, text_anchor=anchor, fill=INK, class_=kind)


def arm_group(index: int, *children: Markup) -> Markup:
    """A group in the colour of arm `index`; its children draw with `currentColor`."""
    return element("g", *children, class_=f"arm arm-{index}", color=arm_colour(index).light)


def dash_attribute(index: int) -> str | None:
    """The arm's dash pattern as `stroke-dasharray`; None for a solid line."""
    return " ".join(f"{length:g}" for length in arm_dash(index)) or None


def vertical_ticks(box: Box, shares: Iterable[float], labels: Iterable[str]) -> list[Markup]:
    """Grid lines across the plot with their values to its left."""
    parts = []
    for share, label in zip(shares, labels, strict=True):
        y = box.y(share)
        parts.append(element("line", x1=box.left, x2=box.right, y1=y, y2=y, stroke=RULE, class_="grid"))
        parts.append(text(box.left - 8, y + FONT * 0.35, label, "end"))
    return parts


def horizontal_ticks(box: Box, shares: Iterable[float], labels: Iterable[str]) -> list[Markup]:
    """Short strokes under the plot with their values below."""
    parts = []
    for share, label in zip(shares, labels, strict=True):
        x = box.x(share)
        parts.append(element("line", x1=x, x2=x, y1=box.bottom, y2=box.bottom + 4, stroke=INK, class_="axis"))
        parts.append(text(x, box.bottom + 6 + FONT, label, "middle"))
    return parts


def path(points: Iterable[tuple[float, float]], closed: bool = False) -> str:
    """The `d` of a line through `points`."""
    d = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    return f"M{d}Z" if closed else f"M{d}"


def text_width(words: str, size: float = FONT) -> float:
    """About how wide a text will be, px. There is no font to ask: this errs on the wide side."""
    return size * sum(map(_ems, words))


def _ems(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.92 if letter in "MWmw@%" else 0.7 if letter.isupper() else 0.56


def shortened(words: str, width: float, size: float = FONT) -> str:
    """The text, cut with an ellipsis where it would be wider than `width` px."""
    if text_width(words, size) <= width:
        return words
    while words and text_width(words + "…", size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def apart(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near as can be to `wanted`, in the same order, at least `gap` apart and inside low..high.

    Where they cannot all fit, they are spread evenly.
    """
    if len(wanted) > 1 and gap * (len(wanted) - 1) > high - low:
        gap = (high - low) / (len(wanted) - 1)
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = [0.0] * len(wanted)
    at = low - gap
    for index in order:
        at = placed[index] = max(wanted[index], at + gap)
    at = high + gap
    for index in reversed(order):
        at = placed[index] = min(placed[index], at - gap)
    return placed
